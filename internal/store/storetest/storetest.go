package storetest

import (
	"slices"
	"sync"
	"testing"

	"github.com/aiwfe/aiwfe-auth/internal/session"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// ground is an open, migrated database and what it told of revocations.
type ground struct {
	*store.Store
	heard *recorder
	// peek lets one test at a time look into the outbox.
	peek *sync.Mutex
}

type check struct {
	name string
	test func(*testing.T, ground)
}

// Run proves the promises on stores that open returns: each on an empty
// database of its own, not yet migrated, closed when its test ends.
func Run(t *testing.T, open func(t testing.TB) *store.Store) {
	t.Helper()
	shared := migrated(t, open)
	t.Run("shared", func(t *testing.T) {
		together(t, shared, accountChecks, sessionChecks, refreshChecks, attemptChecks, auditChecks, bulkChecks, traceChecks, naughtyChecks)
		together(t, shared, accountRows...)
	})
	for _, c := range slices.Concat(
		installationChecks, alertChecks, operatorChecks, nodeChecks, leaseChecks, clockChecks, outboxChecks, reportChecks, figureChecks,
		hammerChecks, traceBoundChecks, factChecks, censusChecks, upkeepChecks, keyChecks,
	) {
		t.Run(c.name, func(t *testing.T) { c.test(t, migrated(t, open)) })
	}
	t.Run("FourMigratorsAtOnceTakeEachStepOnce", func(t *testing.T) { fourMigrators(t, open(t)) })
	for _, c := range importChecks {
		t.Run(c.name, func(t *testing.T) { c.test(t, migrated(t, open)) })
	}
}

// accountRows are the checks of what refers to an account by its id.
var accountRows = [][]check{
	changeChecks, beginChecks, linkChecks, proofChecks, factorChecks, codeChecks, challengeChecks, trustChecks, letterChecks, tokenChecks,
}

// RunAdopted proves what refers to accounts on a users table that another
// system made, and that open has put into the empty database.
func RunAdopted(t *testing.T, open func(t testing.TB) *store.Store) {
	t.Helper()
	together(t, migrated(t, open), accountRows...)
}

func together(t *testing.T, shared ground, lists ...[]check) {
	t.Helper()
	for _, c := range slices.Concat(lists...) {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.test(t, shared)
		})
	}
}

func migrated(t testing.TB, open func(t testing.TB) *store.Store) ground {
	t.Helper()
	g := ground{Store: open(t), heard: &recorder{}, peek: &sync.Mutex{}}
	g.OnRevoke(g.heard.hear)
	if _, err := g.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return g
}

// recorder keeps what OnRevoke was told.
type recorder struct {
	mu   sync.Mutex
	list []session.Revocation
}

func (r *recorder) hear(one session.Revocation) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list = append(r.list, one)
}

// count says how often a name was told of.
func (r *recorder) count(kind, name string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := 0
	for _, one := range r.list {
		if one.Kind == kind && one.Name == name {
			n++
		}
	}
	return n
}
