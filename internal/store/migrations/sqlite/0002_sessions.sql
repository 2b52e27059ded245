-- Devices, sessions and their refresh tokens, and the feed by which nodes hear
-- of revocations. Times are milliseconds since 1970 in UTC. user_id is TEXT:
-- SQLite compares it with users.id by that column's affinity.

-- +goose Up
CREATE TABLE devices (
    id         TEXT PRIMARY KEY,
    user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name       TEXT NOT NULL,
    kind       TEXT NOT NULL,
    ip         TEXT NOT NULL,
    created_ms BIGINT NOT NULL,
    seen_ms    BIGINT NOT NULL
);
CREATE INDEX devices_user ON devices (user_id);

CREATE TABLE sessions (
    id           TEXT PRIMARY KEY,
    user_id      TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    device_id    TEXT NOT NULL,
    kind         TEXT NOT NULL,
    method       TEXT NOT NULL,
    secret_hash  BLOB,
    browser_hash BLOB,
    ip           TEXT NOT NULL,
    user_agent   TEXT NOT NULL,
    created_ms   BIGINT NOT NULL,
    auth_ms      BIGINT NOT NULL,
    seen_ms      BIGINT NOT NULL,
    expires_ms   BIGINT NOT NULL,
    ended_ms     BIGINT NOT NULL DEFAULT 0,
    end_reason   TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX sessions_secret ON sessions (secret_hash);
CREATE INDEX sessions_user ON sessions (user_id, ended_ms, created_ms);
CREATE INDEX sessions_expiry ON sessions (expires_ms);
CREATE INDEX sessions_device ON sessions (device_id);

CREATE TABLE refresh_tokens (
    hash       BLOB PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    created_ms BIGINT NOT NULL,
    used_ms    BIGINT NOT NULL DEFAULT 0,
    used_by    BLOB
) WITHOUT ROWID;
CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id);

CREATE TABLE revocations (
    id    INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms BIGINT NOT NULL,
    kind  TEXT NOT NULL,
    name  TEXT NOT NULL
);
CREATE INDEX revocations_at ON revocations (at_ms);

-- +goose Down
SELECT 1;
