-- Jobs that one node alone does for all. The row of a job is never deleted: its
-- number grows with each holder, so that one that lost it can be told.
-- until_ms is by the clock of the database, the only one that all nodes share.

-- +goose Up
CREATE TABLE leases (
    name     TEXT PRIMARY KEY,
    holder   TEXT NOT NULL,
    until_ms BIGINT NOT NULL,
    number   BIGINT NOT NULL
) WITHOUT ROWID;

-- +goose Down
SELECT 1;
