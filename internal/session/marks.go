package session

import (
	"sync"
	"sync/atomic"
	"time"
)

// marks are the latest revocations, by number. What is remembered of a session
// says up to which number it has heard, so that a revocation costs the same
// however many sessions are remembered: anybody who is signed in can cause one
// (a new name does), and to search a hundred thousand entries for each would
// let one person keep a processor busy and the feed late.
type marks struct {
	last atomic.Uint64

	mu sync.RWMutex
	// Two halves take turns, so that old marks go without being searched for.
	now, before map[mark]uint64
	turned      time.Time
}

type mark struct{ kind, name string }

// keepMarks is how long each is kept at least. What is remembered is trusted
// for maxAge, so a mark that is gone was needed by nobody.
const keepMarks = 2 * maxAge

// set notes a revocation, which is committed.
func (m *marks) set(kind, name string, at time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch age := at.Sub(m.turned); {
	case m.now == nil || age >= keepMarks:
		m.before, m.now, m.turned = m.now, map[mark]uint64{}, at
	case age < 0: // the clock jumped back: keep them for longer
		m.turned = at
	}
	n := m.last.Load() + 1
	m.now[mark{kind, name}] = n
	m.last.Store(n)
}

// since says whether the session was revoked after the given number.
func (m *marks) since(heard uint64, s *Session) bool {
	if m.last.Load() == heard {
		return false
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	for _, k := range [...]mark{{RevokedSession, s.ID}, {RevokedUser, string(s.User.ID)}, {RevokedAll, ""}} {
		if max(m.now[k], m.before[k]) > heard {
			return true
		}
	}
	return false
}
