package faults

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// stormRate is how many requests come in a second, whether earlier ones were answered or not.
func stormRate() time.Duration { return time.Duration(rounds(25, 50)) }

// hit is one request of a storm.
type hit struct {
	what  string
	write bool
	begun time.Time
	answer
}

// storm is a mixture of what people do, at one rate, on all nodes in turn.
type storm struct {
	stop chan struct{}
	done sync.WaitGroup

	mu   sync.Mutex
	hits []hit
}

// startStorm registers some people and lets them come: of a hundred requests seventy ask (status by token and cookie,
// sessions, a CSRF token) and thirty write (login, refresh, logout of the session just begun).
func startStorm(t *testing.T, nodes ...*ground.Instance) *storm {
	t.Helper()
	st := &storm{stop: make(chan struct{})}
	people, crowd := make([]*visitor, 8), rand.IntN(1e9) // a test may have several storms
	for i := range people {
		people[i] = newVisitor(t, nodes[i%len(nodes)], fmt.Sprintf("storm%d-%d@example.com", crowd, i))
	}
	if t.Failed() {
		t.FailNow()
	}
	st.done.Go(func() {
		tick := time.NewTicker(time.Second / stormRate())
		defer tick.Stop()
		for i := 0; ; i++ {
			select {
			case <-tick.C:
				st.done.Go(func() { st.note(people[i%len(people)].act(rand.IntN(100))) })
			case <-st.stop:
				return
			}
		}
	})
	return st
}

func (st *storm) note(h hit) {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.hits = append(st.hits, h)
}

// end stops it, waits for every answer and gives them all.
func (st *storm) end() []hit {
	close(st.stop)
	st.done.Wait()
	return st.hits
}

// first is the first request begun after a moment that was answered in full, of those that need the database now.
func first(hits []hit, after time.Time) time.Duration {
	best := time.Duration(-1)
	for _, h := range hits {
		if h.write && h.status/100 == 2 && h.begun.After(after) {
			if took := h.begun.Add(h.took).Sub(after); best < 0 || took < best {
				best = took
			}
		}
	}
	return best
}

// visitor is one person of a storm, with a browser and a program.
type visitor struct {
	email            string
	program, browser *caller

	turn sync.Mutex // held by the refresh that is under way
	mu   sync.Mutex
	now  api.Tokens
}

func newVisitor(t *testing.T, s *ground.Instance, email string) *visitor {
	t.Helper()
	v := &visitor{email: email, program: newCaller(s), browser: newBrowser(t, s)}
	person(t, v.program, email)
	v.now = signIn(t, v.program, email)
	signIn(t, v.browser, email)
	return v
}

// act does one thing. A refresh is done by one request at a time: two would be a race that is told of elsewhere.
func (v *visitor) act(dice int) hit {
	h := hit{begun: time.Now()}
	switch {
	case dice < 40:
		h.what, h.answer = "status by token", v.program.status(v.tokens().AccessToken)
	case dice < 55:
		h.what, h.answer = "status by cookie", v.browser.status("")
	case dice < 63:
		h.what = "sessions"
		h.answer, _ = v.program.sessions(v.tokens().AccessToken)
	case dice < 70:
		h.what, h.answer = "CSRF token", v.browser.call("GET", "/api/v1/auth/csrf-token", "", nil)
	case dice < 80 && v.turn.TryLock():
		defer v.turn.Unlock()
		h.what, h.write, h.answer = "refresh", true, v.program.refresh(v.tokens().RefreshToken)
		if h.status == http.StatusOK {
			v.mu.Lock()
			v.now = h.tokens()
			v.mu.Unlock()
		}
	default:
		h.what, h.write, h.answer = "login", true, v.program.login(v.email, password)
		if h.status == http.StatusOK {
			v.program.logout(h.tokens().AccessToken)
		}
	}
	return h
}

func (v *visitor) tokens() api.Tokens {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.now
}

// tally counts failed reads and writes, and complains of every answer that is neither what was asked for nor the one
// that is right while the database is away.
func tally(t *testing.T, hits []hit, within time.Duration) (reads, badReads, writes, badWrites int) {
	t.Helper()
	for _, h := range hits {
		bad := h.err != nil || h.status != http.StatusOK
		if h.write {
			writes++
		} else {
			reads++
		}
		// Too many logins at one account at once are told so by the program itself; that is no fault of the database.
		if !bad || h.code() == string(api.CodeOverloaded) {
			if h.took > within {
				t.Errorf("%s took %s", h.what, h.took)
			}
			continue
		}
		if wrong := notAway(h.answer, within); wrong != "" {
			t.Errorf("%s %s", h.what, wrong)
		}
		if h.write {
			badWrites++
		} else {
			badReads++
		}
	}
	t.Logf("%d of %d reads and %d of %d writes failed", badReads, reads, badWrites, writes)
	return reads, badReads, writes, badWrites
}
