package inside

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// slots holds what all servers together may ask for against what there is.
func (in *inside) slots(ctx context.Context, r *doctor.Result) {
	if in.db.Engine() != store.Postgres {
		r.Skip("SQLite has no limit of connections")
		return
	}
	s, err := in.db.Slots(ctx)
	if err != nil {
		in.unable(r, "how many connections there are", err)
		return
	}
	nodes := in.servers(ctx)
	need, others := nodes*in.cfg.DBMaxConns, s.Used-s.Ours
	r.Say("%s; %d server(s) may ask for %d each", s, nodes, in.cfg.DBMaxConns)
	if in.db.Pooled() || need+others <= s.Allowed() {
		return // through a pooler, its own limit counts
	}
	r.Find(api.Finding{
		Code: "connection_slots_overcommitted",
		Evidence: fmt.Sprintf("%s.\n%d server(s) that live, with DB_MAX_CONNS=%d each, may ask for %d, and others use %d now: %d in all, and %d are to be had.",
			s, nodes, in.cfg.DBMaxConns, need, others, need+others, s.Allowed()),
		Expected: fmt.Sprintf("DB_MAX_CONNS of %d at most, or a higher max_connections", max(0, (s.Allowed()-others)/max(1, nodes))),
		Remedy:   fmt.Sprintf("Set DB_MAX_CONNS=%d, or raise max_connections in postgresql.conf and restart PostgreSQL.", max(2, (s.Allowed()-others)/max(1, nodes))),
		Setting:  in.named("DB_MAX_CONNS"),
	})
}

// databaseClock compares the clock of the database with this machine's: tokens,
// codes and links are judged by the second.
func (in *inside) databaseClock(_ context.Context, r *doctor.Result) {
	if in.cfg.Database.Engine != store.Postgres {
		r.Skip("SQLite has no clock of its own")
		return
	}
	off := in.session.Ahead
	r.Say("%s, within %s", ahead(off), in.session.Within.Round(time.Millisecond))
	if off.Abs()-in.session.Within <= clockLeeway {
		return
	}
	r.Find(api.Finding{
		Code:     "clock_skew",
		Cause:    "The clock of the database and the clock of this machine are " + off.Abs().Round(time.Second).String() + " apart. Tokens, codes of authenticator apps and links are refused as too old or too new.",
		Evidence: fmt.Sprintf("SELECT clock_timestamp(): the database is %s, give or take %s, the half of the way there and back.", ahead(off), in.session.Within.Round(time.Millisecond)),
		Expected: "less than " + clockLeeway.String() + " apart",
		Remedy:   "Compare both machines with a time server (chronyc tracking, timedatectl), and turn time synchronisation on where it is off: timedatectl set-ntp true",
		Setting:  "the clock of the database server " + in.session.Address,
	})
}

// clockLeeway is what clocks may be apart: tokens have a leeway of 30 seconds.
const clockLeeway = 20 * time.Second

func ahead(d time.Duration) string {
	switch d = d.Round(time.Millisecond); {
	case d > 0:
		return d.String() + " ahead of this machine"
	case d < 0:
		return (-d).String() + " behind this machine"
	}
	return "level with this machine"
}

// servers is how many servers run on this database, at least the one at hand.
func (in *inside) servers(ctx context.Context) int {
	list, _, err := in.db.Nodes(ctx, Fresh)
	if err != nil {
		return 1 // the schema may be an older one, which another check tells
	}
	list = slices.DeleteFunc(list, func(n store.Node) bool { return !in.alive(n) })
	return max(1, len(list))
}
