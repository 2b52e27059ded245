package session

import (
	"testing"
	"time"
)

// To look at a session on behalf of what goes on for long is no use of it.
func TestAGlanceKeepsNoSessionAlive(t *testing.T) {
	heard := 0
	v, s, clock := build(t, func(o *Options) { o.Heard = func(Revocation) { heard++ } })
	glance := func(want string) {
		t.Helper()
		if _, reason, err := v.Glance(t.Context(), "a"); err != nil || reason != want {
			t.Errorf("at %s: %q, %v; want %q", clock.now, reason, err, want)
		}
	}
	wantAlive(t, v)
	for at := time.Duration(0); at < time.Hour; at += 10 * time.Minute {
		clock.set(at)
		v.poll(t.Context())
		glance("")
		v.flush(t.Context())
	}
	if len(s.touched) > 0 {
		t.Errorf("a glance was written as a use: %v", s.touched)
	}
	clock.set(time.Hour + time.Second)
	v.poll(t.Context())
	glance("idle_end")
	clock.set(30 * time.Minute)
	wantAlive(t, v) // a use
	clock.set(80 * time.Minute)
	glance("")
	row := s.rows["a"]
	row.EndedAt, row.EndReason = clock.now, EndedLogout
	s.rows["a"] = row
	s.feed = []Revocation{{ID: 7, Kind: RevokedSession, Name: "a"}}
	v.poll(t.Context())
	glance("ended_logout")
	if _, reason, _ := v.Glance(t.Context(), "b"); reason != "session_unknown" || heard != 1 {
		t.Errorf("%q, and %d revocations were heard", reason, heard)
	}
}
