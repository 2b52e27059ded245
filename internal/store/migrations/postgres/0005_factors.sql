-- Second factors and what hangs on them: seeds (sealed) and passkeys, backup
-- codes (hashed), pending logins and WebAuthn ceremonies (by hash), trust in
-- devices, personal access tokens (sessions of their own kind), and mail that
-- waits to be sent (sealed).

-- +goose Up
ALTER TABLE users ADD COLUMN IF NOT EXISTS second_factor BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE users ADD COLUMN IF NOT EXISTS short_password BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE users ADD COLUMN IF NOT EXISTS locked_by TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN IF NOT EXISTS ui_language TEXT NOT NULL DEFAULT '';

ALTER TABLE devices ADD COLUMN trusted_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN scopes TEXT NOT NULL DEFAULT '';
ALTER TABLE links ADD COLUMN browser BYTEA;
ALTER TABLE links ADD COLUMN address TEXT NOT NULL DEFAULT '';
ALTER TABLE links ADD COLUMN opened_ms BIGINT NOT NULL DEFAULT 0;

-- +goose StatementBegin
DO $$
DECLARE
    id_type TEXT;
BEGIN
    SELECT format_type(atttypid, atttypmod) INTO STRICT id_type
    FROM pg_attribute WHERE attrelid = 'users'::regclass AND attname = 'id';

    EXECUTE format('CREATE TABLE factors (
        id         TEXT PRIMARY KEY,
        user_id    %s NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        kind       TEXT NOT NULL,
        name       TEXT NOT NULL,
        pending    BIGINT NOT NULL,
        data       BYTEA NOT NULL,
        credential BYTEA,
        handle     BYTEA,
        model      TEXT NOT NULL DEFAULT '''',
        synced     BIGINT NOT NULL DEFAULT 0,
        second_only BIGINT NOT NULL DEFAULT 0,
        counter    BIGINT NOT NULL DEFAULT 0,
        created_ms BIGINT NOT NULL,
        used_ms    BIGINT NOT NULL DEFAULT 0
    )', id_type);

    EXECUTE format('CREATE TABLE backup_codes (
        user_id    %s NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        hash       BYTEA NOT NULL,
        salt       BYTEA NOT NULL,
        created_ms BIGINT NOT NULL,
        used_ms    BIGINT NOT NULL DEFAULT 0,
        PRIMARY KEY (user_id, hash)
    )', id_type);

    EXECUTE format('CREATE TABLE challenges (
        hash       BYTEA PRIMARY KEY,
        kind       TEXT NOT NULL,
        user_id    %s REFERENCES users (id) ON DELETE CASCADE,
        parent     BYTEA,
        state      TEXT NOT NULL,
        created_ms BIGINT NOT NULL,
        expires_ms BIGINT NOT NULL,
        used_ms    BIGINT NOT NULL DEFAULT 0
    )', id_type);
END
$$;
-- +goose StatementEnd
CREATE INDEX factors_user ON factors (user_id);
CREATE UNIQUE INDEX factors_credential ON factors (credential);
CREATE INDEX challenges_user ON challenges (user_id);
CREATE INDEX challenges_expiry ON challenges (expires_ms);

CREATE TABLE outbox (
    id         TEXT PRIMARY KEY,
    kind       TEXT NOT NULL,
    recipient  TEXT NOT NULL,
    sealed     BYTEA NOT NULL,
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
