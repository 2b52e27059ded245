package session

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/cache"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// How long what is remembered may stand in for the database. The feed of
// revocations is polled more often than a revocation may take to be seen on
// another node (1 s); a row changed by hand in SQL is seen after maxAge. A
// transaction ends well within the overlap, or not at all.
const (
	pollEvery  = 400 * time.Millisecond
	staleAfter = time.Second
	maxAge     = 5 * time.Second
	overlap    = 10 * time.Second
	remembered = 100_000
)

// Options is what the service needs.
type Options struct {
	Store Store
	// Idle ends a session that was not used for so long; Max is its age at most.
	Idle, Max time.Duration
	// Strict asks the database at each check.
	Strict bool
	// Heard, when set, is told of each revocation, of this node and of others, once
	// nothing older is trusted. It must not wait.
	Heard func(Revocation)
	// Keys, when set, hears that somebody changed what the database knows of
	// keys. It must not wait.
	Keys func()
	Now  func() time.Time
	Log  *slog.Logger
}

// Service answers whether a session is alive.
type Service struct {
	o     Options
	cache *cache.Of[string, *entry] // by session id
	ids   *cache.Cache[string]      // session ids by the hash of the cookie's value
	// marks are what was revoked lately.
	marks marks
	// touchEvery is how often the activity of one session is written at most.
	touchEvery time.Duration
	// fresh is when the feed was last read, in nanoseconds; zero is never.
	fresh atomic.Int64

	mu      sync.Mutex
	pending map[string]time.Time
	// over are sessions whose time was found to be over.
	over map[string]struct{}
	// called asks for the feed; polled is when it was last read, which took so
	// long. Run alone looks at the two.
	called chan struct{}
	polled time.Time
	took   time.Duration
	// known are the numbers that the last read of the feed gave, newest the
	// highest ever; both are poll's alone.
	known  map[int64]struct{}
	newest int64
}

// entry is what is remembered of one session.
type entry struct {
	s      *Session
	readAt time.Time
	// heard is the number of the last revocation before it was read.
	heard uint64
	// seen and noted are unix nanoseconds: the last use, and the last use that
	// was handed to the writer.
	seen, noted atomic.Int64
}

// New checks the options.
func New(o Options) (*Service, error) {
	switch {
	case o.Store == nil, o.Now == nil, o.Log == nil:
		return nil, errors.New("session: Store, Now and Log are needed")
	case o.Idle <= 0, o.Max < o.Idle:
		return nil, errors.New("session: Idle must be above zero and at most Max")
	}
	return &Service{
		o: o, cache: cache.By[string, *entry](remembered), ids: cache.New[string](remembered),
		touchEvery: min(time.Minute, o.Idle/10),
		pending:    map[string]time.Time{}, over: map[string]struct{}{}, known: map[int64]struct{}{}, called: make(chan struct{}, 1),
	}, nil
}

// Idle and Max are the limits of a session's life.
func (v *Service) Idle() time.Duration { return v.o.Idle }

// Max is the age at which a session ends, whatever its activity.
func (v *Service) Max() time.Duration { return v.o.Max }

// BySecret finds the session of a cookie's value. The second result is the
// private reason why it does not count; the session is nil when unknown.
//
// Which session a value belongs to never changes, so that is remembered apart
// and needs no forgetting; whether it lives, and whether the value is still its
// own, is asked by its id, in one place.
func (v *Service) BySecret(ctx context.Context, value string) (*Session, string, error) {
	h := secret.Digest(value)
	id, ok := v.ids.Get(h)
	if !ok {
		s, err := v.bySecret(h)(ctx)
		if err != nil {
			return nil, "", err
		}
		if s == nil {
			return nil, "session_unknown", nil
		}
		id = s.ID
		v.ids.Put(h, id)
	}
	s, reason, err := v.ByID(ctx, id)
	if err != nil || s == nil || string(s.SecretHash) == string(h[:]) {
		return s, reason, err
	}
	// A step-up gave the session another value since it was remembered: on this
	// node or on another, so the database says which one counts.
	return v.reread(ctx, id, v.o.Now(), v.bySecret(h))
}

func (v *Service) bySecret(h [32]byte) reader {
	return func(ctx context.Context) (*Session, error) { return v.o.Store.SessionBySecret(ctx, h[:]) }
}

// ByID finds the session that a verified token names.
func (v *Service) ByID(ctx context.Context, id string) (*Session, string, error) {
	now := v.o.Now()
	if e, ok := v.cache.Get(id); ok && v.mayTrust(e, now) {
		// Idle is not believed from memory: the session may have been used since
		// by its other name (cookie or token) or on another node.
		if s, reason, err := v.judge(e, now); reason != "idle_end" {
			return s, reason, err
		}
	}
	return v.reread(ctx, id, now, func(ctx context.Context) (*Session, error) {
		return v.o.Store.SessionByID(ctx, id)
	})
}

// reader asks the database for a session.
type reader func(context.Context) (*Session, error)

// reread asks the database and remembers what it says.
func (v *Service) reread(ctx context.Context, id string, now time.Time, read reader) (*Session, string, error) {
	heard := v.marks.last.Load()
	s, err := read(ctx)
	if err != nil {
		return nil, "", err
	}
	if s == nil {
		return nil, "session_unknown", nil
	}
	e := &entry{s: s, readAt: now, heard: heard}
	e.seen.Store(s.SeenAt.UnixNano())
	e.noted.Store(s.SeenAt.UnixNano())
	if at, ok := v.waiting(s.ID); ok {
		e.seen.Store(at.UnixNano())
		e.noted.Store(at.UnixNano())
	}
	found, reason, err := v.judge(e, now)
	switch {
	case reason == "":
		v.cache.Put(id, e)
	case TimeIsOver(reason) && s.EndedAt.IsZero():
		v.end(s.ID)
	}
	return found, reason, err
}

// overRoom bounds what waits to be ended. What finds no room is ended the next
// time that somebody asks.
const overRoom = 10_000

// end leaves a session whose time is over for the writer, so that no clock that
// goes back brings it to life again.
func (v *Service) end(id string) {
	v.mu.Lock()
	if len(v.over) < overRoom {
		v.over[id] = struct{}{}
	}
	v.mu.Unlock()
}

// mayTrust says whether what is remembered is sure to have heard of every
// revocation: read a short while ago, and the feed is not late.
func (v *Service) mayTrust(e *entry, now time.Time) bool {
	if v.o.Strict || v.marks.since(e.heard, e.s) {
		return false
	}
	// A clock that jumped back gives negative ages: those count as late too. The
	// wall is asked beside the steady clock, which stands still while a machine
	// sleeps.
	wall := now.UnixNano()
	age, aged, late := now.Sub(e.readAt), time.Duration(wall-e.readAt.UnixNano()), time.Duration(wall-v.fresh.Load())
	return age >= 0 && age < maxAge && aged >= 0 && aged < maxAge && late > -staleAfter && late < staleAfter
}

// judge decides from what is remembered, and notes the use.
func (v *Service) judge(e *entry, now time.Time) (*Session, string, error) {
	s := e.s
	if reason := v.refusal(e, now); reason != "" {
		return s, reason, nil
	}
	if n := now.UnixNano(); n > e.seen.Load() {
		e.seen.Store(n)
		noted := e.noted.Load()
		if n-noted >= int64(v.touchEvery) && e.noted.CompareAndSwap(noted, n) {
			v.note(s.ID, now)
		}
	}
	return s, "", nil
}

// refusal is why a session does not count, from what is remembered.
func (v *Service) refusal(e *entry, now time.Time) string {
	reason := e.s.Refusal(now, v.o.Idle)
	if reason == "idle_end" && e.s.EndedAt.IsZero() && now.Sub(time.Unix(0, e.seen.Load())) < v.o.Idle {
		return e.s.User.Refusal() // used since it was read
	}
	return reason
}

// note leaves the use for the writer; nothing is written in a check.
func (v *Service) note(id string, at time.Time) {
	v.mu.Lock()
	v.pending[id] = at
	v.mu.Unlock()
}

func (v *Service) waiting(id string) (time.Time, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	at, ok := v.pending[id]
	return at, ok
}

// Revoked makes this node trust what it remembers no more; the store calls it
// after the commit.
func (v *Service) Revoked(r Revocation) {
	v.marks.set(r.Kind, r.Name, v.o.Now())
	if r.Kind == RevokedKey && v.o.Keys != nil {
		v.o.Keys()
	}
	if v.o.Heard != nil {
		v.o.Heard(r)
	}
}
