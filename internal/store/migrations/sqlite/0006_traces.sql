-- Requests that were refused, and those that led to them, for as long as
-- "explain" can tell of them. browser and gave name a browser by a hash of its
-- cookie, place by network and User-Agent; data has the facts as JSON, and no
-- secret. Rows go by age and by number.

-- +goose Up
CREATE TABLE traces (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms      BIGINT NOT NULL,
    request_id TEXT NOT NULL,
    browser    TEXT NOT NULL,
    gave       TEXT NOT NULL,
    place      TEXT NOT NULL,
    network    TEXT NOT NULL,
    data       TEXT NOT NULL
);
CREATE INDEX traces_at ON traces (at_ms);
CREATE INDEX traces_request ON traces (request_id);
CREATE INDEX traces_browser ON traces (browser, at_ms);
CREATE INDEX traces_gave ON traces (gave, at_ms);
CREATE INDEX traces_place ON traces (place, at_ms);
CREATE INDEX traces_network ON traces (network, id);

-- +goose Down
SELECT 1;
