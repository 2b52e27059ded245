package faults

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

const alive = `SELECT COUNT(*) FROM sessions WHERE ended_ms = 0`

func TestParallelLoginsNeverLeaveMoreSessionsThanTheLimit(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, at place) {
		s := serve(t, at, map[string]string{"SESSION_LIMIT": "5"})
		person(t, newCaller(s), ada)
		db := at.open(t, s)
		watching, stop := context.WithCancel(t.Context())
		most := make(chan int)
		go func() { // between two statements somebody may have committed: each count is a moment of its own
			seen := 0
			for watching.Err() == nil {
				var n int
				if db.QueryRowContext(watching, alive).Scan(&n) == nil {
					seen = max(seen, n)
				}
				time.Sleep(2 * time.Millisecond) // leaves the processor to the server
			}
			most <- seen
		}()
		callers := warmed(50, []*ground.Instance{s})
		answers := atOnce(50, func(i int) answer {
			a := patiently(func() answer { return callers[i].login(ada, password) })
			if _, list := callers[i].sessions(a.tokens().AccessToken); len(list) > 5 {
				t.Errorf("a list shows %d sessions", len(list))
			}
			return a
		})
		stop()
		if n := <-most; n > 5 || n == 0 {
			t.Errorf("%d sessions were alive at one moment", n)
		}
		left := 0
		for i, a := range answers {
			want(t, "a login", a, http.StatusOK, "")
			switch b := callers[i].status(a.tokens().AccessToken); b.status {
			case http.StatusOK:
				left++
			default:
				want(t, "a session that made room", b, http.StatusUnauthorized, api.CodeSessionEnded)
			}
		}
		if n := count(t, db, alive); left != 5 || n != 5 {
			t.Errorf("%d tokens work and %d sessions are alive; both should be 5", left, n)
		}
	})
}

func TestParallelLoginsAreRefusedBeyondTheLimitWherePolicySaysSo(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, at place) {
		s := serve(t, at, map[string]string{"SESSION_LIMIT": "5", "SESSION_LIMIT_POLICY": "refuse"})
		person(t, newCaller(s), ada)
		callers := warmed(15, []*ground.Instance{s})
		in := 0
		for _, a := range atOnce(15, func(i int) answer {
			return patiently(func() answer { return callers[i].login(ada, password) })
		}) {
			if a.status == http.StatusOK {
				in++
				continue
			}
			want(t, "one login too many", a, http.StatusForbidden, api.CodeSessionLimitReached)
		}
		if n := count(t, at.open(t, s), alive); in != 5 || n != 5 {
			t.Errorf("%d were let in and %d sessions are alive; both should be 5", in, n)
		}
	})
}

// patiently does what a client should on 503 overloaded: it comes back.
func patiently(f func() answer) (a answer) {
	for range 60 {
		if a = f(); a.code() != string(api.CodeOverloaded) {
			return a
		}
		time.Sleep(500 * time.Millisecond)
	}
	return a
}
