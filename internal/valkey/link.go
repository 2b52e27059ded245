package valkey

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// How often a link looks whether Valkey serves: while it does; and while it
// does not, from soon to seldom.
const (
	beat      = time.Second
	firstLook = 250 * time.Millisecond
	lastLook  = 2 * time.Second
)

// LinkOptions is what a link needs.
type LinkOptions struct {
	Target Target
	// Key hides the names of what is counted.
	Key secret.Value
	// Heard is called when another node revoked something, or may have. It must
	// not wait.
	Heard func()
	// Turned is called when Valkey begins or ceases to serve. It must not wait.
	Turned func()
	Log    *slog.Logger
}

// Link is the running server's connection to Valkey: a circuit breaker. While
// Valkey serves, requests ask it; as soon as it does not, they ask it no more,
// and the link alone looks in the background whether it is back.
type Link struct {
	o      LinkOptions
	client atomic.Pointer[Client]
	state  atomic.Int32
	misses atomic.Int32 // in a row
	// asking bounds the questions that wait for an answer.
	asking chan struct{}
	// look asks for a look soon, bell for a ring. One of each may wait.
	look, bell chan struct{}
	// deaf is set once it was told that no bell can be heard; Run alone looks at it.
	deaf bool

	told, heard, counted, fallen atomic.Uint64
}

// States of a link. It has none before the first look.
const (
	stateNone int32 = iota
	stateUp
	stateDown
)

// NewLink connects to nothing yet; Run does.
func NewLink(o LinkOptions) (*Link, error) {
	if o.Key.Empty() || o.Heard == nil || o.Turned == nil || o.Log == nil {
		return nil, errors.New("valkey: a link needs Key, Heard, Turned and Log")
	}
	return &Link{
		o: o, asking: make(chan struct{}, mostAsking),
		look: make(chan struct{}, 1), bell: make(chan struct{}, 1),
	}, nil
}

// Run connects and looks after the connection until ctx ends.
func (l *Link) Run(ctx context.Context) {
	var ringing sync.WaitGroup
	ringing.Go(func() { l.ringing(ctx) })
	defer func() {
		ringing.Wait()
		l.drop()
	}()
	for failed := 0; ; {
		err := l.probe(ctx)
		if ctx.Err() != nil {
			return
		}
		l.turn(err)
		pause := beat
		if failed++; err == nil {
			failed = 0
		} else {
			l.drop() // the next look takes a new connection: this one may lead to a server that is none any more
			pause = min(firstLook<<min(failed-1, 8), lastLook)
		}
		if !l.rest(ctx, pause) {
			return
		}
	}
}

// rest waits until the next look is due, or a little when a request has just
// found out that Valkey does not serve.
func (l *Link) rest(ctx context.Context, pause time.Duration) bool {
	select {
	case <-time.After(pause):
		return true
	case <-l.look:
	case <-ctx.Done():
		return false
	}
	select {
	case <-time.After(firstLook):
		return true
	case <-ctx.Done():
		return false
	}
}
