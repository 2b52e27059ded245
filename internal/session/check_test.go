package session

import (
	"errors"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/account"
)

func TestRefusalNamesTheFirstCause(t *testing.T) {
	for _, c := range []struct {
		name string
		edit func(*Session)
		want string
	}{
		{"alive", func(*Session) {}, ""},
		{"logged out", func(s *Session) { s.EndedAt, s.EndReason = noon, EndedLogout }, "ended_logout"},
		// The reason has the prefix already; it must not get it twice.
		{"ended by an administrator", func(s *Session) { s.EndedAt, s.EndReason = noon, EndedByAdmin }, "ended_by_admin"},
		{"at its age", func(s *Session) { s.ExpiresAt = noon }, "absolute_end"},
		{"idle to the moment", func(s *Session) { s.SeenAt = noon.Add(-time.Hour) }, "idle_end"},
		{"nearly idle", func(s *Session) { s.SeenAt = noon.Add(-time.Hour + 1) }, ""},
		{"a token of the old form is never idle", func(s *Session) { s.Kind, s.SeenAt = KindLegacy, time.Time{} }, ""},
		{"account disabled", func(s *Session) { s.User.Status = account.StatusDisabled }, "account_disabled"},
		{"not active, whatever the status", func(s *Session) { s.User.Active = false }, "account_disabled"},
		{"ended before the account was disabled", func(s *Session) {
			s.EndedAt, s.EndReason, s.User.Status = noon, EndedLogout, account.StatusDisabled
		}, "ended_logout"},
	} {
		s := Session{Kind: KindBrowser, SeenAt: noon, ExpiresAt: noon.Add(time.Hour), User: active("ada")}
		c.edit(&s)
		if got := s.Refusal(noon, time.Hour); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// Each step asks once and says how often the database was asked in all.
func TestMemoryStandsInForTheDatabaseOnlyWhileSure(t *testing.T) {
	type step struct {
		at    time.Duration
		poll  bool
		reads int
	}
	for _, c := range []struct {
		name   string
		strict bool
		steps  []step
	}{
		{"asked once, then remembered", false, []step{{0, false, 1}, {900 * time.Millisecond, false, 1}}},
		{"the feed is late", false, []step{{0, false, 1}, {time.Second, false, 2}}},
		{"the feed goes on", false, []step{
			{0, false, 1}, {time.Second, true, 1}, {2 * time.Second, true, 1}, {3 * time.Second, true, 1}, {4 * time.Second, true, 1},
		}},
		{"too old to be trusted", false, []step{{0, false, 1}, {5 * time.Second, true, 2}, {6 * time.Second, true, 2}}},
		{"strict", true, []step{{0, false, 1}, {0, false, 2}}},
		// The entry then comes from the future: its age says nothing.
		{"the clock goes back", false, []step{{0, false, 1}, {-time.Minute, true, 2}}},
		// The entry is young enough, but when the feed was read says nothing any more.
		{"the clock goes back behind the feed", false, []step{{0, false, 1}, {3 * time.Second, true, 1}, {500 * time.Millisecond, false, 2}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			v, s, clock := build(t, func(o *Options) { o.Strict = c.strict })
			for i, step := range c.steps {
				clock.set(step.at)
				if step.poll {
					v.poll(t.Context())
				}
				wantAlive(t, v)
				if s.reads != step.reads {
					t.Fatalf("step %d: the database was asked %d times, want %d", i, s.reads, step.reads)
				}
			}
		})
	}
}

func TestCookieAndHandleFindTheSameSession(t *testing.T) {
	v, s, _ := build(t)
	for range 2 {
		one, reason, err := v.BySecret(t.Context(), "a")
		if err != nil || reason != "" || one.ID != "a" {
			t.Fatalf("got %+v, %q, %v", one, reason, err)
		}
		wantAlive(t, v)
	}
	if s.reads != 2 || v.cache.Len() != 1 {
		t.Errorf("%d reads and %d entries, want 2 and 1: whose cookie it is, and whether that session lives", s.reads, v.cache.Len())
	}
}

// A stranger who sends random cookies fills no memory, and a session that is
// made a moment later is found.
func TestUnknownAndDeadAreNotRemembered(t *testing.T) {
	v, s, _ := build(t)
	if one, reason, err := v.BySecret(t.Context(), "nonsense"); one != nil || reason != "session_unknown" || err != nil {
		t.Fatalf("got %+v, %q, %v", one, reason, err)
	}
	dead := s.rows["a"]
	dead.EndedAt, dead.EndReason = noon, EndedLogout
	s.rows["a"] = dead
	wantDead(t, v, "ended_logout")
	if v.cache.Len() != 0 {
		t.Errorf("%d entries are kept", v.cache.Len())
	}
}

func TestStoreErrorIsNoRefusal(t *testing.T) {
	v, s, _ := build(t)
	s.down = errAway
	if one, reason, err := v.ByID(t.Context(), "a"); one != nil || reason != "" || !errors.Is(err, errAway) {
		t.Errorf("got %+v, %q, %v", one, reason, err)
	}
}

func TestServiceRefusesWhatContradicts(t *testing.T) {
	good := func() Options {
		_, s, c := build(t)
		return Options{Store: s, Idle: time.Hour, Max: time.Hour, Now: c.Now, Log: discard()}
	}
	if _, err := New(good()); err != nil {
		t.Fatal(err)
	}
	for name, edit := range map[string]func(*Options){
		"no store": func(o *Options) { o.Store = nil }, "no clock": func(o *Options) { o.Now = nil },
		"no log": func(o *Options) { o.Log = nil }, "no idle": func(o *Options) { o.Idle = 0 },
		"idle beyond max": func(o *Options) { o.Idle = 2 * time.Hour },
	} {
		o := good()
		edit(&o)
		if v, err := New(o); v != nil || err == nil {
			t.Errorf("%s: %v, %v", name, v, err)
		}
	}
}
