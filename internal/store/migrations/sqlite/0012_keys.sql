-- What is known of the keys that servers on this database use: by name only,
-- never the key. last_ms is when a server last had it as the one it makes
-- things with; a key that was retired or is compromised counts no more, though
-- a server be set to accept it. All times are by the clock of the database.

-- +goose Up
CREATE TABLE key_uses (
    purpose     TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    first_ms    BIGINT NOT NULL,
    last_ms     BIGINT NOT NULL,
    state       TEXT NOT NULL DEFAULT '',
    state_ms    BIGINT NOT NULL DEFAULT 0,
    ended_ms    BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (purpose, fingerprint)
) WITHOUT ROWID;

-- +goose Down
SELECT 1;
