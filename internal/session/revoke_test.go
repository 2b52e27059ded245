package session

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// end is what the store has committed when it tells of a revocation.
func (s *shelf) end(id string) {
	row := s.rows[id]
	row.EndedAt, row.EndReason = noon, EndedByUser
	s.rows[id] = row
}

func TestRevokedSessionIsRefusedByCookieAndByHandle(t *testing.T) {
	for _, r := range []Revocation{{Kind: RevokedSession, Name: "a"}, {Kind: RevokedUser, Name: "ada"}} {
		t.Run(r.Kind, func(t *testing.T) {
			v, s, _ := build(t)
			wantAlive(t, v)
			if _, reason, err := v.BySecret(t.Context(), "a"); reason != "" || err != nil {
				t.Fatal(reason, err)
			}
			s.end("a")
			v.Revoked(r)
			wantDead(t, v, "ended_by_user")
			if _, reason, err := v.BySecret(t.Context(), "a"); reason != "ended_by_user" || err != nil {
				t.Errorf("by cookie: %q, %v", reason, err)
			}
		})
	}
}

func TestOthersAreNotForgotten(t *testing.T) {
	for _, r := range []Revocation{
		{Kind: RevokedSession, Name: "b"},
		{Kind: RevokedUser, Name: "bob"},
		// An id of a session is none of a user, and the other way round.
		{Kind: RevokedSession, Name: "ada"},
		{Kind: RevokedUser, Name: "a"},
	} {
		v, s, _ := build(t)
		wantAlive(t, v)
		v.Revoked(r)
		wantAlive(t, v)
		if s.reads != 1 {
			t.Errorf("%+v made this node forget the session of another", r)
		}
	}
}

// The row is read alive, then the session is revoked, and only then does the
// reader come to keep what it read. What it read must not be kept.
func TestRowReadBeforeARevocationIsNotKeptAfterIt(t *testing.T) {
	v, s, _ := build(t)
	s.reading = func() {
		s.reading = nil
		s.end("a")
		v.Revoked(Revocation{Kind: RevokedSession, Name: "a"})
	}
	wantAlive(t, v) // this request came before the revocation
	wantDead(t, v, "ended_by_user")
	if s.reads != 2 {
		t.Errorf("%d reads, want 2", s.reads)
	}
}

// What another node revoked arrives by the feed.
func TestFeedIsHeardOnceWithAnOverlap(t *testing.T) {
	v, s, clock := build(t)
	wantAlive(t, v)
	s.end("a")
	s.feed = []Revocation{{ID: 7, Kind: RevokedSession, Name: "a"}}
	clock.set(500 * time.Millisecond)
	v.poll(t.Context())
	wantDead(t, v, "ended_by_user")

	// Alive again, so that a second hearing of 7 would show as another read.
	s.rows["a"] = Session{ID: "a", SeenAt: noon, ExpiresAt: noon.Add(time.Hour), User: active("ada")}
	wantAlive(t, v)
	reads := s.reads
	v.poll(t.Context())
	wantAlive(t, v)
	if s.reads != reads {
		t.Error("a revocation that was heard before emptied the cache again")
	}
	// A lower number may commit later.
	s.feed = append(s.feed, Revocation{ID: 6, Kind: RevokedUser, Name: "ada"})
	v.poll(t.Context())
	wantAlive(t, v)
	if s.reads != reads+1 {
		t.Error("a revocation with a lower number was not heard")
	}
	if d := cmp.Diff([]int64{0, 0, 7, 7}, s.asked); d != "" {
		t.Errorf("the feed was not asked by its number: %s", d)
	}
}

func TestKnownRevocationsDoNotPileUp(t *testing.T) {
	v, s, _ := build(t)
	s.feed = []Revocation{{ID: 1, Kind: RevokedUser, Name: "x"}, {ID: 2, Kind: RevokedUser, Name: "y"}}
	v.poll(t.Context())
	s.feed = s.feed[1:]
	v.poll(t.Context())
	if d := cmp.Diff(map[int64]struct{}{2: {}}, v.known); d != "" {
		t.Error(d)
	}
}

func TestFailedFeedIsLateAndLosesNothing(t *testing.T) {
	v, s, clock := build(t)
	wantAlive(t, v)
	s.down = errAway
	clock.set(1100 * time.Millisecond)
	v.poll(t.Context())
	s.down = nil
	s.end("a")
	wantDead(t, v, "ended_by_user") // asked in the database, for the feed is late
}
