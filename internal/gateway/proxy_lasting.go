package gateway

import (
	"sync"

	"github.com/aiwfe/aiwfe-auth/internal/session"
)

// Lasting knows what is under way to applications, by session and by person, so
// that it ends with what it was begun under. It is told of the same revocations
// as the memory of sessions.
type Lasting struct {
	o    LastingOptions
	call chan struct{}

	mu    sync.Mutex
	count uint64
	// total is how many trips there are, held how many of them are a person's.
	total int
	held  map[string]int
	// heads are the first trips of a session, and of a person.
	heads [2]map[string]*trip
	// due are those to look at.
	due map[*trip]struct{}
}

// Indexes of heads.
const (
	bySession = iota
	byPerson
)

// place is where a trip stands in the lists.
type place struct {
	keys [2]string
	next [2]*trip
	prev [2]*trip
	// doubtful counts the looks that were not answered.
	doubtful int
}

// NewLasting makes an empty one.
func NewLasting(o LastingOptions) *Lasting {
	return &Lasting{
		o: o, call: make(chan struct{}, 1), held: map[string]int{}, due: map[*trip]struct{}{}, heads: [2]map[string]*trip{{}, {}},
	}
}

// heard is how many revocations there were.
func (l *Lasting) heard() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.count
}

// add notes a trip, or says why there is no room for it. One whose session was
// revoked while it was judged, for all that is known, is looked at once more.
func (l *Lasting) add(t *trip, heard uint64) (full string) {
	if t.person != nil {
		t.keys = [2]string{t.person.Session.ID, string(t.person.User().ID)}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if full = l.full(t.keys[byPerson]); full != "" {
		return full
	}
	l.total++
	l.held[t.keys[byPerson]]++
	for i, heads := range l.heads {
		if first := heads[t.keys[i]]; first != nil {
			t.next[i], first.prev[i] = first, t
		}
		heads[t.keys[i]] = t
	}
	if l.count != heard {
		l.look(t)
	}
	return ""
}

func (l *Lasting) remove(t *trip) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.total--
	if l.held[t.keys[byPerson]]--; l.held[t.keys[byPerson]] == 0 {
		delete(l.held, t.keys[byPerson])
	}
	for i, heads := range l.heads {
		switch {
		case t.prev[i] != nil:
			t.prev[i].next[i] = t.next[i]
		case t.next[i] != nil:
			heads[t.keys[i]] = t.next[i]
		default:
			delete(heads, t.keys[i])
		}
		if t.next[i] != nil {
			t.next[i].prev[i] = t.prev[i]
		}
		t.next[i], t.prev[i] = nil, nil
	}
	delete(l.due, t)
}

// Revoked hears of a revocation. It does not wait.
func (l *Lasting) Revoked(r session.Revocation) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.count++
	switch r.Kind {
	case session.RevokedSession:
		l.lookAt(bySession, r.Name)
	case session.RevokedUser:
		l.lookAt(byPerson, r.Name)
	case session.RevokedAll:
		l.lookAtAll()
	}
}

func (l *Lasting) lookAt(index int, key string) {
	for t := l.heads[index][key]; t != nil; t = t.next[index] {
		l.look(t)
	}
}

func (l *Lasting) lookAtAll() {
	for key := range l.heads[bySession] {
		l.lookAt(bySession, key)
	}
}

// look has a trip of somebody looked at soon.
func (l *Lasting) look(t *trip) {
	if t.person == nil {
		return
	}
	l.due[t] = struct{}{}
	select {
	case l.call <- struct{}{}:
	default:
	}
}
