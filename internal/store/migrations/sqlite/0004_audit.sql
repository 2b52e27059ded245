-- Who did what, from where, and how it ended. Rows are only added. user_id has
-- no foreign key: the record outlives the account. tally merges refusals of one
-- kind, address and minute into one counted row.

-- +goose Up
CREATE TABLE audit (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms      BIGINT NOT NULL,
    event      TEXT NOT NULL,
    outcome    TEXT NOT NULL,
    code       TEXT NOT NULL,
    reason     TEXT NOT NULL,
    actor_id   TEXT NOT NULL,
    user_id    TEXT NOT NULL,
    address    TEXT NOT NULL,
    session_id TEXT NOT NULL,
    device_id  TEXT NOT NULL,
    ip         TEXT NOT NULL,
    user_agent TEXT NOT NULL,
    request_id TEXT NOT NULL,
    detail     TEXT NOT NULL,
    count      BIGINT NOT NULL DEFAULT 1,
    tally      TEXT
);
CREATE UNIQUE INDEX audit_tally ON audit (tally);
CREATE INDEX audit_at ON audit (at_ms);
CREATE INDEX audit_user ON audit (user_id, id);
CREATE INDEX audit_request ON audit (request_id);

-- +goose Down
SELECT 1;
