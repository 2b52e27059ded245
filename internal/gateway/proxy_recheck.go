package gateway

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/policy"
	"github.com/aiwfe/aiwfe-auth/internal/session"
)

// LastingOptions is whom Lasting asks.
type LastingOptions struct {
	// Glance reads a session without its being a use of it.
	Glance func(ctx context.Context, id string) (*session.Session, string, error)
	// Policy is the one that holds now.
	Policy func() *policy.Policy
	Now    func() time.Time
	// Most trips may be under way at once; 0 is any number.
	Most int
	// Stopping is closed when the server stops: what has no end of its own would
	// hold it up.
	Stopping <-chan struct{}
}

const (
	// recheckEvery finds sessions that end by the clock.
	recheckEvery = 15 * time.Second
	// doubtEvery is when a look that was not answered is tried again, and mostDoubts
	// how often, before what cannot be looked at is cut.
	doubtEvery = time.Second
	mostDoubts = 60
	// lookers look at so many sessions at once.
	lookers = 8
)

// Run cuts what may no longer go on, until ctx ends.
func (l *Lasting) Run(ctx context.Context) {
	all, again := time.NewTicker(recheckEvery), time.NewTicker(doubtEvery)
	defer all.Stop()
	defer again.Stop()
	stopping := l.o.Stopping
	for {
		select {
		case <-ctx.Done():
			return
		case <-stopping:
			stopping = nil
			l.cutEndless()
		case <-all.C:
			l.mu.Lock()
			l.lookAtAll()
			l.mu.Unlock()
		case <-again.C:
		case <-l.call:
		}
		l.recheck(ctx)
	}
}

// recheck looks at each session of what is due once.
func (l *Lasting) recheck(ctx context.Context) {
	l.mu.Lock()
	groups := map[string][]*trip{}
	for t := range l.due {
		groups[t.keys[bySession]] = append(groups[t.keys[bySession]], t)
	}
	clear(l.due)
	l.mu.Unlock()
	var wait sync.WaitGroup
	room := make(chan struct{}, lookers)
	for id, trips := range groups {
		room <- struct{}{}
		wait.Go(func() {
			l.judge(ctx, id, trips)
			<-room
		})
	}
	wait.Wait()
}

func (l *Lasting) judge(ctx context.Context, id string, trips []*trip) {
	s, reason, err := l.o.Glance(ctx, id)
	if err != nil {
		l.doubt(trips)
		return
	}
	rules, now := l.o.Policy(), l.o.Now()
	for _, t := range trips {
		if reason != "" {
			t.cut(reason)
			continue
		}
		l.settle(t)
		if s.User.Role != t.person.User().Role { // the application goes by what it was told
			t.cut("role_changed")
			continue
		}
		d := rules.Decide(t.ask.Place, t.asNow(s), now)
		if d.Verdict != policy.Allow && d.Reason != policy.ReasonFresh { // which was asked for when it began
			t.cut(d.Reason)
		}
	}
}

// asNow is who makes the trip as it is now: a token may do no more than it
// could, nor than the account may.
func (t *trip) asNow(s *session.Session) *policy.Person {
	scopes := s.User.Scopes()
	if t.person.Bearer {
		mine := slices.Clone(t.person.Scopes)
		scopes = slices.DeleteFunc(mine, func(one string) bool { return !slices.Contains(scopes, one) })
	}
	return asking(&login.Person{Session: s, Scopes: scopes, Bearer: t.person.Bearer})
}

func (l *Lasting) settle(t *trip) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t.doubtful = 0
}

// doubt keeps what cannot be looked at for a while: who is let in while the
// database is away is nobody, and who was in stays for a minute.
func (l *Lasting) doubt(trips []*trip) {
	var cut []*trip
	l.mu.Lock()
	for _, t := range trips {
		if t.doubtful++; t.doubtful > mostDoubts {
			cut = append(cut, t)
			continue
		}
		if l.under(t) {
			l.due[t] = struct{}{}
		}
	}
	l.mu.Unlock()
	for _, t := range cut {
		t.cut("session_unverifiable")
	}
}

// under says whether a trip is still under way.
func (l *Lasting) under(t *trip) bool {
	for one := l.heads[bySession][t.keys[bySession]]; one != nil; one = one.next[bySession] {
		if one == t {
			return true
		}
	}
	return false
}

func (l *Lasting) cutEndless() {
	var list []*trip
	l.mu.Lock()
	for _, t := range l.heads[bySession] {
		for ; t != nil; t = t.next[bySession] {
			if t.endless.Load() {
				list = append(list, t)
			}
		}
	}
	l.mu.Unlock()
	for _, t := range list {
		t.cut("server_stops")
	}
}
