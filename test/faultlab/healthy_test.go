package faultlab

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

// healthy are deployments in which nothing is wrong.
var healthy = map[string]func(t *testing.T) *deployment{
	"SQLite alone": func(*testing.T) *deployment { return &deployment{database: "sqlite", nodes: 1, env: env{}} },
	"PostgreSQL":   func(*testing.T) *deployment { return &deployment{database: "postgres", nodes: 1, env: env{}} },
	"PostgreSQL behind pgbouncer, Redis, nginx with TLS, in production": whole,
	"two nodes behind nginx": func(t *testing.T) *deployment {
		d := whole(t)
		d.nodes, d.database = 2, "postgres"
		return d
	},
}

func healthyNames() []string { return slices.Sorted(maps.Keys(healthy)) }

// TestHealthyDeploymentsHaveNoFinding: a false alarm is as bad as a miss. What
// the doctor says is held from inside and from outside, twice: the second look
// meets what the first one left.
func TestHealthyDeploymentsHaveNoFinding(t *testing.T) {
	for name, describe := range healthy {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := describe(t).start(t)
			for range 2 {
				bounded(t, r.examine(t))
				bounded(t, r.examine(t, "--url", r.url))
			}
		})
	}
}

// hangs is far beyond what is promised (10 seconds): only a check that hangs
// takes so long, on whatever machine.
const hangs = time.Minute

func bounded(t *testing.T, d api.Diagnosis) {
	t.Helper()
	expect(t, d)
	if d.Seconds > hangs.Seconds() {
		t.Errorf("the examination took %.1f s", d.Seconds)
	}
}
