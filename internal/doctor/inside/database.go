package inside

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

func (in *inside) databaseChecks() []doctor.Check {
	needs := []string{"config"}
	if in.cfg.Database.Engine == store.SQLite {
		needs = append(needs, "data_dir")
	}
	return []doctor.Check{
		{Name: "database", Title: "The database answers and takes writes", Needs: needs, Limit: 10 * time.Second, Run: in.database},
		{Name: "pooler", Title: "The pooler in between suits the program", Needs: []string{"database"}, Limit: 14 * time.Second, Run: in.pooler},
		{Name: "direct_url", Title: "DATABASE_DIRECT_URL leads to the same database", Needs: []string{"pooler"}, Run: in.directURL},
		{Name: "slots", Title: "The database has connections enough", Needs: []string{"pooler"}, Run: in.slots},
		{Name: "database_clock", Title: "The clock of the database agrees", Needs: []string{"database"}, Run: in.databaseClock},
		{Name: "locks", Title: "Nobody holds a lock that sign-ins wait for", Needs: []string{"pooler"}, Run: in.locks},
		{Name: "schema", Title: "The tables are as the program expects", Needs: []string{"locks"}, Run: in.schema},
	}
}

// doctorConns is how many connections an examination may hold: a database with
// few left must not lose the last ones to whoever looks for the reason.
const doctorConns = 2

// database goes to the database step by step and opens it.
func (in *inside) database(ctx context.Context, r *doctor.Result) {
	if in.Store != nil && in.cfg.Database.Engine == store.SQLite {
		in.db = in.Store // see inside.mayOpenFile
		r.Say("the open database of this server")
		return
	}
	ok := false
	switch {
	case in.cfg.Database.Engine != store.SQLite:
		ok = in.waysIn(ctx, r)
	case in.Store != nil: // the server has it open, and looks at nothing beside
		_, err := in.Store.Version(ctx)
		if ok = err == nil; !ok {
			r.Unable("the database that this server has open", reason(err))
		}
	default:
		ok = in.sqliteFile(ctx, r)
	}
	if !ok {
		return
	}
	if in.Store != nil {
		in.db = in.Store
		return
	}
	soon, cancel := context.WithTimeout(ctx, 4*time.Second)
	defer cancel()
	db, err := store.Open(soon, store.Options{
		Engine: in.cfg.Database.Engine, DSN: in.dsn(), MaxConns: min(doctorConns, in.cfg.DBMaxConns), Log: slog.New(slog.DiscardHandler),
	})
	if e, refused := errors.AsType[*pgconn.PgError](err); refused && e.Code == "53300" { // the last one was taken meanwhile
		f := api.Finding{Evidence: "opening a second connection: " + e.Message + " (" + e.Code + ")"}
		slotsGone(&f, store.Reach{Refusal: e, User: store.UserOf(in.dsn())})
		r.Find(f)
		return
	}
	if err != nil {
		in.unopened(r, err)
		return
	}
	in.db = db
}

// unopened is for a database that let one connection in and not the next.
func (in *inside) unopened(r *doctor.Result, err error) {
	if in.session.Pooled {
		r.Find(in.tooSmall(store.Pooler{Hangs: reason(err)}))
		return
	}
	r.Unable("the database was reached and could then not be opened", reason(err))
}

// unable is for a question that failed. Through a pooler the reason may be the
// one that people meet at random.
func (in *inside) unable(r *doctor.Result, what string, err error) {
	err = reason(err)
	if in.db.Pooled() && store.Misfits(err) {
		r.Find(in.misfit("The doctor asked for " + what + " in the way that DATABASE_URL asks for, and got: " + bare(err)))
		return
	}
	r.Unable(what, err)
}

func (in *inside) dsn() string { return string(in.cfg.Database.DSN.Reveal()) }

// waysIn tries each host of the address; one that lets in is enough.
func (in *inside) waysIn(ctx context.Context, r *doctor.Result) bool {
	ways, err := store.WaysIn(ctx, in.dsn())
	if err != nil || len(ways) == 0 {
		r.Unable("the address of the database", err)
		return false
	}
	last := ways[len(ways)-1]
	if last.Step != store.StepIn {
		f := in.stopped(ctx, "DATABASE_URL", in.cfg.Database, ways[0])
		for _, w := range ways[1:] {
			f.Evidence += "\nand " + told(w)
		}
		r.Find(f)
		return false
	}
	in.session = last.Session
	if s := last.Session; s.Standby || s.ReadOnly {
		r.Find(in.readOnly(last))
		return false
	}
	r.Say("PostgreSQL %s at %s, as %s in %s, %s", last.Session.Version, last.Where, last.User, last.Database, legs(last.Session))
	for _, w := range ways[:len(ways)-1] {
		r.Note("database_host_down", "A host of DATABASE_URL does not let in, and another one does: %s", told(w))
	}
	return true
}

func legs(s store.Session) string {
	text := "in the clear"
	if s.TLS {
		text = "over TLS"
	}
	if s.Pooled {
		text += ", through a pooler"
	}
	return text
}

// readOnly names what keeps writes out.
func (in *inside) readOnly(w store.Reach) api.Finding {
	f := api.Finding{Code: "database_read_only", Expected: "a primary that takes writes", Setting: in.named("DATABASE_URL")}
	if w.Session.Standby {
		f.Cause = "The server that DATABASE_URL leads to is a standby, which takes no writes, and a sign-in must write its session."
		f.Evidence = "SELECT pg_is_in_recovery() at " + w.Where + " answered true."
		f.Remedy = "Point DATABASE_URL at the primary, or name all hosts and add target_session_attrs=read-write."
		return f
	}
	f.Cause = "Transactions of this user are read-only by default, and a sign-in must write its session."
	f.Evidence = "SHOW transaction_read_only at " + w.Where + " answered on; default_transaction_read_only was set by: " + w.Session.ReadOnlyBy + "."
	f.Remedy = map[string]string{
		"database":           "ALTER DATABASE " + w.Database + " RESET default_transaction_read_only",
		"user":               "ALTER ROLE " + w.User + " RESET default_transaction_read_only",
		"database user":      "ALTER ROLE " + w.User + " IN DATABASE " + w.Database + " RESET default_transaction_read_only",
		"client":             "Take default_transaction_read_only out of DATABASE_URL or PGOPTIONS.",
		"configuration file": "Set default_transaction_read_only = off in postgresql.conf, then: SELECT pg_reload_conf()",
	}[w.Session.ReadOnlyBy]
	return f
}

// named is a setting with who set it.
func (in *inside) named(name string) string {
	for _, s := range in.cfg.Settings() {
		if s.Name == name && s.Origin != "" {
			return name + " (" + s.Origin + ")"
		}
	}
	return name
}
