-- Second factors and what hangs on them: seeds (sealed) and passkeys, backup
-- codes (hashed), pending logins and WebAuthn ceremonies (by hash), trust in
-- devices, personal access tokens (sessions of their own kind), and mail that
-- waits to be sent (sealed).

-- +goose Up
ALTER TABLE users ADD COLUMN second_factor BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE users ADD COLUMN short_password BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE users ADD COLUMN locked_by TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN ui_language TEXT NOT NULL DEFAULT '';

ALTER TABLE devices ADD COLUMN trusted_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN scopes TEXT NOT NULL DEFAULT '';
ALTER TABLE links ADD COLUMN browser BLOB;
ALTER TABLE links ADD COLUMN address TEXT NOT NULL DEFAULT '';
ALTER TABLE links ADD COLUMN opened_ms BIGINT NOT NULL DEFAULT 0;

CREATE TABLE factors (
    id         TEXT PRIMARY KEY,
    user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind       TEXT NOT NULL,
    name       TEXT NOT NULL,
    pending    BIGINT NOT NULL,
    data       BLOB NOT NULL,
    credential BLOB,
    handle     BLOB,
    model      TEXT NOT NULL DEFAULT '',
    synced     BIGINT NOT NULL DEFAULT 0,
    second_only BIGINT NOT NULL DEFAULT 0,
    counter    BIGINT NOT NULL DEFAULT 0,
    created_ms BIGINT NOT NULL,
    used_ms    BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX factors_user ON factors (user_id);
CREATE UNIQUE INDEX factors_credential ON factors (credential);

CREATE TABLE backup_codes (
    user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    hash       BLOB NOT NULL,
    salt       BLOB NOT NULL,
    created_ms BIGINT NOT NULL,
    used_ms    BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (user_id, hash)
) WITHOUT ROWID;

CREATE TABLE challenges (
    hash       BLOB PRIMARY KEY,
    kind       TEXT NOT NULL,
    user_id    TEXT REFERENCES users (id) ON DELETE CASCADE,
    parent     BLOB,
    state      TEXT NOT NULL,
    created_ms BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL,
    used_ms    BIGINT NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX challenges_user ON challenges (user_id);
CREATE INDEX challenges_expiry ON challenges (expires_ms);

CREATE TABLE outbox (
    id         TEXT PRIMARY KEY,
    kind       TEXT NOT NULL,
    recipient  TEXT NOT NULL,
    sealed     BLOB NOT NULL,
    created_ms BIGINT NOT NULL,
    next_ms    BIGINT NOT NULL,
    tries      BIGINT NOT NULL DEFAULT 0,
    sent_ms    BIGINT NOT NULL DEFAULT 0,
    gave_up_ms BIGINT NOT NULL DEFAULT 0,
    cause      TEXT NOT NULL DEFAULT ''
);
CREATE INDEX outbox_due ON outbox (next_ms) WHERE sent_ms = 0 AND gave_up_ms = 0;

-- +goose Down
SELECT 1;
