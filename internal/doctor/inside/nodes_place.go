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

// skewed is how far two servers' clocks may be apart: codes of authenticator
// apps change every 30 s, and tokens are given 30 s of leeway.
const skewed = 10 * time.Second

func (in *inside) nodesClocks(_ context.Context, r *doctor.Result) {
	if len(in.together) == 0 {
		return
	}
	by := func(a, b store.Node) int { return int((a.Ahead - b.Ahead) / time.Millisecond) }
	least, most := slices.MinFunc(in.together, by), slices.MaxFunc(in.together, by)
	apart := most.Ahead - least.Ahead
	r.Say("%s apart at most", apart.Round(time.Millisecond))
	if apart <= skewed {
		return
	}
	r.Find(api.Finding{
		Code: "clock_skew",
		Cause: fmt.Sprintf("The clocks of two servers are %s apart. Tokens of one look expired or not yet valid to the other, "+
			"and codes of authenticator apps are right on one and wrong on the other.", apart.Round(time.Second)),
		Evidence: fmt.Sprintf("%s is %s\n%s is %s", title(least), aheadOfDatabase(least.Ahead), title(most), aheadOfDatabase(most.Ahead)),
		Expected: fmt.Sprintf("%s apart at most", skewed),
		Remedy:   "Set the clock by NTP on both machines: timedatectl set-ntp true",
	})
}

func aheadOfDatabase(d time.Duration) string {
	if d < 0 {
		return (-d).Round(time.Millisecond).String() + " behind the database"
	}
	return d.Round(time.Millisecond).String() + " ahead of the database"
}

// nodesPlace asks whether several servers may work on what they work on.
func (in *inside) nodesPlace(_ context.Context, r *doctor.Result) {
	if len(in.together) < 2 {
		r.Say("one server")
		return
	}
	machines := map[string]bool{}
	for _, n := range in.together {
		if m := n.Marks[placeMachine]; m != "" {
			machines[m] = true
		}
	}
	if in.cfg.Database.Engine == store.SQLite && len(machines) > 1 {
		r.Find(api.Finding{
			Code: "sqlite_on_two_machines", Evidence: "one SQLite file is used by " + titles(in.together) + ", on different machines",
			Expected: "one machine for a SQLite file, or PostgreSQL for several",
			Setting:  setting("DATABASE_URL", in.cfg.Origin("DATABASE_URL")),
		})
		return
	}
	if in.cfg.RedisURL.Empty() {
		r.Note("limits_per_node", "%d servers run without REDIS_URL: what one of them ends the others hear within a second, "+
			"and the limit per client address is counted by each of them for itself.", len(in.together))
	}
}

// nodesRestart compares the configuration at hand with those that run: a
// setting counts from the next start on.
func (in *inside) nodesRestart(_ context.Context, r *doctor.Result) {
	switch {
	case in.Serving:
		r.Skip("the server knows its own settings")
		return
	case in.salt == "":
		r.Skip("no server has written its settings down yet")
		return
	}
	all := slices.Concat(secrets, compared)
	if among, _ := differing(in.together, all); len(among) > 0 || len(in.together) == 0 {
		r.Say("the servers differ from each other")
		return
	}
	here := store.Node{Host: "the configuration at hand", Marks: Marks(in.cfg, in.salt)}
	there := in.together[len(in.together)-1]
	settings, lines := differing([]store.Node{here, there}, all)
	if len(settings) == 0 {
		return
	}
	var set []string
	for _, name := range settings {
		set = append(set, setting(name, in.cfg.Origin(name)))
	}
	r.Find(api.Finding{
		Code: "running_with_other_settings",
		Cause: fmt.Sprintf("The server runs since %s with another %s than the configuration at hand says.",
			there.StartedAt.Format(time.RFC3339), strings.Join(settings, ", ")),
		Evidence: strings.Join(lines, "\n"),
		Expected: "a server that was started with the settings at hand",
		Remedy: "Restart the server so that it reads " + strings.Join(settings, ", ") +
			" anew, or run the doctor with the environment of the server (the same env file, user and folder).",
		Setting: strings.Join(set, ", "),
	})
}

// nodesSaw tells what the servers see go wrong.
func (in *inside) nodesSaw(_ context.Context, r *doctor.Result) {
	for _, n := range in.live {
		found := n.Findings
		if n.ID == in.Node && in.Seen != nil {
			found = in.Seen()
		}
		for _, f := range found {
			if _, known := api.Causes[f.Code]; !known {
				continue // a node of another version
			}
			f.Evidence = strings.TrimSpace(f.Evidence + "\nseen by " + title(n))
			r.Find(f)
		}
	}
}
