-- Indexes for what would else read whole tables once they are large: the audit
-- by event, address and network address in order of time, refusals, accounts
-- by role and status, and what the sweep looks for.

-- +goose Up
CREATE INDEX IF NOT EXISTS audit_event ON audit (event, at_ms, id);
CREATE INDEX IF NOT EXISTS audit_address ON audit (address, at_ms, id);
CREATE INDEX IF NOT EXISTS audit_ip ON audit (ip, at_ms, id);
CREATE INDEX IF NOT EXISTS audit_refused ON audit (at_ms, id) WHERE outcome = 'refused';
CREATE INDEX IF NOT EXISTS sessions_ended ON sessions (ended_ms) WHERE ended_ms > 0;
CREATE INDEX IF NOT EXISTS devices_seen ON devices (seen_ms);
CREATE INDEX IF NOT EXISTS links_expiry ON links (expires_ms);
CREATE INDEX IF NOT EXISTS outbox_created ON outbox (created_ms);

-- The columns of an adopted table may be enumerations, whose words no index may
-- be made of; lists of such a table read all of it, as before.
-- +goose StatementBegin
DO $$
DECLARE
    role   CONSTANT TEXT := 'lower(CAST(role AS TEXT))';
    status CONSTANT TEXT := 'lower(CAST(status AS TEXT))';
BEGIN
    EXECUTE format('CREATE INDEX IF NOT EXISTS users_role ON users (%s, id)', role);
    EXECUTE format('CREATE INDEX IF NOT EXISTS users_status ON users (%s, id)', status);
    EXECUTE format('CREATE INDEX IF NOT EXISTS users_role_status ON users (%s, %s, id)', role, status);
EXCEPTION WHEN invalid_object_definition THEN
    NULL;
END
$$;
-- +goose StatementEnd

-- +goose Down
SELECT 1;
