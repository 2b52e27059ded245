-- The chain of the audit. A row is written with a mark, which says who wrote it,
-- and is given its place (seq, hash, seal) a moment after its commit, so that no
-- login waits for another. A program that knows nothing of it leaves the columns
-- empty. audit_chain has the signed end of the chain, audit_checkpoints what was
-- signed on the way, audit_roots the sealed secret of marks and signatures,
-- audit_sinks how far rows were sent elsewhere.

-- +goose Up
ALTER TABLE audit ADD COLUMN mark BYTEA;
ALTER TABLE audit ADD COLUMN seq BIGINT;
ALTER TABLE audit ADD COLUMN hash BYTEA;
ALTER TABLE audit ADD COLUMN seal BYTEA;
CREATE INDEX audit_seq ON audit (seq) WHERE seq IS NOT NULL;
CREATE INDEX audit_waiting ON audit (tally, id) WHERE seq IS NULL;
CREATE INDEX audit_event_refused ON audit (event, at_ms, id) WHERE outcome = 'refused';

CREATE TABLE audit_chain (
    name       TEXT PRIMARY KEY,
    seq        BIGINT NOT NULL,
    hash       BYTEA NOT NULL,
    at_ms      BIGINT NOT NULL,
    first_seq  BIGINT NOT NULL,
    prior_hash BYTEA NOT NULL,
    unmarked   BIGINT NOT NULL,
    marked_seq BIGINT NOT NULL,
    key_number BIGINT NOT NULL,
    signature  BYTEA NOT NULL
);

CREATE TABLE audit_checkpoints (
    seq        BIGINT PRIMARY KEY,
    hash       BYTEA NOT NULL,
    at_ms      BIGINT NOT NULL,
    first_seq  BIGINT NOT NULL,
    prior_hash BYTEA NOT NULL,
    unmarked   BIGINT NOT NULL,
    marked_seq BIGINT NOT NULL,
    key_number BIGINT NOT NULL,
    signature  BYTEA NOT NULL
);

CREATE TABLE audit_roots (
    number  TEXT PRIMARY KEY,
    sealed  BYTEA NOT NULL,
    made_ms BIGINT NOT NULL
);

CREATE TABLE audit_sinks (
    name     TEXT PRIMARY KEY,
    seq      BIGINT NOT NULL,
    tries    BIGINT NOT NULL DEFAULT 0,
    sent_ms  BIGINT NOT NULL DEFAULT 0,
    failed   TEXT NOT NULL DEFAULT ''
);

-- +goose Down
SELECT 1;
