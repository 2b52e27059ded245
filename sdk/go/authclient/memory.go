package authclient

import (
	"context"
	"crypto/sha256"
	"sync"
	"time"
)

// memory keeps answers for a moment, under the hash of the credential that they
// were given to. It is bounded: what is kept lies in two halves, and when one is
// full or old the other is forgotten as a whole.
type memory struct {
	life time.Duration
	most int

	mu        sync.Mutex
	now, past map[digest]kept
	turned    time.Time
	flights   map[digest]*asking
}

type digest = [sha256.Size]byte

// finder asks who it is.
type finder func(context.Context) (*Identity, error)

type kept struct {
	who   *Identity
	until time.Time
}

// asking is a question under way, which all with the same credential wait for.
type asking struct {
	done chan struct{}
	who  *Identity
	err  error
}

func newMemory(life time.Duration, entries int) *memory {
	return &memory{life: life, most: max(1, entries/2), now: map[digest]kept{}, flights: map[digest]*asking{}}
}

// get gives what is remembered, or asks. Only good answers are remembered, and
// each is given out as a copy of its own.
func (m *memory) get(ctx context.Context, name digest, ask finder) (*Identity, error) {
	m.mu.Lock()
	if who := m.find(name, time.Now()); who != nil {
		m.mu.Unlock()
		return who.clone(), nil
	}
	f := m.flights[name]
	if f == nil {
		f = &asking{done: make(chan struct{})}
		m.flights[name] = f
		go m.fly(name, f, ask)
	}
	m.mu.Unlock()
	select {
	case <-ctx.Done():
		return nil, &Unavailable{ctx.Err()}
	case <-f.done:
	}
	if f.err != nil {
		return nil, f.err
	}
	return f.who.clone(), nil
}

// fly belongs to no single caller, so that one who leaves fails nobody else.
func (m *memory) fly(name digest, f *asking, ask finder) {
	ctx, cancel := context.WithTimeout(context.Background(), askLimit)
	defer cancel()
	asked := time.Now()
	f.who, f.err = ask(ctx)
	m.mu.Lock()
	delete(m.flights, name)
	if f.err == nil && m.life > 0 {
		m.keep(name, f.who, asked) // from the asking on: the answer was true then
	}
	m.mu.Unlock()
	close(f.done)
}

func (m *memory) find(name digest, at time.Time) *Identity {
	k, ok := m.now[name]
	if !ok {
		k, ok = m.past[name]
	}
	if !ok || !at.Before(k.until) {
		return nil
	}
	return k.who
}

func (m *memory) keep(name digest, who *Identity, asked time.Time) {
	until := asked.Add(m.life)
	if !who.Until.IsZero() && who.Until.Before(until) {
		until = who.Until
	}
	if len(m.now) >= m.most || time.Since(m.turned) > m.life {
		m.past, m.now, m.turned = m.now, make(map[digest]kept), time.Now()
	}
	m.now[name] = kept{who, until}
}
