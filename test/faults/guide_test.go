package faults

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// The guide's address, which its scripts name.
const guideAddress = "https://aiwfe.com"

// loginOneLiner is the guide's "complete login flow simulation", with somebody who exists.
const loginOneLiner = `curl -s -X POST https://aiwfe.com/api/v1/auth/jwt/login \
  -H "Content-Type: application/json" \
  -H "X-CSRF-TOKEN: $(curl -s https://aiwfe.com/api/v1/auth/csrf-token | jq -r .csrf_token)" \
  -d '{"email":"` + ada + `","password":"` + password + `"}'`

func TestTheGuidesScriptsPass(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, at place) {
		s := serve(t, at, nil)
		person(t, newCaller(s), ada)
		script, err := os.ReadFile("testdata/test_auth_flow_validation.sh")
		if err != nil {
			t.Fatal(err)
		}
		if out := bash(t, s, string(script)); !strings.Contains(out, "All authentication flow tests passed") {
			t.Errorf("the guide's script says:\n%s", out)
		}
		var got api.Tokens
		out := bash(t, s, loginOneLiner)
		if err := json.Unmarshal([]byte(out), &got); err != nil || got.AccessToken == "" || got.TokenType != "bearer" {
			t.Errorf("the guide's login says: %s", out)
		}
		want(t, "its token", newCaller(s).status(got.AccessToken), http.StatusOK, "")
	})
}

// bash runs a script of the guide against the server, as somebody would who copied it.
func bash(t *testing.T, s *ground.Instance, script string) string {
	t.Helper()
	if !strings.Contains(script, guideAddress) {
		t.Fatal("the script does not name the guide's address, so it would ask nobody")
	}
	for _, name := range []string{"bash", "curl"} {
		if _, err := ground.Program(name); err != nil {
			t.Fatal(err)
		}
	}
	path := os.Getenv("PATH")
	if _, err := exec.LookPath("jq"); err != nil {
		standin, err := filepath.Abs("testdata")
		if err != nil {
			t.Fatal(err)
		}
		path = standin + ":" + path
	}
	cmd := exec.CommandContext(t.Context(), "bash", "-c", strings.ReplaceAll(script, guideAddress, s.URL))
	cmd.Env = []string{"PATH=" + path, "LC_ALL=C.UTF-8", "HOME=" + t.TempDir()}
	cmd.WaitDelay = 10 * time.Second
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Errorf("the script ended with %v:\n%s%s", err, out, errs.String())
	}
	return string(out)
}

func TestHealthSaysWhatTheGuideExpects(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, at place) {
		a := newCaller(serve(t, at, nil)).call("GET", "/api/health", "", nil)
		want(t, "/api/health", a, http.StatusOK, "")
		var got api.Health
		if err := json.Unmarshal(a.body, &got); err != nil {
			t.Fatalf("%v: %s", err, a.body)
		}
		seen := []string{got.Status, got.Checks["database"], got.Checks["auth_service"]}
		if diff := cmp.Diff([]string{"healthy", "connected", "operational"}, seen); diff != "" || got.Version == "" {
			t.Errorf("health is not what the guide shows (-want +got):\n%s%s", diff, a.body)
		}
	})
}

// The guide's load test: ab -n 100 -c 10, each request on a connection of its own.
func TestHundredCSRFTokensTenAtOnce(t *testing.T) {
	t.Parallel()
	s := serve(t, place{}, nil)
	var mu sync.Mutex
	seen, lengths := map[string]bool{}, map[int]bool{}
	atOnce(10, func(int) bool {
		for range 10 {
			c := newCaller(s)
			want(t, "a CSRF token", c.greet(), http.StatusOK, "")
			mu.Lock()
			seen[c.csrf], lengths[len(c.csrf)] = true, true
			mu.Unlock()
			c.http.CloseIdleConnections()
		}
		return true
	})
	if len(seen) != 100 || len(lengths) != 1 || seen[""] {
		t.Errorf("a hundred requests gave %d tokens of %d lengths", len(seen), len(lengths))
	}
}
