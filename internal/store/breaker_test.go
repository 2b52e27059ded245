package store

import (
	"errors"
	"testing"
	"time"
)

func TestBreakerLetsAFewLookAndClosesWithTheFirstAnswer(t *testing.T) {
	t.Parallel()
	var b breaker
	now := time.Date(2026, time.November, 2, 12, 0, 0, 0, time.UTC)
	pass := func() (probe, refused bool) {
		probe, err := b.enter(now)
		return probe, errors.Is(err, errOpen)
	}
	b.heard(now, false)
	now = now.Add(patience - time.Millisecond)
	if probe, refused := pass(); probe || refused || !b.patient(now) {
		t.Error("a young outage is not waited out")
	}
	if now = now.Add(time.Hour); b.away(now) {
		t.Error("one mishap is taken for an outage")
	}
	now = now.Add(-time.Hour)
	for range enough { // later failures make it no younger
		b.heard(now, false)
	}
	now = now.Add(time.Millisecond)
	if b.patient(now) {
		t.Error("an old outage is waited out")
	}
	asked := 0
	for range 100 { // each looks and hangs
		if probe, refused := pass(); probe {
			asked++
		} else if !refused {
			t.Error("a request is neither a look nor refused")
		}
		now = now.Add(probeEvery / 2)
	}
	if asked != probes {
		t.Errorf("%d requests hang before a database that is away, not %d", asked, probes)
	}
	b.leave(true)
	if probe, _ := pass(); !probe {
		t.Error("after one look has ended there is no further one")
	}
	if _, refused := pass(); !refused {
		t.Error("two look at the same moment")
	}
	b.heard(now, true)
	if probe, refused := pass(); probe || refused || !b.answered().Equal(now) {
		t.Error("the first answer does not close it")
	}
}
