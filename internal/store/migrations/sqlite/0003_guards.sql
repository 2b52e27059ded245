-- What guards the door: attempts by keyed address, one-time links, and facts
-- about this installation. Keys and links are kept as hashes only.

-- +goose Up
CREATE TABLE attempts (
    key       BLOB PRIMARY KEY,
    used      BIGINT NOT NULL,
    streak    BIGINT NOT NULL,
    window_ms BIGINT NOT NULL,
    seen_ms   BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX attempts_seen ON attempts (seen_ms);

CREATE TABLE links (
    hash       BLOB PRIMARY KEY,
    kind       TEXT NOT NULL,
    user_id    TEXT REFERENCES users (id) ON DELETE CASCADE,
    created_ms BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL,
    used_ms    BIGINT NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX links_user ON links (user_id, kind);

CREATE TABLE facts (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

-- +goose Down
SELECT 1;
