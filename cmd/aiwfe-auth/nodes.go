package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/aiwfe/aiwfe-auth/internal/app"
	"github.com/aiwfe/aiwfe-auth/internal/doctor/inside"
)

// nodeRow is a running server as the command line shows it. Settings are as
// they stand; of a key there is a mark that can be compared and not read back.
type nodeRow struct {
	ID          string            `json:"id"`
	Host        string            `json:"host"`
	Version     string            `json:"version"`
	Schema      int64             `json:"schema"`
	StartedAt   time.Time         `json:"started_at"`
	SeenAt      time.Time         `json:"seen_at"`
	ClockOffset float64           `json:"clock_offset_seconds"`
	Settings    map[string]string `json:"settings"`
	Findings    []string          `json:"findings"`
	// Jobs are those that it does for all.
	Jobs []string `json:"jobs"`
}

func (p *program) nodes() *cobra.Command {
	show := &cobra.Command{
		Use: "list", Short: "List the servers that run on this database, and in which settings and keys they differ", Args: flagsOnly,
		RunE: p.with(p.nodesList),
	}
	return group("nodes", "The servers that run on this database", show)
}

func (p *program) nodesList(cmd *cobra.Command, core *app.Core, _ []string) error {
	all, _, err := core.Store.Nodes(cmd.Context(), inside.Fresh)
	if err != nil {
		return err
	}
	leases, err := core.Store.Leases(cmd.Context())
	if err != nil {
		return err
	}
	rows := make([]nodeRow, 0, len(all))
	for _, n := range all {
		row := nodeRow{
			n.ID, n.Host, n.Version, n.Schema, n.StartedAt, n.SeenAt, n.Ahead.Seconds(), map[string]string{}, []string{}, []string{},
		}
		for name, value := range n.Marks {
			if !strings.HasPrefix(name, "~") {
				row.Settings[name] = value
			}
		}
		for _, f := range n.Findings {
			row.Findings = append(row.Findings, string(f.Code))
		}
		for _, l := range leases {
			if l.Holder == n.ID {
				row.Jobs = append(row.Jobs, l.Name)
			}
		}
		rows = append(rows, row)
	}
	return p.print(list{rows}, func(w io.Writer) { writeNodes(w, rows, inside.Differing(all)) })
}

func writeNodes(w io.Writer, rows []nodeRow, differing []string) {
	for _, r := range rows {
		fmt.Fprintf(w, "%-17s %-24s %-12s since %s, seen %s, clock %+.1f s\n",
			r.ID, r.Host, r.Version, when(r.StartedAt), when(r.SeenAt), r.ClockOffset)
		if len(r.Jobs) > 0 {
			fmt.Fprintf(w, "%-17s does for all: %s\n", "", strings.Join(r.Jobs, ", "))
		}
		for _, code := range r.Findings {
			fmt.Fprintf(w, "%-17s sees %s\n", "", code)
		}
	}
	for _, name := range differing {
		fmt.Fprintf(w, "\n%s differs\n", name)
		for _, r := range rows {
			fmt.Fprintf(w, "%-17s %s\n", r.ID, shownMark(r.Settings, name))
		}
	}
	if len(rows) == 0 {
		fmt.Fprintln(w, "no server runs on this database")
	}
}

// shownMark is a setting, or the mark of a key, of one server.
func shownMark(settings map[string]string, name string) string {
	if slices.Contains(inside.Marked(), name) {
		return "mark " + settings[name]
	}
	return settings[name]
}
