package inside

import (
	"context"
	"fmt"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// pooler looks at how the pooler behaves, where there is one.
func (in *inside) pooler(ctx context.Context, r *doctor.Result) {
	if in.db == nil || !in.db.Pooled() {
		r.Say("no pooler in between")
		return
	}
	if in.Cheap {
		r.Say("a pooler, whose mode is not looked at every few minutes")
		return
	}
	p, err := store.LookAtPooler(ctx, in.dsn())
	if err != nil {
		r.Unable("how the pooler behaves", err)
		return
	}
	switch {
	case p.Hangs != nil:
		r.Find(in.tooSmall(p))
	case p.Mode == store.PoolStatement:
		r.Find(api.Finding{
			Code: "pooler_statement_mode", Evidence: "On a connection through the pooler " + p.Seen + console(p), Expected: "BEGIN begins a transaction",
			Setting: "pool_mode (pgbouncer.ini)",
		})
	case p.Misfit != nil:
		r.Find(in.misfit(fmt.Sprintf("Two connections ran the same statements in the way that DATABASE_URL asks for (%s), and one got: %s\nThe pooler pools by %s: %s.%s",
			p.Statements, bare(p.Misfit), p.Mode, p.Seen, console(p))))
	}
	in.legs(r, p)
	r.Say("pools by %s (%s); TLS to the pooler: %s, from it to PostgreSQL: %s%s", p.Mode, p.Seen, yes(p.ClientTLS), yes(p.ServerTLS), console(p))
}

// misfit is of prepared statements that were mixed up, met in one way or another.
func (in *inside) misfit(evidence string) api.Finding {
	return api.Finding{
		Code: "pooler_prepared_statements", Evidence: evidence, Expected: "every statement answered, whichever connection it comes by",
		Remedy:  "Take default_query_exec_mode out of DATABASE_URL: the program then runs in the way that suits a pooler.",
		Setting: in.named("DATABASE_URL"),
	}
}

// legs is worth a finding only where somebody asked for TLS and gets it on half
// of the way.
func (in *inside) legs(r *doctor.Result, p store.Pooler) {
	if !p.ClientTLS || p.ServerTLS || !p.Remote || !store.AsksTLS(in.dsn()) {
		return
	}
	r.Find(api.Finding{
		Code:     "pooler_tls_mismatch",
		Cause:    "DATABASE_URL asks for TLS, and only the way to the pooler has it: from there to PostgreSQL everything crosses the network in the clear.",
		Evidence: "from here to the pooler: TLS; from the pooler at " + p.From + " to PostgreSQL: no TLS (pg_stat_ssl)",
		Expected: "TLS on both ways", Remedy: "In pgbouncer.ini: server_tls_sslmode = verify-full with server_tls_ca_file, then reload it.",
		Setting: "server_tls_sslmode (pgbouncer.ini)",
	})
}

func (in *inside) tooSmall(p store.Pooler) api.Finding {
	return api.Finding{
		Code:     "pooler_too_small",
		Cause:    fmt.Sprintf("The pooler gave this examination one connection and left the next ones waiting. The server asks for up to %d (DB_MAX_CONNS).", in.cfg.DBMaxConns),
		Evidence: "Two more connections were asked for: " + bare(p.Hangs) + console(p),
		Expected: "a server connection within seconds", Setting: "default_pool_size (pgbouncer.ini)",
	}
}

func console(p store.Pooler) string {
	if p.Console == nil {
		return ""
	}
	return "\nits console: " + p.Console.String()
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// directURL compares the two addresses by what they lead to.
func (in *inside) directURL(ctx context.Context, r *doctor.Result) {
	direct := in.cfg.DatabaseDirect
	if in.Cheap {
		r.Skip("not looked at every few minutes")
		return
	}
	if direct.DSN.Empty() || direct.Engine != store.Postgres || in.cfg.Database.Engine != store.Postgres {
		r.Skip("DATABASE_DIRECT_URL is not set")
		return
	}
	wrong := api.Finding{Code: "direct_url_wrong", Setting: in.named("DATABASE_DIRECT_URL"), Expected: "the database of DATABASE_URL, without a pooler in between"}
	dsn := string(direct.DSN.Reveal())
	ways, err := store.WaysIn(ctx, dsn)
	if err != nil || len(ways) == 0 {
		r.Unable("DATABASE_DIRECT_URL", err)
		return
	}
	w := ways[len(ways)-1]
	if w.Step != store.StepIn {
		f := in.stopped(ctx, "DATABASE_DIRECT_URL", direct, ways[0])
		wrong.Cause, wrong.Evidence = "DATABASE_DIRECT_URL cannot be used: "+api.Causes[f.Code].Title+". Migrations go through it.", f.Evidence
		r.Find(wrong)
		return
	}
	here, err := in.db.Identity(ctx)
	if err != nil {
		r.Unable("which database DATABASE_URL leads to", err)
		return
	}
	there, err := store.IdentityOf(ctx, dsn)
	if err != nil {
		r.Unable("which database DATABASE_DIRECT_URL leads to", err)
		return
	}
	wrong.Evidence = "DATABASE_URL leads to " + here.String() + "\nDATABASE_DIRECT_URL leads to " + there.String()
	switch {
	case !here.Same(there):
		wrong.Cause = "The two addresses lead to two databases. Migrations go to one, sign-ins to the other."
	case w.Session.Pooled:
		wrong.Cause = "DATABASE_DIRECT_URL goes through a pooler, so it is not direct."
		wrong.Evidence += "\nthe process that answers there is not the one that the session began with"
	case w.Session.Standby || w.Session.ReadOnly:
		wrong.Cause = "DATABASE_DIRECT_URL takes no writes, so no migration can go through it."
	default:
		r.Say("the same database, %s", there)
		return
	}
	r.Find(wrong)
}
