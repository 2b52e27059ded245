package faults

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// acts are what a writer does.
var acts = []string{"login", "refresh", "password", "register", "logout"}

// held is a session as its client knows it.
type held struct {
	id      string
	access  string   // the last access token
	refresh string   // the last refresh token
	used    []string // refresh tokens that were exchanged
	ended   bool
	doubted bool // something was asked of it and never answered
	change  bool // namely a change of password, which would have ended it
}

// journal is what one client was told: only what was acknowledged, and which one request was not.
type journal struct {
	c        *caller
	email    string
	password string
	former   []string // passwords that were acknowledged as replaced
	next     string   // the new password of a change that was never answered
	sessions []*held
	logins   map[string]string // request id of the answer: the session it gave
	made     []string          // other accounts that were registered
	unknown  bool              // a login was never answered: there may be one session that nobody holds
	outage   bool              // the database is what goes away, so 503 is an answer, and says no more than none
	did      map[string]int
	acked    *atomic.Int64 // by all writers of the round
	wrong    []string      // answers that should not be, crash or not
}

func newJournal(c *caller, email string) *journal {
	return &journal{c: c, email: email, password: password, logins: map[string]string{}, did: map[string]int{}}
}

// write acts until the server is gone.
func (j *journal) write() {
	for i := 0; ; i++ {
		act := j.act()
		one := j.one()
		if one == nil && act != "register" {
			act = "login"
		}
		if !j.do(act, one, i) {
			return
		}
	}
}

// act picks what to do: each once, however often a crowd is told to come back, and then anything.
func (j *journal) act() string {
	for _, act := range acts {
		if j.did[act] == 0 {
			return act
		}
	}
	return acts[rand.IntN(len(acts))]
}

// one picks a session that is alive.
func (j *journal) one() *held {
	var alive []*held
	for _, h := range j.sessions {
		if !h.ended {
			alive = append(alive, h)
		}
	}
	if len(alive) == 0 {
		return nil
	}
	return alive[rand.IntN(len(alive))]
}

// do acts once and notes what was acknowledged; false when no answer came.
func (j *journal) do(act string, h *held, i int) bool {
	switch act {
	case "login":
		return j.login()
	case "register":
		email := fmt.Sprintf("made%d-%s", i, j.email)
		a := j.c.register(email, password)
		if j.took(act, a, http.StatusCreated) {
			j.made = append(j.made, email)
		}
		return !lost(a)
	case "refresh":
		a := j.c.refresh(h.refresh)
		h.doubted = lost(a)
		if j.took(act, a, http.StatusOK) {
			h.used = append(h.used, h.refresh)
			h.access, h.refresh = a.tokens().AccessToken, a.tokens().RefreshToken
		}
		return !lost(a)
	case "logout":
		a := j.c.logout(h.access)
		h.doubted, h.ended = lost(a), j.took(act, a, http.StatusNoContent)
		return !lost(a)
	}
	return j.changePassword(h, i)
}

func (j *journal) login() bool {
	a := j.c.login(j.email, j.password)
	j.unknown = lost(a)
	if j.took("login", a, http.StatusOK) {
		got := a.tokens()
		j.sessions = append(j.sessions, &held{id: got.SessionID, access: got.AccessToken, refresh: got.RefreshToken})
		j.logins[a.requestID()] = got.SessionID
	}
	return !lost(a)
}

// changePassword ends the other sessions; unanswered, it puts them all in doubt.
func (j *journal) changePassword(h *held, i int) bool {
	next := fmt.Sprintf("%s, by %d", password, i)
	a := j.c.changePassword(h.access, j.password, next)
	done := j.took("password", a, http.StatusNoContent)
	for _, other := range j.sessions {
		if other != h && !other.ended {
			other.ended, other.doubted, other.change = done, lost(a), lost(a)
		}
	}
	if done {
		j.former, j.password = append(j.former, j.password), next
	} else if lost(a) {
		j.next = next
	}
	return !lost(a)
}

// lost says whether nothing is known: no answer, or that the database went away in the middle.
func lost(a answer) bool { return a.err != nil || a.code() == string(api.CodeDatabaseUnavailable) }

// took says whether it was acknowledged. A crowd may be told to come back; anything else is wrong at any time.
func (j *journal) took(act string, a answer, status int) bool {
	switch {
	case a.err != nil && !j.outage:
	case lost(a) && j.outage:
		if fault := notAway(a, underWayWithin); fault != "" {
			j.wrong = append(j.wrong, act+" "+fault)
		}
	case a.status == status:
		j.did[act]++
		j.acked.Add(1)
		return true
	case a.code() == string(api.CodeOverloaded):
		time.Sleep(200 * time.Millisecond) // a crowd that asks again at once takes the processors that it waits for
	default:
		j.wrong = append(j.wrong, fmt.Sprintf("%s was answered %v", act, a))
	}
	return false
}

// eight starts eight writers, each with an account of its own, and returns when they are in the middle of it, with a
// function that waits for their end.
func eight(t *testing.T, s *ground.Instance, round int, outage bool) (journals []*journal, wait func()) {
	t.Helper()
	acked := new(atomic.Int64)
	for w := range 8 {
		j := newJournal(newCaller(s), fmt.Sprintf("writer%d-%d@example.com", w, round))
		j.outage, j.acked = outage, acked
		journals = append(journals, j)
	}
	atOnce(len(journals), func(i int) bool { person(t, journals[i].c, journals[i].email); return true })
	var all sync.WaitGroup
	for _, j := range journals {
		all.Go(j.write)
	}
	enough := 40 + rand.Int64N(30)
	eventually(t, time.Minute, "enough is acknowledged", func() bool { return acked.Load() >= enough })
	return journals, all.Wait
}
