package store

import (
	"errors"
	"sync"
	"time"
)

const (
	// patience is how long an outage is waited out by asking again: a restart of
	// the database takes less, and then nobody is told of it. Hanging attempts
	// end by their deadline, which is longer.
	patience = 3 * time.Second
	// probeEvery and probes bound who still asks a database that has been away
	// for longer, so that requests do not pile up before it.
	probeEvery = 250 * time.Millisecond
	probes     = 3
	// slow is an answer that comes too late to be one: a database of which all
	// are is as good as away. enough is how many failures in a row make an outage
	// out of one mishap.
	slow   = 2 * time.Second
	enough = 5
	// queueLimit is how long a transaction waits for a connection while others
	// get theirs, looked at in steps. While nobody does, that is an outage and
	// not a crowd, and does not count.
	queueLimit = time.Second
	queueStep  = 100 * time.Millisecond
)

var (
	// errOpen is why nothing was asked at all.
	errOpen = errors.New("the database has not answered for some seconds, so it is asked seldom now")
	// errCrowd ends the wait for a connection.
	errCrowd = errors.New("no connection to the database was free within a second, while others got theirs")
)

// breaker remembers whether the database answers. Once it has been silent for
// longer than patience, a request is refused at once, except for a few that
// look whether it is back: no outage holds more than those.
type breaker struct {
	mu      sync.Mutex
	since   time.Time // the first failure after the last answer, zero while it answers
	failed  int       // how many failures since then
	last    time.Time // the last answer
	probed  time.Time
	probing int
}

// enter says whether the database may be asked. Whoever may tells leave.
func (b *breaker) enter(now time.Time) (probe bool, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.open(now) {
		return false, nil
	}
	if b.probing >= probes || now.Sub(b.probed) < probeEvery {
		return false, errOpen
	}
	b.probing++
	b.probed = now
	return true, nil
}

// leave ends what enter began.
func (b *breaker) leave(probe bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if probe {
		b.probing--
	}
}

// heard notes how one attempt ended.
func (b *breaker) heard(now time.Time, answered bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if answered {
		b.since, b.last, b.failed = time.Time{}, now, 0
		return
	}
	if b.since.IsZero() {
		b.since = now
	}
	b.failed++
}

// open says whether it has been away for long. The lock is held.
func (b *breaker) open(now time.Time) bool {
	return b.failed >= enough && now.Sub(b.since) >= patience
}

// away says the same to others.
func (b *breaker) away(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.open(now)
}

// patient says whether it is worth while to ask again: the outage is young.
func (b *breaker) patient(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.since.IsZero() || now.Sub(b.since) < patience
}

// answered is when somebody was answered last.
func (b *breaker) answered() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.last
}
