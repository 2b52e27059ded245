-- An index of every three letters in a row, by which accounts are searched by a
-- part of their address or name. Its words are those of the question (see
-- users_search.go). It has no list of what is yet to be sorted in (fastupdate),
-- which each search would read through.

-- +goose Up
-- Where pg_trgm is not to be had, accounts are searched as before; it may be made
-- later by hand. A scratch schema gets none: it is dropped with all that it holds,
-- and is searched by nobody.
-- +goose StatementBegin
DO $$
DECLARE
    home TEXT;
BEGIN
    IF current_schema() LIKE 'aiwfe!_verify!_%' ESCAPE '!' THEN
        RETURN;
    END IF;
    BEGIN
        CREATE EXTENSION IF NOT EXISTS pg_trgm;
    EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported OR duplicate_object OR unique_violation THEN
        NULL;
    END;
    SELECT quote_ident(n.nspname) || '.gin_trgm_ops' INTO home
        FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_trgm';
    IF home IS NULL THEN
        RETURN;
    END IF;
    EXECUTE format('CREATE INDEX IF NOT EXISTS users_search ON users
        USING gin (lower(email) %1$s, lower(COALESCE(name, '''')) %1$s) WITH (fastupdate = off)', home);
EXCEPTION WHEN insufficient_privilege OR undefined_object OR invalid_object_definition THEN
    NULL;
END
$$;
-- +goose StatementEnd

-- +goose Down
SELECT 1;
