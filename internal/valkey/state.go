package valkey

import (
	"context"
	"time"
)

// turn notes whether Valkey serves, and tells it when that is new.
func (l *Link) turn(err error) {
	now := stateUp
	if err != nil {
		now = stateDown
	}
	if now == stateUp {
		l.misses.Store(0)
	}
	before := l.state.Swap(now)
	if before == now {
		return
	}
	if now == stateUp {
		l.o.Log.Info("Valkey serves: the nodes count together and hear of revocations at once", "valkey", l.o.Target.String())
		l.o.Heard() // what rang while nobody listened
	} else {
		l.o.Log.Warn("Valkey is away: each node counts by itself and hears of revocations through the database; "+
			"`aiwfe-auth doctor` says why", "valkey", l.o.Target.String(), "error", err)
	}
	l.o.Turned()
}

// Announce tells the other nodes that something was revoked, without waiting.
// Many at once are one: the bell says nothing.
func (l *Link) Announce() { offer(l.bell) }

// Leave rings for what was announced and did not ring yet, by a connection of
// its own: a command that revokes something and ends keeps none.
func (l *Link) Leave(ctx context.Context) error {
	select {
	case <-l.bell:
		return Ring(ctx, l.o.Target)
	default:
		return nil
	}
}

func (l *Link) ringing(ctx context.Context) {
	for {
		select {
		case <-l.bell:
		case <-ctx.Done():
			return
		}
		if c := l.client.Load(); c != nil && c.ring(ctx) == nil {
			l.told.Add(1)
		}
	}
}

// hear is called by a connection, without a key when everything was deleted or
// the connection is lost.
func (l *Link) hear(rung bool) {
	switch {
	case rung:
		l.heard.Add(1)
	case l.state.Load() == stateUp:
		offer(l.look)
	}
	l.o.Heard()
}

// States of a link in words; it is connecting before the first look.
const (
	StateServes     = "connected"
	StateAway       = "unreachable"
	StateConnecting = "connecting"
)

// Stats is what a link has seen since the program started.
type Stats struct {
	// State is one of the words above.
	State string
	// Told and Heard count rings of the bell.
	Told, Heard uint64
	// Counted are requests that were counted by all nodes together, Fallen those
	// that this node counted alone.
	Counted, Fallen uint64
}

// Stats gives the figures.
func (l *Link) Stats() Stats {
	s := Stats{Told: l.told.Load(), Heard: l.heard.Load(), Counted: l.counted.Load(), Fallen: l.fallen.Load()}
	switch l.state.Load() {
	case stateUp:
		s.State = StateServes
	case stateDown:
		s.State = StateAway
	default:
		s.State = StateConnecting
	}
	return s
}

// offer puts one token in, if there is none.
func offer(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// misses in a row until the breaker opens: one late answer is not yet a server
// that is away.
const mostMisses = 3

// miss notes that a request was not answered.
func (l *Link) miss(err error) {
	if l.misses.Add(1) < mostMisses || l.state.Load() != stateUp {
		return
	}
	l.turn(err)
	offer(l.look)
}

// countLimit is how long an answer may take. A request may need two of them, and
// Valkey may add 50 ms to it in all.
const countLimit = 24 * time.Millisecond

// mostAsking bounds how many requests wait for an answer at once. A connection
// takes four times as many, so that late answers stand in nobody's way.
const mostAsking = 128
