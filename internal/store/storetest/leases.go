package storetest

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/session"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// leaseChecks are of the jobs that one node alone does.
var leaseChecks = []check{
	{"OfManyNodesOneGetsALease", oneHolds},
	{"LeaseThatRanOutGoesToAnotherWithAHigherNumber", leaseRunsOut},
	{"LeaseThatIsGivenBackIsFreeAtOnce", leaseGivenBack},
	{"NothingIsSweptUnderALeaseThatIsLost", lostLease},
}

const long = time.Hour

func (g ground) hold(t *testing.T, holder string, d time.Duration) *store.Held {
	t.Helper()
	return must[*store.Held](t)(g.Hold(t.Context(), "job", holder, d))
}

func oneHolds(t *testing.T, g ground) {
	var had atomic.Int64
	names := []string{"a", "b", "c", "d", "e", "f", "g", "h"}
	atOnce(len(names), func(i int) {
		h, err := g.Hold(t.Context(), "job", names[i], long)
		if err != nil {
			t.Error(err)
		}
		if h != nil {
			had.Add(1)
		}
	})
	list := must[[]store.Lease](t)(g.Leases(t.Context()))
	if had.Load() != 1 || len(list) != 1 || list[0].Number != 1 {
		t.Fatalf("%d nodes have the lease; the table says %+v", had.Load(), list)
	}
	if h := g.hold(t, list[0].Holder, long); h == nil || h.Number != 1 || time.Since(h.At).Abs() > long {
		t.Errorf("renewed: %+v", h)
	}
	if h := g.hold(t, "another", long); h != nil {
		t.Errorf("another has it too: %+v", h)
	}
	if h := must[*store.Held](t)(g.Hold(t.Context(), "other job", "another", long)); h == nil {
		t.Error("another job cannot be had")
	}
}

func leaseRunsOut(t *testing.T, g ground) {
	first := g.hold(t, "a", -time.Second) // it ran out as it was given
	second := g.hold(t, "b", -time.Second)
	if first == nil || second == nil || second.Number != first.Number+1 {
		t.Fatalf("%+v after %+v", second, first)
	}
	if again := g.hold(t, "b", long); again == nil || again.Number != second.Number+1 {
		t.Errorf("had again after its end: %+v; somebody else may have had it in between", again)
	}
	if h := g.hold(t, "a", long); h != nil {
		t.Errorf("the first one has it too: %+v", h)
	}
}

func leaseGivenBack(t *testing.T, g ground) {
	h := g.hold(t, "a", long)
	stale := *h
	stale.Number--
	for _, wrong := range []store.Held{stale, {Name: "job", Holder: "b", Number: h.Number}} {
		if err := g.Release(t.Context(), wrong); err != nil || g.hold(t, "b", long) != nil {
			t.Fatalf("%+v gave back what was not theirs: %v", wrong, err)
		}
	}
	if err := g.Release(t.Context(), *h); err != nil {
		t.Fatal(err)
	}
	if got := g.hold(t, "b", long); got == nil || got.Number != h.Number+1 {
		t.Errorf("after it was given back: %+v", got)
	}
}

// A node that slept must not go on where it was: another may be at work.
func lostLease(t *testing.T, g ground) {
	u := g.create(t)
	old := g.signIn(t, u, noon)
	if _, err := g.EndSession(t.Context(), u.ID, old.ID, session.EndedLogout, row(audit.EventLogout, noon)); err != nil {
		t.Fatal(err)
	}
	sweep := func(h *store.Held) error {
		return g.Sweep(t.Context(), noon.Add(2*time.Hour), store.Keep{Sessions: time.Hour, Under: h})
	}
	ranOut := g.hold(t, "a", -time.Second)
	overtaken := g.hold(t, "b", -time.Second)
	overtaken.For = long
	now := g.hold(t, "c", long)
	for what, h := range map[string]*store.Held{
		"ran out": ranOut, "was taken over": overtaken, "has another number": {Name: "job", Holder: "c", Number: now.Number - 1, For: long},
	} {
		if err := sweep(h); !errors.Is(err, store.ErrLeaseLost) {
			t.Errorf("a sweep under a lease that %s: %v", what, err)
		}
	}
	if g.session(t, old.ID) == nil {
		t.Fatal("it was swept under a lease that was lost")
	}
	if err := sweep(now); err != nil || g.session(t, old.ID) != nil {
		t.Errorf("nothing was swept under the lease: %v", err)
	}
	done, cancel := context.WithCancel(t.Context())
	cancel()
	if h, err := g.Hold(done, "job", "c", long); err == nil {
		t.Errorf("a lease %+v without the database", h)
	}
}
