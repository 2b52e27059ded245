package inside

import (
	"context"
	"os"
	"regexp"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// refused names the cause of a session that was not begun, or was and is of no
// use. A pooler speaks for itself and for the server behind it.
func (in *inside) refused(ctx context.Context, f *api.Finding, to config.DatabaseURL, w store.Reach) {
	f.Expected = "a session as " + w.User + " in the database " + w.Database
	switch {
	case w.Session.ReadOnly:
		*f = in.readOnly(w)
	case w.Refusal == nil && w.Peer == store.PeerPooler:
		in.poolerHangs(ctx, f, to, w)
	case w.Refusal == nil:
		f.Code = "database_unreachable"
		f.Cause = "PostgreSQL at " + w.Where + " takes the connection, and the session does not come about: it hangs, " +
			"or ends the connection."
	case w.Peer == store.PeerPooler:
		poolerRefuses(f, w)
	default:
		serverRefuses(ctx, f, to, w)
	}
}

// serverRefuses reads PostgreSQL's own refusal by its code.
func serverRefuses(ctx context.Context, f *api.Finding, to config.DatabaseURL, w store.Reach) {
	said := w.Refusal.Message
	f.Code = "database_refuses_login"
	f.Remedy = "Correct the password in DATABASE_URL, or set it anew as a superuser: ALTER " +
		"ROLE " + w.User + " PASSWORD '...'"
	switch code := w.Refusal.Code; {
	case strings.Contains(said, "no pg_hba.conf entry"):
		f.Cause = "No line of pg_hba.conf lets " + w.User + " into " + w.Database + " from this machine."
		f.Remedy = "Add a line to pg_hba.conf, such as: host " + w.Database + " " + w.User + " THIS-ADDRESS/32 " +
			"scram-sha-256; then: SELECT pg_reload_conf()"
		if !w.AsksTLS && w.OffersTLS && store.LetsInByTLS(ctx, string(to.DSN.Reveal())) {
			f.Code, f.Cause, f.Remedy = "database_tls_required", "", ""
			f.Evidence += "\nthe same login over TLS succeeds"
			f.Expected = "sslmode=require or more in DATABASE_URL"
			if os.Getenv("PGSSLMODE") != "" && !strings.Contains(string(to.DSN.Reveal()), "sslmode=") {
				f.Setting = "PGSSLMODE (environment)"
				f.Cause = "pg_hba.conf lets this user in over TLS only, and PGSSLMODE in the environment turns it off."
			}
		}
	case code == "28P01":
		f.Cause = "PostgreSQL refuses the password of " + w.User + ", or has no such user; it does not say which."
	case strings.HasPrefix(code, "28"):
		f.Cause = "PostgreSQL does not let " + w.User + " in."
		f.Remedy = "As the evidence says; a missing role is made by: CREATE ROLE " + w.User + " LOGIN PASSWORD '...'"
	case code == "3D000":
		f.Code, f.Cause = "database_missing", "PostgreSQL at "+w.Where+" has no database "+w.Database+"."
		f.Remedy = "Correct the name at the end of DATABASE_URL, or: CREATE " +
			"DATABASE " + w.Database + " OWNER " + w.User + "; then: aiwfe-auth migrate up"
	case strings.HasPrefix(said, "permission denied for database"):
		f.Cause = w.User + " has no right to connect to " + w.Database + "."
		f.Remedy = "GRANT CONNECT ON DATABASE " + w.Database + " TO " + w.User
	case code == "55000":
		f.Cause = "The database " + w.Database + " takes no connections: it is a template, or ALLOW_CONNECTIONS is off."
		f.Remedy = "ALTER DATABASE " + w.Database + " ALLOW_CONNECTIONS true"
	case code == "42704", code == "22023", code == "42501", code == "55P02", code == "42601", code == "42602":
		wrongOption(f, said)
	case code == "53300":
		slotsGone(f, w)
	case strings.HasPrefix(code, "57P"):
		f.Code, f.Remedy, f.Expected = "database_starting", "", "a server that has started"
	case code == "25006":
		f.Code, f.Remedy = "database_read_only", ""
	default:
		f.Cause = "PostgreSQL does not begin the session."
		f.Remedy = "As the evidence says."
	}
}

// wrongOption is for a parameter that the server does not know or does not take.
func wrongOption(f *api.Finding, said string) {
	f.Code = "database_url_wrong"
	f.Cause = "An option of DATABASE_URL is handed to PostgreSQL as a setting of the session, and it does not take it."
	f.Expected = "only options of libpq, and settings that PostgreSQL has"
	f.Remedy = "Take the option out of DATABASE_URL."
	if name := quotedName(said); name != "" {
		f.Remedy = "Take " + name + " out of DATABASE_URL: it is an option of another driver or framework, or has a " +
			"value that cannot be."
	}
	blameEnvironment(f, said)
}

// blameEnvironment looks whether PGOPTIONS holds what the address does not: libpq
// and its like read it without being asked.
func blameEnvironment(f *api.Finding, said string) {
	options := os.Getenv("PGOPTIONS")
	if name := quotedName(said); options != "" && (name == "options" || name != "" && strings.Contains(options, name)) {
		f.Setting = "PGOPTIONS (environment)"
		f.Remedy = "Take PGOPTIONS out of the environment of the server."
	}
}

var inQuotes = regexp.MustCompile(`"([^"]+)"|parameter(?: in options)?: (\S+)`)

func quotedName(said string) string {
	m := inQuotes.FindStringSubmatch(said)
	if m == nil {
		return ""
	}
	return m[1] + m[2]
}

func slotsGone(f *api.Finding, w store.Reach) {
	f.Code, f.Remedy, f.Setting = "connection_slots_exhausted", "", ""
	f.Expected = "a free connection for " + w.User
	switch said := w.Refusal.Message; {
	case strings.Contains(said, "for role"):
		f.Cause = "All connections that the role " + w.User + " may have are taken."
		f.Remedy = "ALTER ROLE " + w.User + " CONNECTION LIMIT -1, or lower DB_MAX_CONNS of the servers."
	case strings.Contains(said, "for database"):
		f.Cause = "All connections that the database " + w.Database + " may have are taken."
		f.Remedy = "ALTER DATABASE " + w.Database + " CONNECTION LIMIT -1, or lower DB_MAX_CONNS of the servers."
	}
}
