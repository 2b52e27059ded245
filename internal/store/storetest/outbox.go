package storetest

import (
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

var letterChecks = []check{
	{"LettersAreWrittenWithWhatTheyTellOfOrNotAtAll", lettersTogether},
}

// outboxChecks look at all letters of a database, so each gets its own.
var outboxChecks = []check{
	{"OfEightWorkersOneGetsALetter", leasedOnce},
	{"LetterOfADeadWorkerIsGivenAgain", leaseEnds},
	{"OldestLetterLeavesFirst", lettersInOrder},
	{"LetterGivenUpIsGoneForGood", givenUp},
	{"WorkersHearOfLettersAfterTheirCommit", heardOfLetters},
	{"SweepTakesChallengesAndLetters", sweepFactors},
}

// lettersTogether goes through every change that writes letters: once with an
// audit row that cannot be written, once with one that can.
func lettersTogether(t *testing.T, g ground) {
	type told struct {
		letters []mail.Letter
		links   []login.Link
	}
	for name, do := range map[string]func(a guarded, w told, r audit.Row) error{
		"begin": func(a guarded, w told, r audit.Row) error {
			b := beginOf(newSession(a.User, noon))
			b.Factor, b.Letters, b.Links, b.Rows = true, w.letters, w.links, []audit.Row{r}
			_, err := g.Begin(t.Context(), b)
			return err
		},
		"change": func(a guarded, w told, r audit.Row) error {
			_, err := g.ChangeUser(t.Context(), login.Change{
				ID: a.ID, Now: noon, Name: ptr("x"), Letters: w.letters, Links: w.links, Rows: []audit.Row{r},
			})
			return err
		},
		"create": func(_ guarded, w told, r audit.Row) error {
			n := newUser()
			n.Letters, n.Row = w.letters, r
			_, _, err := g.CreateUser(t.Context(), n)
			return err
		},
		"delete": func(a guarded, w told, r audit.Row) error {
			_, err := g.DeleteUser(t.Context(), a.ID, r, w.letters...)
			return err
		},
		"enroll": func(a guarded, w told, r audit.Row) error {
			e := g.registration(t, a.User)
			e.Letters, e.Links, e.Row = w.letters, w.links, r
			_, err := g.Enroll(t.Context(), e)
			return err
		},
		"remove": func(a guarded, w told, r audit.Row) error {
			_, err := g.RemoveFactor(t.Context(), login.Removal{Now: noon, User: a.ID, ID: a.key.ID, Row: r, Letters: w.letters, Links: w.links})
			return err
		},
		"codes": func(a guarded, w told, r audit.Row) error {
			c := newCodes(a.User)
			c.Letters, c.Links, c.Row = w.letters, w.links, r
			return g.PutCodes(t.Context(), c)
		},
		"post": func(_ guarded, w told, r audit.Row) error { return g.Post(t.Context(), w.letters, w.links, r) },
	} {
		a := g.guarded(t)
		l, link := alarm(a.ID)
		w := told{[]mail.Letter{l, newLetter()}, []login.Link{link}}
		keepsLinks := !slices.Contains([]string{"create", "delete"}, name)
		for _, good := range []bool{false, true} {
			r := row(audit.EventMailAsked, noon)
			if !good {
				r.Event = ""
			}
			if err := do(a, w, r); (err == nil) != good {
				t.Errorf("%s: %v", name, err)
			}
			if g.posted(t, w.letters[0]) != good || g.posted(t, w.letters[1]) != good {
				t.Errorf("%s, which went %v: not the same of its letters", name, good)
			}
			if keepsLinks && g.alive(t, link, noon) != good {
				t.Errorf("%s, which went %v: not the same of its link", name, good)
			}
		}
	}
}

// post keeps n letters, each a second after the one before.
func (g ground) postMany(t *testing.T, n int) (ids []string) {
	t.Helper()
	for i := range n {
		l := newLetter()
		ids = append(ids, l.ID)
		if err := g.Post(t.Context(), []mail.Letter{l}, nil, row(audit.EventMailAsked, noon.Add(time.Duration(i)*time.Second))); err != nil {
			t.Fatal(err)
		}
	}
	return ids
}

func (g ground) lease(t *testing.T, now time.Time, limit int) []mail.Stored {
	t.Helper()
	return must[[]mail.Stored](t)(g.LeaseLetters(t.Context(), now, now.Add(time.Minute), limit))
}

func ids(list []mail.Stored) (ids []string) {
	for _, l := range list {
		ids = append(ids, l.ID)
	}
	return ids
}

func leasedOnce(t *testing.T, g ground) {
	posted := g.postMany(t, 60)
	var (
		mu     sync.Mutex
		leased []string
		idle   atomic.Int64
	)
	now := noon.Add(time.Hour)
	atOnce(8, func(worker int) {
		for {
			list, err := g.LeaseLetters(t.Context(), now, now.Add(time.Minute), 1+worker%3)
			if err != nil {
				t.Error(err)
				return
			}
			if len(list) > 1+worker%3 {
				t.Errorf("%d letters where %d were asked for", len(list), 1+worker%3)
			}
			if len(list) == 0 {
				idle.Add(1)
				return
			}
			mu.Lock()
			leased = append(leased, ids(list)...)
			mu.Unlock()
		}
	})
	slices.Sort(posted)
	slices.Sort(leased)
	if diff := cmp.Diff(posted, leased); diff != "" {
		t.Errorf("leased by all eight together (-want +got):\n%s", diff)
	}
}

func leaseEnds(t *testing.T, g ground) {
	l := newLetter()
	if err := g.Post(t.Context(), []mail.Letter{l}, nil, row(audit.EventMailAsked, noon)); err != nil {
		t.Fatal(err)
	}
	if list := g.lease(t, noon.Add(-time.Millisecond), 9); len(list) != 0 {
		t.Errorf("before it was due: %+v", list)
	}
	for i := range 3 {
		now := noon.Add(time.Duration(i) * time.Minute) // the moment in which the lease before ends
		want := []mail.Stored{{Letter: l, Tries: i + 1, CreatedAt: noon}}
		if diff := cmp.Diff(want, g.lease(t, now, 9)); diff != "" {
			t.Errorf("lease %d (-want +got):\n%s", i, diff)
		}
		if list := g.lease(t, now.Add(time.Minute-time.Millisecond), 9); len(list) != 0 {
			t.Errorf("while it is leased: %+v", list)
		}
	}
	if err := g.LetterSent(t.Context(), l.ID, noon); err != nil {
		t.Fatal(err)
	}
	// A worker that is late with its bad news does not call it back.
	if err := g.LetterFailed(t.Context(), l.ID, noon, false, "timeout", noon); err != nil {
		t.Fatal(err)
	}
	if list := g.lease(t, noon.AddDate(1, 0, 0), 9); len(list) != 0 {
		t.Errorf("after it was sent: %+v", list)
	}
}

func lettersInOrder(t *testing.T, g ground) {
	posted := g.postMany(t, 9)
	now := noon.Add(time.Hour)
	if diff := cmp.Diff(posted[:4], ids(g.lease(t, now, 4))); diff != "" {
		t.Errorf("the first four (-want +got):\n%s", diff)
	}
	// One that failed waits for its time, and then stands behind those due before.
	if err := g.LetterFailed(t.Context(), posted[0], now.Add(time.Second), false, "greylisted\x00", now); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(posted[4:6], ids(g.lease(t, now, 2))); diff != "" {
		t.Errorf("the next two (-want +got):\n%s", diff)
	}
	for _, want := range []string{posted[6], posted[7], posted[8], posted[0]} {
		if diff := cmp.Diff([]string{want}, ids(g.lease(t, now.Add(time.Second), 1))); diff != "" {
			t.Errorf("one by one (-want +got):\n%s", diff)
		}
	}
}

func givenUp(t *testing.T, g ground) {
	posted := g.postMany(t, 2)
	g.lease(t, noon.Add(time.Minute), 9)
	if err := g.LetterFailed(t.Context(), posted[0], time.Time{}, true, "no such mailbox", noon); err != nil {
		t.Fatal(err)
	}
	if err := g.LetterFailed(t.Context(), posted[0], noon, false, "late", noon); err != nil { // by the one before
		t.Fatal(err)
	}
	if diff := cmp.Diff(posted[1:], ids(g.lease(t, noon.AddDate(1, 0, 0), 9))); diff != "" {
		t.Errorf("leased later (-want +got):\n%s", diff)
	}
	for _, id := range []string{"unknown", ""} {
		if err := g.LetterSent(t.Context(), id, noon); err != nil {
			t.Error(err)
		}
	}
}

func heardOfLetters(t *testing.T, g ground) {
	heard := 0
	g.OnPost(func() { heard++ })
	u := g.create(t)
	g.signIn(t, u, noon)
	if heard != 0 {
		t.Errorf("heard %d times of no letter", heard)
	}
	if err := g.Post(t.Context(), []mail.Letter{newLetter()}, nil, row("", noon)); err == nil || heard != 0 {
		t.Errorf("of a letter that was not written: %d, %v", heard, err)
	}
	if err := g.Post(t.Context(), []mail.Letter{newLetter(), newLetter()}, nil, row(audit.EventMailAsked, noon)); err != nil || heard != 1 {
		t.Errorf("of two letters: %d, %v", heard, err)
	}
}

func sweepFactors(t *testing.T, g ground) {
	a := g.guarded(t)
	keep := store.Keep{
		Sessions: time.Hour, Attempts: time.Hour, Links: time.Hour, Revocations: time.Hour, Challenges: time.Hour, Letters: 48 * time.Hour,
	}
	old, nobodys := g.challenge(t, login.ChallengeLogin, a.ID), g.challenge(t, login.ChallengeCeremony, "")
	for range 600 { // more than one step's worth
		g.challenge(t, login.ChallengeCeremony, "")
	}
	l := newLetter()
	if err := g.Post(t.Context(), []mail.Letter{l}, nil, row(audit.EventMailAsked, noon)); err != nil {
		t.Fatal(err)
	}
	run := func(at time.Time) {
		t.Helper()
		if err := g.Sweep(t.Context(), at, keep); err != nil {
			t.Fatal(err)
		}
	}
	ended := noon.Add(10*time.Minute + time.Hour)
	run(ended) // exactly as old as may stay
	if !g.waits(t, old, noon) || !g.waits(t, nobodys, noon) || !g.posted(t, l) {
		t.Error("what may still stay was swept")
	}
	run(ended.Add(time.Millisecond))
	if g.waits(t, old, noon) || g.waits(t, nobodys, noon) {
		t.Error("a challenge stayed")
	}
	run(noon.Add(48 * time.Hour))
	if !g.posted(t, l) {
		t.Error("a letter that may stay was swept")
	}
	run(noon.Add(48*time.Hour + time.Millisecond))
	if g.posted(t, l) {
		t.Error("an old letter stayed")
	}
	if len(g.factors(t, a.ID)) != 2 || g.codesLeft(t, a.ID) != 10 || !g.byID(t, a.ID).SecondFactor {
		t.Error("factors or codes were swept")
	}
}
