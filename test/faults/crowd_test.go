package faults

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// Two hundred clients at two nodes, for whom the pooler has two connections.
func TestCrowdBeforeAFullPoolIsToldSo(t *testing.T) {
	t.Parallel()
	pg := ground.PrivatePostgres(t, ground.Options{})
	url := pg.NewDatabase(t)
	at := place{"pgbouncer", ground.PgBouncer(t, pg, "transaction", 2).URL(url), url}
	a, b := twoNodes(t, at, nil)
	nodes := []*ground.Instance{a, b}
	w := watch(t, at, a, b)
	callers := warmed(200, nodes)
	tokens := make([]api.Tokens, 10)
	atOnce(len(tokens), func(i int) bool {
		email := fmt.Sprintf("crowd%d@example.com", i)
		person(t, callers[i], email)
		tokens[i] = signIn(t, callers[i], email)
		return true
	})
	served := 0
	for until := time.Now().Add(time.Duration(rounds(2, 20)) * time.Second); time.Now().Before(until); {
		for i, got := range atOnce(len(callers), func(i int) answer {
			access := tokens[i%len(tokens)].AccessToken
			switch i % 3 {
			case 0:
				return callers[i].call("PATCH", "/api/v1/users/me", access, map[string]string{"name": fmt.Sprint("Ada ", i)})
			case 1:
				got, _ := callers[i].sessions(access)
				return got
			}
			return callers[i].status(access)
		}) {
			if got.status == http.StatusOK {
				served++
				continue
			}
			if wrong := notAway(got, answeredWithin); wrong != "" {
				t.Errorf("client %d %s", i, wrong)
			}
		}
	}
	if served == 0 {
		t.Error("nobody was served")
	}
	for _, sign := range []string{" 26000 ", " 42P05 "} {
		if pg.LogContains(sign) {
			t.Errorf("PostgreSQL's log holds %q: a statement was missed", sign)
		}
	}
	w.unhurt(t)
}
