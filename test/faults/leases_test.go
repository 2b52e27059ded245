package faults

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// A server that dies is succeeded after fifteen seconds, and asked after every five; the rest is room.
const succeededWithin = 40 * time.Second

// doing says which node does a job for all, by its start: two servers on one machine have the same name.
func doing(t *testing.T, s *ground.Instance, job string) (ids []string) {
	t.Helper()
	r := s.Run("nodes", "list", "--json")
	var list struct {
		Items []struct {
			ID   string
			Jobs []string
		}
	}
	if err := json.Unmarshal([]byte(r.Stdout), &list); r.Code != 0 || err != nil {
		t.Fatalf("nodes list ended with %d: %v %s", r.Code, err, r.Stderr)
	}
	for _, one := range list.Items {
		if slices.Contains(one.Jobs, job) {
			ids = append(ids, one.ID)
		}
	}
	return ids
}

func TestJobOfAKilledNodeIsDoneByTheOther(t *testing.T) {
	t.Parallel()
	at := pooled(t)
	env := map[string]string{
		"JWT_SECRET_KEY":      "one key for both nodes, forty-two characters long",
		"DATA_ENCRYPTION_KEY": "another key for both nodes, just as long as that",
		"PUBLIC_URL":          "http://localhost:18080",
	}
	a := serve(t, at, env)
	var first []string
	eventually(t, succeededWithin, "the first node sweeps", func() bool { first = doing(t, a, "sweep"); return len(first) == 1 })
	b := serve(t, at, env) // comes second, so the first one has the job
	if now := doing(t, b, "sweep"); !slices.Equal(now, first) {
		t.Fatalf("%v sweep, of whom the first was %v", now, first)
	}
	a.Kill9()
	var second []string
	took := eventually(t, succeededWithin, "the other node sweeps", func() bool {
		second = doing(t, b, "sweep")
		return len(second) == 1 && second[0] != first[0]
	})
	t.Logf("taken over after %s", took.Round(time.Second))
}
