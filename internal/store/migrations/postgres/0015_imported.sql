-- Who was brought along from another system. key is a hash of the source and the
-- id there, marks are digests of what was taken over: neither tells who it was,
-- so that they stay when the account is deleted, and it does not come back.

-- +goose Up
CREATE TABLE imported (
    key     BYTEA PRIMARY KEY,
    source  TEXT NOT NULL,
    user_id TEXT NOT NULL,
    marks   BYTEA NOT NULL,
    at_ms   BIGINT NOT NULL
);

-- +goose Down
SELECT 1;
