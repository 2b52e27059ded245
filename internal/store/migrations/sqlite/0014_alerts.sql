-- Alerts, what keeps them quiet, what receivers are told of them, and what each
-- node sees for the one that judges. A notice is written with the change of state
-- that it tells of, so that a node that is killed tells nothing twice.

-- +goose Up
CREATE TABLE alerts (
    rule        TEXT NOT NULL,
    label       TEXT NOT NULL,
    id          TEXT NOT NULL,
    state       TEXT NOT NULL,
    severity    TEXT NOT NULL,
    says        TEXT NOT NULL,
    cause       TEXT NOT NULL,
    evidence    TEXT NOT NULL,
    since_ms    BIGINT NOT NULL,
    fired_ms    BIGINT NOT NULL,
    well_ms     BIGINT NOT NULL,
    resolved_ms BIGINT NOT NULL,
    told        TEXT NOT NULL,
    told_ms     BIGINT NOT NULL,
    flaps       BIGINT NOT NULL,
    PRIMARY KEY (rule, label)
);

CREATE TABLE alert_silences (
    id       TEXT PRIMARY KEY,
    rule     TEXT NOT NULL,
    label    TEXT NOT NULL,
    until_ms BIGINT NOT NULL,
    reason   TEXT NOT NULL,
    by_id    TEXT NOT NULL,
    at_ms    BIGINT NOT NULL,
    ended_ms BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX alert_silences_until ON alert_silences (until_ms);

CREATE TABLE alert_notices (
    id         TEXT PRIMARY KEY,
    receiver   TEXT NOT NULL,
    body       TEXT NOT NULL,
    created_ms BIGINT NOT NULL,
    next_ms    BIGINT NOT NULL,
    tries      BIGINT NOT NULL DEFAULT 0,
    sent_ms    BIGINT NOT NULL DEFAULT 0,
    gave_up_ms BIGINT NOT NULL DEFAULT 0,
    cause      TEXT NOT NULL DEFAULT ''
);
CREATE INDEX alert_notices_due ON alert_notices (receiver, next_ms) WHERE sent_ms = 0 AND gave_up_ms = 0;
CREATE INDEX alert_notices_created ON alert_notices (created_ms);

CREATE TABLE alert_readings (
    node  TEXT PRIMARY KEY,
    host  TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    body  TEXT NOT NULL
);
CREATE INDEX alert_readings_at ON alert_readings (at_ms);

-- +goose Down
SELECT 1;
