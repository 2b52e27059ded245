package inside

import (
	"context"
	"fmt"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// poolerRefuses reads what a pooler says by its words: its codes say little.
// What names a user in quotes, or pg_hba.conf, was said by the server behind.
func poolerRefuses(f *api.Finding, w store.Reach) {
	said := strings.ToLower(w.Refusal.Message)
	has := func(parts ...string) bool {
		for _, p := range parts {
			if strings.Contains(said, p) {
				return true
			}
		}
		return false
	}
	switch {
	case has("unsupported startup parameter"):
		f.Code = "pooler_startup_parameter"
		name := quotedName(w.Refusal.Message)
		f.Cause = "The pooler at " + w.Where + " does not take the option " + name + " with which DATABASE_URL begins a " +
			"connection."
		f.Expected = "an address without " + name + ", or a pooler that takes it"
		f.Remedy = "Take " + name + " out of DATABASE_URL, or add it to ignore_startup_parameters in pgbouncer.ini and " +
			"reload: ignore_startup_parameters = " + name
		blameEnvironment(f, w.Refusal.Message)
	case has("no such database", "does not exist") && has("database"):
		f.Code = "database_missing"
		f.Cause = "The pooler at " + w.Where + " leads to no database " + w.Database + "."
		f.Remedy = "Correct the name at the end of DATABASE_URL, or add it to the [databases] section of pgbouncer.ini."
	case has("no pg_hba.conf entry") && has("no encryption", "ssl off"):
		f.Code = "pooler_tls_mismatch"
		f.Cause = "PostgreSQL demands TLS, and the pooler comes to it without."
		f.Evidence += "\n" + clientLeg(w) + "; from the pooler to PostgreSQL: no TLS, and PostgreSQL refuses it"
		f.Expected = "TLS from the pooler to PostgreSQL"
		f.Remedy = "In pgbouncer.ini: server_tls_sslmode = require (or verify-full with server_tls_ca_file), then reload it."
		f.Setting = "server_tls_sslmode (pgbouncer.ini)"
	case has("ssl required", "tls required"):
		f.Code = "pooler_tls_mismatch"
		f.Cause = "The pooler demands TLS of its clients, and DATABASE_URL turns it off."
		f.Evidence += "\n" + clientLeg(w) + ", and the pooler refuses it; from the pooler to PostgreSQL: not known, " +
			"since nobody gets that far"
		f.Expected = "sslmode=require or more in DATABASE_URL"
		f.Remedy = "Set sslmode=require in DATABASE_URL, or verify-full with sslrootcert."
	case has("ssl", "tls") && has("server", "refused"):
		f.Code, f.Setting = "pooler_tls_mismatch", "server_tls_sslmode (pgbouncer.ini)"
		f.Evidence += "\n" + clientLeg(w) + "; from the pooler to PostgreSQL: TLS does not come about"
	case has("too many clients", "remaining connection slots", "too many connections"):
		slotsGone(f, w)
	case has("no more connections allowed", "max_client_conn", "query_wait_timeout", "max_db_client", "max_user_client"):
		f.Code, f.Expected = "pooler_too_small", "room for one more client"
	case has("starting up", "shutting down", "recovery"):
		f.Code, f.Expected = "database_starting", "a server that has started"
	case has("not allowed", "invalid command", "unsupported pkt type") && w.Database == "pgbouncer":
		f.Code = "database_not_postgres"
		f.Cause = "DATABASE_URL names the database pgbouncer, which is the console of the pooler and no database."
		f.Expected, f.Remedy = "the name of a database behind the pooler", "Write the name of the database at the end "+
			"of DATABASE_URL."
	case has(`for user "`, "no pg_hba.conf entry", "server login failed", "role "):
		f.Code = "pooler_server_login"
		f.Expected = "a login of the pooler at PostgreSQL"
		f.Setting = "[databases] or auth_file (pgbouncer.ini)"
	case has("server_login_retry", "cannot connect", "connect failed", "server conn", "server closed", "connection "+
		"to server"):
		f.Code = "pooler_server_unreachable"
		f.Setting = "[databases] (pgbouncer.ini)"
	default:
		f.Code = "pooler_refuses_login"
		f.Cause = fmt.Sprintf("The pooler at %s refuses %s before PostgreSQL is asked: the user is not in its list, or "+
			"has another password there.", w.Where, w.User)
		f.Remedy = "Give " + w.User + " the password of DATABASE_URL in auth_file of pgbouncer, and reload it."
	}
}

func clientLeg(w store.Reach) string {
	if w.AsksTLS {
		return "from here to the pooler: TLS"
	}
	return "from here to the pooler: no TLS"
}

// poolerHangs finds out why a pooler takes the client and then leaves it
// waiting: it is paused, has no connection left, or finds no server.
func (in *inside) poolerHangs(ctx context.Context, f *api.Finding, to config.DatabaseURL, w store.Reach) {
	dsn := string(to.DSN.Reveal())
	f.Code = "pooler_server_unreachable"
	f.Expected = "a server connection within seconds"
	f.Setting = "[databases] (pgbouncer.ini)"
	if c, err := store.LookAtConsole(ctx, dsn); err == nil {
		f.Evidence += "\nits console says of " + w.Database + ": " + c.String()
		switch {
		case c.Paused:
			f.Code, f.Setting = "pooler_paused", ""
		case c.ServersActive+c.ServersIdle > 0:
			f.Code, f.Setting = "pooler_too_small", "default_pool_size (pgbouncer.ini)"
		}
		return
	}
	alive, how := store.ServerBehind(ctx, dsn)
	if !alive && in.cfg.DatabaseDirect.Engine != "" {
		ways, err := store.WaysIn(ctx, string(in.cfg.DatabaseDirect.DSN.Reveal()))
		if err == nil && ways[len(ways)-1].Step == store.StepIn {
			alive, how = true, "DATABASE_DIRECT_URL leads to a server that answers"
		}
	}
	if alive {
		f.Code, f.Setting = "pooler_too_small", "default_pool_size (pgbouncer.ini)"
		f.Cause = "The server behind the pooler answers, and the pooler has no connection left " +
			"for " + w.User + " in " + w.Database + ", or was paused."
	}
	if how != "" {
		f.Evidence += "\n" + how
	}
}
