package session

import (
	"testing"
	"time"
)

// jumps are what a clock may do to a running program.
var jumps = map[string]time.Duration{
	"an hour ahead": time.Hour, "an hour back": -time.Hour, "a day ahead": 24 * time.Hour, "a day back": -24 * time.Hour,
}

// What another node revoked while the clock of this one went astray is heard by
// its number; until then the database is asked.
func TestRevocationIsHeardWhateverTheClockDid(t *testing.T) {
	for name, jump := range jumps {
		t.Run(name, func(t *testing.T) {
			v, s, clock := build(t, func(o *Options) { o.Idle, o.Max = 100*time.Hour, 200*time.Hour })
			row := s.rows["a"]
			row.ExpiresAt = noon.Add(150 * time.Hour)
			s.rows["a"] = row
			s.feed = []Revocation{{ID: 4, Kind: RevokedUser, Name: "bob"}}
			v.poll(t.Context())
			wantAlive(t, v)
			reads := s.reads
			clock.forward(jump)
			wantAlive(t, v)
			if s.reads != reads+1 {
				t.Error("the database was not asked: what is remembered was trusted with a feed of another time")
			}
			s.end("a")
			s.feed = []Revocation{{ID: 5, Kind: RevokedSession, Name: "a"}}
			v.poll(t.Context())
			wantDead(t, v, "ended_by_user")
			if asked := s.asked[len(s.asked)-1]; asked != 4 {
				t.Errorf("the feed was asked for what came after %d, want 4", asked)
			}
		})
	}
}

// A machine that slept has a steady clock that did not move.
func TestWhatIsRememberedFromBeforeASleepIsNotTrusted(t *testing.T) {
	now := time.Now()
	e := &entry{s: &Session{}, readAt: now}
	v, _, _ := build(t)
	after := now.Add(time.Hour)
	v.fresh.Store(after.UnixNano())
	if v.mayTrust(e, after.Round(0)) {
		t.Error("an entry of an hour ago is trusted")
	}
	e.readAt = after
	if !v.mayTrust(e, after) {
		t.Error("an entry of this moment is not trusted")
	}
}

// A session whose time was over stays over, whatever the clock says later.
func TestClockThatGoesBackRevivesNoSession(t *testing.T) {
	for name, back := range map[string]time.Duration{"an hour": time.Hour, "a day": 24 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			v, s, clock := build(t)
			clock.forward(2 * time.Hour) // it may be idle for one
			wantDead(t, v, "idle_end")
			v.flush(t.Context())
			clock.forward(-back)
			v.poll(t.Context())
			wantDead(t, v, "idle_end")
			if s.rows["a"].EndedAt.IsZero() || len(v.over) > 0 {
				t.Errorf("the session is not ended for good: %+v, %v", s.rows["a"], v.over)
			}
		})
	}
}

// Dead tokens that come without end fill no memory.
func TestSessionsThatWaitForTheirEndAreBounded(t *testing.T) {
	v, _, _ := build(t)
	for n := range overRoom + 10 {
		v.end(string(rune('a'+n%26)) + time.Duration(n).String())
	}
	if len(v.over) != overRoom {
		t.Errorf("%d sessions wait", len(v.over))
	}
}
