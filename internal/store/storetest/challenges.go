package storetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

var challengeChecks = []check{
	{"ChallengeIsFoundWhileItLives", challengeFound},
	{"ChallengeThatEndedPaysForNothing", challengeLate},
}

func challengeFound(t *testing.T, g ground) {
	u := g.create(t)
	for _, user := range []account.ID{u.ID, ""} {
		c := newChallenge(login.ChallengeCeremony, user)
		other := c
		other.Kind, other.State = login.ChallengeLogin, "{}"
		for _, one := range []login.PendingChallenge{c, other} { // the second changes nothing
			if err := g.PutChallenge(t.Context(), one); err != nil {
				t.Fatal(err)
			}
		}
		for range 2 { // looking does not take it
			got, ok, err := g.FindChallenge(t.Context(), c.Hash, c.ExpiresAt.Add(-time.Millisecond))
			if err != nil || !ok {
				t.Fatalf("found %v, %v", ok, err)
			}
			if diff := cmp.Diff(c, got); diff != "" {
				t.Errorf("read back (-want +got):\n%s", diff)
			}
		}
		if g.waits(t, c.Hash, c.ExpiresAt) || g.waits(t, []byte("another"), noon) {
			t.Error("it does not end when it should, or another is found")
		}
	}
}

func challengeLate(t *testing.T, g ground) {
	a := g.guarded(t)
	b := g.proven(t, a, login.Proof{})
	late := noon.Add(10 * time.Minute)
	b.Now, b.Session.CreatedAt = late, late
	if out, err := g.Begin(t.Context(), b); err != nil || out != (login.Begun{Spent: login.SpentChallenge}) {
		t.Errorf("in the moment in which it ends: %+v, %v", out, err)
	}
	g.nothingBegan(t, "an ended challenge", b)
	b.Now = late.Add(-time.Millisecond)
	g.begin(t, b)
}
