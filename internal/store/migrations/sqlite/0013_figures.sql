-- What each server counted: a row for every minute, quarter of an hour and hour,
-- written by that server alone and added up by whoever reads. at_ms is when the
-- span begins by the clock of the database, the only one that all nodes share.

-- +goose Up
CREATE TABLE figures (
    step_s BIGINT NOT NULL,
    at_ms  BIGINT NOT NULL,
    node   TEXT NOT NULL,
    host   TEXT NOT NULL,
    sheet  TEXT NOT NULL,
    PRIMARY KEY (step_s, at_ms, node)
) WITHOUT ROWID;

-- +goose Down
SELECT 1;
