package main

import (
	"github.com/spf13/cobra"
)

// bench is for measuring. It is not in the list of verbs, since nobody who runs a site needs it; docs/guide/bench.md
// tells of it.
func (p *program) bench() *cobra.Command {
	g := group("bench", "Fill a database with made-up people, and measure servers; for development", p.benchSeed(), p.benchCompare(), p.benchBare())
	g.Hidden = true
	return g
}
