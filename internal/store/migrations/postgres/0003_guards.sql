-- What guards the door: attempts by keyed address, one-time links, and facts
-- about this installation. Keys and links are kept as hashes only.

-- +goose Up
CREATE TABLE attempts (
    key       BYTEA PRIMARY KEY,
    used      BIGINT NOT NULL,
    streak    BIGINT NOT NULL,
    window_ms BIGINT NOT NULL,
    seen_ms   BIGINT NOT NULL
);
CREATE INDEX attempts_seen ON attempts (seen_ms);

-- +goose StatementBegin
DO $$
DECLARE
    id_type TEXT;
BEGIN
    SELECT format_type(atttypid, atttypmod) INTO STRICT id_type
    FROM pg_attribute WHERE attrelid = 'users'::regclass AND attname = 'id';

    EXECUTE format('CREATE TABLE links (
        hash       BYTEA PRIMARY KEY,
        kind       TEXT NOT NULL,
        user_id    %s REFERENCES users (id) ON DELETE CASCADE,
        created_ms BIGINT NOT NULL,
        expires_ms BIGINT NOT NULL,
        used_ms    BIGINT NOT NULL DEFAULT 0
    )', id_type);
END
$$;
-- +goose StatementEnd
CREATE INDEX links_user ON links (user_id, kind);

CREATE TABLE facts (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- +goose Down
SELECT 1;
