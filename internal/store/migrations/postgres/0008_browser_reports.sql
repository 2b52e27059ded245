-- What pages found wrong with browsers, under the short codes that they showed.
-- tally is the same for the same findings of one browser on one day, so that
-- they are one row that counts. Rows are few and end after a week.

-- +goose Up
CREATE TABLE browser_reports (
    code       TEXT NOT NULL UNIQUE,
    at_ms      BIGINT NOT NULL,
    last_ms    BIGINT NOT NULL,
    count      BIGINT NOT NULL DEFAULT 1,
    causes     TEXT NOT NULL,
    findings   TEXT NOT NULL,
    page       TEXT NOT NULL,
    network    TEXT NOT NULL,
    ip         TEXT NOT NULL,
    user_agent TEXT NOT NULL,
    request_id TEXT NOT NULL,
    tally      BYTEA NOT NULL
);
CREATE UNIQUE INDEX browser_reports_tally ON browser_reports (tally);
CREATE INDEX browser_reports_network ON browser_reports (network, last_ms);
CREATE INDEX browser_reports_last ON browser_reports (last_ms);

-- +goose Down
SELECT 1;
