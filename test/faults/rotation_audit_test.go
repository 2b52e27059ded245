package faults

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	trail "github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// pair are two servers on one database, or on SQLite one and the command line beside it.
func pair(t *testing.T, at place) []*ground.Instance {
	t.Helper()
	env := map[string]string{"LOG_LEVEL": "info", "PUBLIC_URL": "http://localhost:18080"}
	if at.direct == "" {
		return []*ground.Instance{serve(t, at, env)}
	}
	env["DATA_DIR"] = filepath.Join(t.TempDir(), "data")
	return []*ground.Instance{serve(t, at, env), serve(t, at, env)}
}

// signing has people sign in at all servers, with the wrong password now and then, until it is told to stop.
func signing(t *testing.T, nodes []*ground.Instance) (stop func() int) {
	t.Helper()
	done := make(chan struct{})
	var wait sync.WaitGroup
	var times [4]int
	for w := range times {
		wait.Go(func() {
			for i := 1; ; i++ {
				select {
				case <-done:
					return
				default:
				}
				word := password
				if i%3 == 0 {
					word = "not the password at all"
				}
				// A token of the form that was made with the lost key is refused, and a server may be away.
				if a := newCaller(nodes[w%len(nodes)]).login(ada, word); a.status >= http.StatusInternalServerError && a.code() != string(api.CodeOverloaded) {
					t.Errorf("a login with %q: %v", word, a)
				}
				times[w] = i
			}
		})
	}
	return func() (sum int) {
		close(done)
		wait.Wait()
		for _, n := range times {
			sum += n
		}
		return sum
	}
}

func rotateLost(t *testing.T, s *ground.Instance) {
	t.Helper()
	if r := s.Run("keys", "rotate", "data", "--compromised", "--yes"); r.Code != 0 {
		t.Fatalf("%s%s", r.Stdout, r.Stderr)
	}
}

func verified(t *testing.T, s *ground.Instance, when string) {
	t.Helper()
	if r := s.Run("audit", "verify"); r.Code != 0 {
		t.Errorf("%s the chain does not verify: %s%s", when, r.Stdout, r.Stderr)
	}
}

// TestLostDataKeyEndsTheRootOfTheAudit has two servers write while it ends, and one that comes back later; then
// somebody who knows what ended writes a row.
func TestLostDataKeyEndsTheRootOfTheAudit(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, at place) {
		t.Helper()
		nodes := pair(t, at)
		last := nodes[len(nodes)-1]
		person(t, newCaller(nodes[0]), ada)
		db := at.open(t, nodes[0])
		stolen := rootOf(t, nodes[0], at)
		stop := signing(t, nodes)
		rotateLost(t, nodes[0])
		verified(t, nodes[0], "while it is written to,")
		if len(nodes) > 1 {
			last.Stop()
		}
		rotateLost(t, nodes[0])
		if n := stop(); n < 10 {
			t.Errorf("only %d came by meanwhile", n)
		}
		if len(nodes) > 1 {
			last.Start()
		}
		want(t, "a login at the one that came back", newCaller(last).login(ada, password), http.StatusOK, "")
		if n := count(t, db, `SELECT COUNT(*) FROM audit_roots`); n != 3 {
			t.Errorf("there are %d roots", n)
		}
		verified(t, nodes[0], "afterwards")
		forge(t, at, nodes[0], stolen)
		if r := nodes[0].Run("audit", "verify"); r.Code != 1 || !strings.Contains(r.Stdout, "is forged: key 1 of the audit") {
			t.Errorf("of a forged row it says: %d %s%s", r.Code, r.Stdout, r.Stderr)
		}
		if r := nodes[0].Run("doctor"); !strings.Contains(r.Stdout, "audit_chain_broken") {
			t.Errorf("the doctor says nothing of it: %s", r.Stdout)
		}
	})
}

// rootOf opens the first root, as somebody can who has the data key and reads the database.
func rootOf(t *testing.T, s *ground.Instance, at place) *trail.Keys {
	t.Helper()
	var sealed []byte
	if err := at.open(t, s).QueryRowContext(t.Context(), `SELECT sealed FROM audit_roots WHERE number = '1'`).Scan(&sealed); err != nil {
		t.Fatal(err)
	}
	seals, err := secret.NewSealer(ring(t, s)[0])
	if err != nil {
		t.Fatal(err)
	}
	root, err := seals.Open(sealed, "audit", "1")
	if err != nil {
		t.Fatal(err)
	}
	keys, err := trail.NewKeys(map[byte]secret.Value{1: root})
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// forge writes a row that says an administrator did what nobody did.
func forge(t *testing.T, at place, s *ground.Instance, by *trail.Keys) {
	t.Helper()
	r := trail.Succeeded(trail.EventUserUpdated, trail.Client{IP: "192.0.2.1"})
	r.At = time.UnixMilli(time.Now().UnixMilli()).UTC()
	if _, err := at.open(t, s).ExecContext(t.Context(), `INSERT INTO audit (at_ms, event, outcome, code, reason, actor_id, user_id, address,
		session_id, device_id, ip, user_agent, request_id, detail, count, mark)
		VALUES ($1, $2, $3, '', '', '', '', '', '', '', $4, '', '', '', 1, $5)`,
		r.At.UnixMilli(), string(r.Event), r.Outcome, r.Client.IP, by.Mark(&r)); err != nil {
		t.Fatal(err)
	}
}

// TestKilledWhileTheRootOfTheAuditEnds leaves the old one or the next, and the same command goes on.
func TestKilledWhileTheRootOfTheAuditEnds(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"SQLite", "PostgreSQL"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			at := place{}
			if kind != "SQLite" {
				url := ground.Postgres(t).NewDatabase(t)
				at = place{kind, url, url}
			}
			s := pair(t, at)[0]
			person(t, newCaller(s), ada)
			db := at.open(t, s)
			for i := range rounds(3, 30) {
				kill(t, s, time.Duration(1500+i*150)*time.Millisecond, "keys", "rotate", "data", "--compromised", "--yes")
				verified(t, s, fmt.Sprintf("after kill %d", i))
				want(t, "a login", newCaller(s).login(ada, password), http.StatusOK, "")
			}
			rotateLost(t, s)
			verified(t, s, "at the end")
			young := `SELECT COUNT(*) FROM audit_roots WHERE made_ms > (SELECT MAX(state_ms) FROM key_uses WHERE state = 'compromised')`
			if count(t, db, young) != 1 {
				t.Error("the root in use is older than the last key that was compromised")
			}
		})
	}
}
