package storetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// operatorChecks are of what only the command line asks, of all the database.
var operatorChecks = []check{
	{"LettersThatHaveNotLeftAreListed", lettersWaiting},
	{"OldestRowOfTheAuditIsTold", auditOldest},
}

func lettersWaiting(t *testing.T, g ground) {
	ids := map[string]string{}
	for _, name := range []string{"waits", "given up", "given up long ago", "sent"} {
		ids[name] = secret.RandomText(10)
		l := mail.Letter{ID: ids[name], Kind: mail.KindReset, To: "ada@example.com", Sealed: []byte("sealed")}
		if err := g.Post(t.Context(), []mail.Letter{l}, nil); err != nil {
			t.Fatal(err)
		}
	}
	long := noon.Add(-48 * time.Hour)
	for _, err := range []error{
		g.LetterFailed(t.Context(), ids["waits"], noon.Add(time.Minute), false, "try later", noon),
		g.LetterFailed(t.Context(), ids["given up"], noon, true, "nobody there", noon),
		g.LetterFailed(t.Context(), ids["given up long ago"], long, true, "nobody there", long),
		g.LetterSent(t.Context(), ids["sent"], noon),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	got := map[string]store.Waiting{}
	for _, l := range must[[]store.Waiting](t)(g.WaitingLetters(t.Context(), 10)) {
		if l.CreatedAt.IsZero() {
			t.Error("a letter has no time")
		}
		l.CreatedAt = time.Time{}
		got[l.ID] = l
	}
	one := func(name, cause string, next, gaveUp time.Time) store.Waiting {
		return store.Waiting{ID: ids[name], Kind: mail.KindReset, To: "ada@example.com", NextAt: next, GaveUpAt: gaveUp, Cause: cause}
	}
	want := map[string]store.Waiting{
		ids["waits"]:             one("waits", "try later", noon.Add(time.Minute), time.Time{}),
		ids["given up"]:          one("given up", "nobody there", noon, noon),
		ids["given up long ago"]: one("given up long ago", "nobody there", long, long),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if n := len(must[[]store.Waiting](t)(g.WaitingLetters(t.Context(), 2))); n != 2 {
		t.Errorf("%d letters where two were asked for", n)
	}
	for since, want := range map[time.Duration]int{-24 * time.Hour: 1, -72 * time.Hour: 2, time.Second: 0} {
		if n := must[int](t)(g.LettersGivenUp(t.Context(), noon.Add(since))); n != want {
			t.Errorf("%d were given up since %s, not %d", n, since, want)
		}
	}
}

func auditOldest(t *testing.T, g ground) {
	if at, ok, err := g.OldestAudit(t.Context()); ok || err != nil {
		t.Fatalf("of none: %s %v %v", at, ok, err)
	}
	for _, after := range []time.Duration{0, time.Hour} {
		if err := g.Record(t.Context(), row(audit.EventLogin, noon.Add(after))); err != nil {
			t.Fatal(err)
		}
	}
	if at, ok, err := g.OldestAudit(t.Context()); !ok || err != nil || !at.Equal(noon) {
		t.Errorf("the oldest is of %s, %v, %v", at, ok, err)
	}
}
