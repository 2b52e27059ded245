package inside

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// schema compares tables and ledger with what the migrations make.
func (in *inside) schema(ctx context.Context, r *doctor.Result) {
	if in.stages == nil {
		var err error
		if in.stages, err = store.Stages(ctx); err != nil {
			r.Unable("what the migrations make", err)
			return
		}
	}
	ledger, err := in.db.Ledger(ctx)
	if err != nil {
		in.ledgerShut(ctx, r, err)
		return
	}
	have, err := in.db.Shape(ctx)
	if err != nil {
		in.unable(r, "what the tables look like", err)
		return
	}
	pending := in.pending(ledger)
	last := in.stages[len(in.stages)-1]
	switch {
	case !ledger.There && len(ledger.Shut) > 0:
		f := in.lacking([]string{"no USAGE on the schema " + strings.Join(ledger.Shut, ", ") + ", where the tables are"})
		f.Remedy = "GRANT USAGE ON SCHEMA " + ledger.Shut[0] + " TO " + store.UserOf(in.dsn())
		r.Find(f)
	case !ledger.There && len(ledger.Elsewhere) > 0:
		r.Find(in.wrongPath(ledger))
	case ledger.Usable:
		r.Say("version %d, which is newer than this program's %d and says that this one may go on", slices.Max(ledger.Applied), last.Version)
	case len(ledger.Applied) > 0 && slices.Max(ledger.Applied) > last.Version:
		r.Find(api.Finding{
			Code: "schema_newer", Expected: fmt.Sprintf("a schema up to version %d", last.Version),
			Evidence: fmt.Sprintf("the ledger goose_db_version has version "+
				"%d", slices.Max(ledger.Applied)), Setting: in.named("DATABASE_URL"),
		})
	case len(pending) > 0:
		in.behind(ctx, r, ledger, have, pending)
	default:
		in.whole(ctx, r, last.Shape, have)
	}
}

// ledgerShut is for a ledger that this user may not read.
func (in *inside) ledgerShut(ctx context.Context, r *doctor.Result, err error) {
	lacking, also := in.db.Lacking(ctx, []string{"goose_db_version", "users", "sessions"})
	if also != nil || len(lacking) == 0 {
		in.unable(r, "the migration ledger", err)
		return
	}
	r.Find(in.lacking(lacking))
}

// pending are the stages whose version is not in the ledger.
func (in *inside) pending(l store.Ledger) (list []int) {
	for i, s := range in.stages {
		if !slices.Contains(l.Applied, s.Version) {
			list = append(list, i)
		}
	}
	return list
}

// whole looks at a schema whose migrations have all been applied.
func (in *inside) whole(ctx context.Context, r *doctor.Result, want, have store.Shape) {
	lacking, err := in.db.Lacking(ctx, want.Tables())
	if err != nil {
		in.unable(r, "the rights on the tables", err)
		return
	}
	if len(lacking) > 0 {
		r.Find(in.lacking(lacking))
		return
	}
	drift := in.db.Drift(want, have)
	if in.doubled(ctx, r, have) {
		drift = slices.DeleteFunc(drift, func(s string) bool { return strings.Contains(s, "(lower(email))") })
	}
	if len(drift) > 0 {
		r.Find(api.Finding{
			Code: "schema_drift", Evidence: strings.Join(drift, "\n"), Expected: "the tables as migrations make them",
			Remedy: mendDrift(drift), Setting: in.named("DATABASE_URL"),
		})
		return
	}
	searched := ""
	if !in.db.SearchIndexed() {
		searched = "; accounts are searched without an index (guide/operate.md tells how to have one)"
	}
	r.Say("version %d, %d tables as expected%s", in.stages[len(in.stages)-1].Version, len(want), searched)
}

// mendDrift gives the line for what can be said in one.
func mendDrift(drift []string) string {
	if strings.Contains(drift[0], "unique index on users (lower(email))") {
		return "CREATE UNIQUE INDEX users_email_lower ON users (lower(email));"
	}
	return "Undo what was changed by hand, or restore the schema from a backup: " + drift[0] + "."
}

func (in *inside) lacking(list []string) api.Finding {
	more := ""
	if len(list) > 6 {
		more = fmt.Sprintf("\nand %d more", len(list)-6)
	}
	return api.Finding{
		Code: "database_privileges_missing", Evidence: strings.Join(list[:min(len(list), 6)], "\n") + more,
		Expected: "SELECT, INSERT, UPDATE and DELETE on all tables of this program, and all of their " +
			"rows", Setting: in.named("DATABASE_URL"),
	}
}

// wrongPath is for tables that are there and not seen.
func (in *inside) wrongPath(l store.Ledger) api.Finding {
	return api.Finding{
		Code: "schema_wrong_search_path",
		Evidence: fmt.Sprintf("search_path is %s, and there are no tables of this program; they stand in the schema "+
			"%s", l.Path, strings.Join(l.Elsewhere, ", ")),
		Expected: "a search_path that begins with the schema of the tables",
		Remedy: fmt.Sprintf("ALTER ROLE %s SET search_path = %s; or take search_path out of DATABASE_URL or "+
			"PGOPTIONS.", store.UserOf(in.dsn()), l.Elsewhere[0]),
		Setting: in.named("DATABASE_URL"),
	}
}

// behind tells a schema that waits for migrations from one whose ledger is wrong.
func (in *inside) behind(ctx context.Context, r *doctor.Result, l store.Ledger, have store.Shape, pending []int) {
	if f, bad := in.interrupted(l, have, pending); bad {
		r.Find(f)
		return
	}
	if in.doubled(ctx, r, have) {
		return // no migration gets past it
	}
	names := make([]string, 0, len(pending))
	for _, i := range pending {
		names = append(names, in.stages[i].Name)
	}
	if l.LockedBy != "" && l.Lapses.After(l.Now) {
		r.Note("migration_running", "A migration runs at this moment, by %s, since "+
			"%s.", l.LockedBy, l.Since.UTC().Format(time.RFC3339))
	}
	if in.cfg.Environment.Relaxed() {
		r.Note("schema_pending", "%d migrations are pending; in %s the server applies them when it "+
			"starts.", len(pending), in.cfg.Environment)
		r.Skip("%d migrations are pending, and the server applies them when it starts", len(pending))
		return
	}
	f := api.Finding{
		Code: "schema_behind", Evidence: fmt.Sprintf("pending: %s", strings.Join(names, ", ")), Expected: "no pending " +
			"migration",
		Setting: in.named("DATABASE_URL"), Remedy: "Make a backup, then: aiwfe-auth migrate up",
	}
	if len(l.Applied) == 0 && len(have) == 0 {
		f.Evidence += "\nThe database is empty: it is a new one, or not the one that held the accounts."
	}
	r.Find(f)
}

// doubled looks for addresses in two rows where no index forbids them.
func (in *inside) doubled(ctx context.Context, r *doctor.Result, have store.Shape) bool {
	users, there := have["users"]
	if _, email := users.Columns["email"]; !there || !email || slices.Contains(users.Unique, "lower(email)") {
		return false
	}
	n, some, err := in.db.Doubles(ctx)
	if err != nil || n == 0 {
		return false
	}
	r.Find(api.Finding{
		Code: "row_duplicate_address",
		Evidence: fmt.Sprintf("%d addresses stand in more than one row, apart from case and blanks; the ids of some: "+
			"%s\nThe unique index on lower(email) is missing, and cannot be made before.", n, strings.Join(some, " / ")),
		Expected: "each address once",
		Remedy: "Keep the row that is used and change or delete the other, then: CREATE UNIQUE INDEX " +
			"users_email_lower ON users (lower(email)); they are listed by: SELECT lower(trim(email)), count(*) FROM users " +
			"GROUP BY 1 HAVING count(*) > 1",
		Setting: "the table users",
	})
	return true
}
