package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/aiwfe/aiwfe-auth/internal/app"
)

func (p *program) keysList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the keys by fingerprint: what they do, where they are, and when they can go", Args: flagsOnly,
		Long: "Lists every key that this configuration, the database and the running servers know of, by fingerprint: the value is\n" +
			"never shown. A key of which tokens are left, or with which rows are sealed, is still needed; the others can go.",
		RunE: p.with(func(cmd *cobra.Command, core *app.Core, _ []string) error {
			list, err := core.Keys(cmd.Context())
			if err != nil {
				return err
			}
			return p.print(map[string]any{"keys": list}, func(w io.Writer) { writeKeys(w, list) })
		}),
	}
}

func writeKeys(w io.Writer, list []app.Key) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "PURPOSE\tFINGERPRINT\tSTATE\tAGE\tNEEDED FOR")
	for _, k := range list {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", k.Purpose, k.Fingerprint, k.State, age(k.FirstUsed), k.Needs)
	}
	_ = t.Flush()
	for _, k := range list {
		fmt.Fprintf(w, "\n%s %s (%s)\n  %s\n  origin: %s\n", k.Purpose, k.Fingerprint, k.State, k.Does, k.Origin)
		if len(k.Derived) > 0 {
			fmt.Fprintf(w, "  keys kept under it: %s\n", strings.Join(k.Derived, ", "))
		}
		for _, table := range slices.Sorted(maps.Keys(k.Sealed)) {
			fmt.Fprintf(w, "  sealed in %s: %d\n", table, k.Sealed[table])
		}
		if len(k.Nodes) > 0 {
			fmt.Fprintf(w, "  in use by: %s\n", strings.Join(k.Nodes, ", "))
		}
		if len(k.Accepting) > 0 {
			fmt.Fprintf(w, "  accepted by: %s\n", strings.Join(k.Accepting, ", "))
		}
		if k.May && k.State == "previous" {
			fmt.Fprintln(w, "  it can go")
		}
	}
}

// age is how long a key has been in use, in words for a table.
func age(since *time.Time) string {
	if since == nil {
		return "not used yet"
	}
	switch d := time.Since(*since); {
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	default:
		return fmt.Sprintf("%d days", int(d.Hours()/24))
	}
}
