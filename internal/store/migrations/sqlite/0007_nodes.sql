-- The servers that run on this database. Each keeps its row fresh while it
-- lives; what they are set to is kept as marks that can be compared and not
-- read back, so that the doctor sees where two of them differ.

-- +goose Up
CREATE TABLE nodes (
    id         TEXT PRIMARY KEY,
    host       TEXT NOT NULL,
    version    TEXT NOT NULL,
    schema     BIGINT NOT NULL,
    started_ms BIGINT NOT NULL,
    seen_ms    BIGINT NOT NULL,
    ahead_ms   BIGINT NOT NULL,
    marks      TEXT NOT NULL,
    findings   TEXT NOT NULL
) WITHOUT ROWID;

-- +goose Down
SELECT 1;
