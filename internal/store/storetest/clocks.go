package storetest

import (
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/ratelimit"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/session"
)

// clockChecks are of clocks that are wrong, or jump.
var clockChecks = []check{
	{"SessionWhoseTimeIsOverEndsForGood", expires},
	{"RefreshAfterTheEndOfItsSessionEndsItForGood", refreshExpires},
	{"WindowOfAClockThatWasAheadDoesNotFreeze", windowThaws},
}

func expires(t *testing.T, g ground) {
	u, now := g.create(t), time.Now()
	at := func(begun, ends time.Duration, kind string) string {
		s := newSession(u, now.Add(begun))
		s.ExpiresAt, s.Kind = now.Add(ends), kind
		b := beginOf(s)
		b.Limit = 100
		return g.begin(t, b).ID
	}
	want := map[string]string{
		at(-3*time.Hour, time.Hour, session.KindBrowser):              "idle_end",
		at(-3*time.Hour, -time.Minute, session.KindToken):             "absolute_end",
		at(-time.Minute, time.Hour, session.KindBrowser):              "",
		at(-3*time.Hour, time.Hour, session.KindLegacy):               "", // never idle
		at(-3*time.Hour, -time.Minute, session.KindLegacy):            "absolute_end",
		at(-idle-5*time.Minute, 24*time.Hour, session.KindToken):      "idle_end",
		at(-idle+5*time.Minute, 24*time.Hour, session.KindBrowser):    "",
		at(-time.Minute, 300*24*time.Hour, session.KindBrowser) + "x": "gone",
	}
	var ids []string
	for id := range want {
		ids = append(ids, id)
	}
	for range 2 { // the second time changes nothing
		if err := g.Expire(t.Context(), ids, idle); err != nil {
			t.Fatal(err)
		}
	}
	for id, reason := range want {
		// By a clock of three hours ago each of them would live.
		if got := g.reason(t, id, now.Add(-3*time.Hour)); got != reason {
			t.Errorf("the session that is %q ended for %q", reason, got)
		}
	}
}

func refreshExpires(t *testing.T, g ground) {
	u, now := g.create(t), time.Now()
	s := newSession(u, now.Add(-2*idle))
	s.Kind = session.KindToken
	b := beginOf(s)
	b.RefreshHash = secret.Random(32)
	g.begin(t, b)
	r := login.Rotation{Now: now, Hash: b.RefreshHash, Child: secret.Random(32), UsedBy: secret.Random(32), Grace: grace, Idle: idle}
	if got := g.rotate(t, r); got != "idle_end" {
		t.Fatalf("refreshed after the end: %q", got)
	}
	r.Now = now.Add(-2 * idle)
	if got := g.rotate(t, r); got != "idle_end" {
		t.Errorf("with a clock that went back: %q", got)
	}
}

// A node whose clock is a day ahead, or was.
func windowThaws(t *testing.T, g ground) {
	b := bucketOf(secret.Random(32))
	b.Limit, b.Per = 2, 10*time.Minute
	look := func(at time.Time) bool {
		return must[[]ratelimit.Taken](t)(g.LookAtAttempts(t.Context(), []ratelimit.Bucket{b}, at))[0].OK
	}
	ahead := noon.Add(24 * time.Hour)
	for range 2 {
		g.take(t, b, ahead)
	}
	if g.take(t, b, ahead).OK || look(ahead) {
		t.Fatal("the limit does not hold")
	}
	if !look(noon) || !g.take(t, b, noon).OK {
		t.Error("the limit is frozen until the day after")
	}
	g.take(t, b, noon)
	if g.take(t, b, noon).OK || look(noon) {
		t.Error("the new window has no limit")
	}
	// Nodes whose clocks differ by twenty seconds share the window.
	if back := noon.Add(-20 * time.Second); g.take(t, b, back).OK || look(back) {
		t.Error("a clock that is twenty seconds behind opens the limit anew")
	}
}
