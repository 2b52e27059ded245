package faults

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

const (
	openRule   = "rules:\n  - {name: reports, paths: [/reports], allow: everyone}\n"
	closedRule = "rules:\n  - {name: other, paths: [/other], allow: everyone}\n  - {name: closed, paths: [/reports], allow: nobody}\n"
	brokenRule = "rules:\n  - {name: reports, paths: [/reports], allow: everybody}\n"
)

// A changed POLICY_FILE holds without a restart; a faulty one leaves the old
// rules, and is named with its line. What was refused, explain tells by its rule.
func TestChangedRulesHoldWithoutARestart(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "policy.yaml")
	rules := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	rules(openRule)
	settings := goodSettings + "policy_file: " + file + "\ntrusted_proxies: 127.0.0.1\n"
	r := newReloaded(t, settings)
	wantsReports := func() answer {
		req, err := http.NewRequest("GET", r.URL+"/api/v1/auth/forward", nil)
		if err != nil {
			t.Fatal(err)
		}
		for name, value := range map[string]string{
			"X-Forwarded-Method": "GET", "X-Forwarded-Proto": "http", "X-Forwarded-Host": "localhost", "X-Forwarded-Uri": "/reports",
			"X-Forwarded-For": "203.0.113.7",
		} {
			req.Header.Set(name, value)
		}
		return newCaller(r.Instance).send(req)
	}
	want(t, "the open rule", wantsReports(), http.StatusOK, "")

	rules(closedRule)
	if lines := r.hup(settings); lines[0].Level != "INFO" || !strings.Contains(lines[0].Changed, "POLICY_FILE") {
		t.Errorf("a changed file of rules is answered %+v", lines)
	}
	refused := wantsReports()
	want(t, "the closed rule", refused, http.StatusForbidden, api.CodeForbidden)
	explained(t, r, refused)

	rules(brokenRule)
	lines := r.hup(settings)
	if lines[0].Level != "ERROR" || lines[0].Code != "policy_invalid" || !strings.Contains(lines[0].Problem, "line 2: allow") ||
		!strings.Contains(lines[0].Problem, "Did you mean") {
		t.Errorf("a faulty file of rules is answered %+v", lines)
	}
	want(t, "the rule from before", wantsReports(), http.StatusForbidden, api.CodeForbidden)
	if h := r.health(); h.Checks["doctor"] != "reload_refused" {
		t.Errorf("health is %+v", h)
	}

	rules(openRule)
	if lines := r.hup(settings); lines[0].Level != "INFO" {
		t.Errorf("the mended rules are answered %+v", lines)
	}
	want(t, "the open rule once more", wantsReports(), http.StatusOK, "")
	eventually(t, 10*time.Second, "health is green again", func() bool { return r.health().Status == "healthy" })
}

func explained(t *testing.T, r *reloaded, refused answer) {
	t.Helper()
	var p api.Problem
	if err := json.Unmarshal(refused.body, &p); err != nil || p.RequestID == "" {
		t.Fatalf("%s: %v", refused.body, err)
	}
	var x api.Explained
	eventually(t, 10*time.Second, "the refusal is kept", func() bool {
		res := r.Run("explain", p.RequestID, "--json", "--config", r.file)
		return res.Code == 0 && json.Unmarshal([]byte(res.Stdout), &x) == nil
	})
	v := x.Verdict
	if v.Cause != "rule_allows_nobody" || !strings.Contains(v.Evidence, `by the rule "closed" in line 3 of POLICY_FILE`) ||
		!slices.ContainsFunc(v.Commands, func(c string) bool { return strings.HasPrefix(c, "aiwfe-auth policy check") }) {
		t.Errorf("it is explained as %+v", v)
	}
}
