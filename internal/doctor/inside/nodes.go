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

// Heartbeat is how often a node keeps its row, Fresh is how old a row may be
// for its node to count as running.
const (
	Heartbeat = 15 * time.Second
	Fresh     = 50 * time.Second
)

func (in *inside) nodeChecks() []doctor.Check {
	return []doctor.Check{
		{Name: "nodes", Title: "The servers that run here are known", Needs: []string{"config", "database", "schema"}, Run: in.nodes},
		{Name: "nodes_secrets", Title: "All servers hold the same keys", Needs: []string{"nodes"}, Run: in.nodesSecrets},
		{Name: "nodes_settings", Title: "All servers have the same settings", Needs: []string{"nodes"}, Run: in.nodesSettings},
		{Name: "nodes_clocks", Title: "The clocks of all servers agree", Needs: []string{"nodes"}, Run: in.nodesClocks},
		{Name: "nodes_place", Title: "The servers may share what they share", Needs: []string{"nodes"}, Run: in.nodesPlace},
		{Name: "nodes_restart", Title: "The server runs with these settings", Needs: []string{"nodes"}, Run: in.nodesRestart},
		{Name: "running", Title: "Nothing goes wrong while it runs", Needs: []string{"nodes"}, Run: in.nodesSaw},
	}
}

// nodes finds who runs.
func (in *inside) nodes(ctx context.Context, r *doctor.Result) {
	db := in.db
	if db == nil {
		r.Skip("the database is not open")
		return
	}
	if _, pending, err := db.Schema(ctx); err != nil || pending > 0 {
		r.Skip("the schema is not the one of this program")
		return
	}
	list, _, err := db.Nodes(ctx, Fresh)
	if err != nil {
		r.Unable("the servers on this database", err)
		return
	}
	in.live = slices.DeleteFunc(list, func(n store.Node) bool { return !in.alive(n) })
	in.together = together(in.live)
	if len(in.live) == 0 {
		r.Skip("no server runs on this database")
		return
	}
	if in.salt, err = db.Salt(ctx, false); err != nil {
		r.Unable("the servers on this database", err)
		return
	}
	r.Say("%d on this database: %s", len(in.live), titles(in.live))
}

// alive says whether a node is not known to be over.
func (in *inside) alive(n store.Node) bool {
	alive, known := process(n.Marks)
	return n.ID == in.Node || alive || !known
}

// together keeps the nodes that run at the same time as the last that started.
// One that was killed was seen last before its successor started, and one that
// lives was seen since or has a process.
func together(list []store.Node) []store.Node {
	var last time.Time
	for _, n := range list {
		if n.StartedAt.After(last) {
			last = n.StartedAt
		}
	}
	return slices.DeleteFunc(slices.Clone(list), func(n store.Node) bool {
		alive, _ := process(n.Marks)
		return n.SeenAt.Before(last) && !alive
	})
}

// title names a node; the configuration at hand is none and has no id.
func title(n store.Node) string {
	if n.ID == "" {
		return n.Host
	}
	return n.Host + "/" + n.ID[:min(6, len(n.ID))]
}

func titles(list []store.Node) string {
	var all []string
	for _, n := range list {
		all = append(all, title(n))
	}
	return strings.Join(all, ", ")
}

func (in *inside) nodesSecrets(_ context.Context, r *doctor.Result) {
	var apart []string // an exchange under way, of which every server knows, is no fault
	for _, name := range secrets {
		if !understood(in.together, name) {
			apart = append(apart, name)
		}
	}
	settings, lines := differing(in.together, apart)
	if len(settings) == 0 {
		r.Say("%d compared", len(in.together))
		return
	}
	r.Find(api.Finding{
		Code: "secret_differs_between_nodes",
		Cause: fmt.Sprintf("Servers on one database hold different keys (%s), so what one of them signs or seals the other refuses: "+
			"people are signed out whenever their request reaches another server.", strings.Join(settings, ", ")),
		Evidence: strings.Join(lines, "\n"), Expected: "the same " + strings.Join(settings, " and ") + " on every server",
		Remedy: "Give every server the same " + strings.Join(settings, " and ") +
			" (one secret of the platform, or one file for all), then restart those that had another.",
		Setting: setting(settings[0], in.cfg.Origin(settings[0])),
	})
}

func (in *inside) nodesSettings(_ context.Context, r *doctor.Result) {
	settings, lines := differing(in.together, compared)
	if len(settings) == 0 {
		r.Say("%d compared", len(in.together))
	} else {
		r.Find(api.Finding{
			Code:     "settings_differ_between_nodes",
			Evidence: strings.Join(lines, "\n"), Expected: "the same " + strings.Join(settings, ", ") + " on every server",
			Remedy:  "Set " + strings.Join(settings, ", ") + " alike on every server, then restart those that had another value.",
			Setting: setting(settings[0], in.cfg.Origin(settings[0])),
		})
	}
	versions := map[string]bool{}
	for _, n := range in.together {
		versions[n.Version] = true
	}
	if len(versions) > 1 {
		r.Note("versions_differ", "Servers of different versions run on this database, which is fine while an upgrade is rolled out: %s.", versionsOf(in.together))
	}
}

func versionsOf(list []store.Node) string {
	var all []string
	for _, n := range list {
		all = append(all, title(n)+" has "+n.Version)
	}
	return strings.Join(all, ", ")
}

// Living leaves out the servers of this machine whose process is gone.
func Living(list []store.Node) []store.Node {
	return slices.DeleteFunc(list, func(n store.Node) bool {
		alive, known := process(n.Marks)
		return known && !alive
	})
}
