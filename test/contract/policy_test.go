package contract

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/api"
)

const policyCheck = "/api/v1/admin/policy/check"

const someRules = `rules:
  - {name: health, paths: [/healthz], methods: [GET], allow: everyone}
  - {name: closed, paths: [/internal/**], allow: nobody}
  - {name: administration, hosts: [app.example.com], paths: [/admin/**], roles: [admin], proof: second_factor}
  - {name: the rest, hosts: [app.example.com]}
`

// TestPolicyIsAnsweredAlikeEverywhere: the command line, the API and the page
// are asked the same, and say the same.
func TestPolicyIsAnsweredAlikeEverywhere(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "policy.yaml")
	if err := os.WriteFile(file, []byte(someRules), 0o600); err != nil {
		t.Fatal(err)
	}
	w := start(t, map[string]string{"POLICY_FILE": file})
	boss := w.onHost(t, "admin")
	admin, page := w.program().signIn(t, boss, password), w.browser().signIn(t, boss, password)
	member := w.onHost(t, "user")
	for _, q := range []struct{ user, url, method, seen string }{
		{"", "https://app.example.com/healthz", "GET", "Everybody gets in"},
		{"", "https://app.example.com/reports", "GET", "Not without signing in."},
		{"", "https://other.example.com/", "GET", "None is about this place"},
		{member, "https://app.example.com/internal/x", "POST", "The rule lets nobody in."},
		{member, "https://app.example.com/admin/x", "GET", "another role than Member"},
		{member, "https://app.example.com/reports?q=1", "GET", "however this person signs in"},
		{boss, "https://app.example.com/admin/x", "GET", "more proof"},
		{boss, "https://app.example.com/ADMIN/x", "GET", "Some servers read this path in another way"},
	} {
		asked := "?" + url.Values{"user": {q.user}, "url": {q.url}, "method": {q.method}}.Encode()
		a := admin.do(t, "GET", policyCheck+asked, nil)
		a.want(t, http.StatusOK, "")
		r := w.Run("policy", "check", "--user", q.user, "--url", q.url, "--method", q.method, "--json")
		var byAPI, byCommand api.PolicyAnswer
		if err := json.Unmarshal(a.body, &byAPI); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(r.Stdout), &byCommand); err != nil {
			t.Fatalf("%v: %d %s %s", err, r.Code, r.Stdout, r.Stderr)
		}
		if d := cmp.Diff(byCommand, byAPI); d != "" || (r.Code == 0) != byAPI.Allowed {
			t.Errorf("%v: exit %d, %s", q, r.Code, d)
		}
		seen := page.do(t, "GET", "/admin/policy"+asked, nil)
		if seen.status != http.StatusOK || !bytes.Contains(seen.body, []byte(q.seen)) {
			t.Errorf("%v: the page does not say %q: %s", q, q.seen, seen)
		}
	}
}

// TestPolicyTellsFaultsAtTheirFields, by page and API, and breaks at nothing.
func TestPolicyTellsFaultsAtTheirFields(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	boss := w.onHost(t, "admin")
	admin, page := w.program().signIn(t, boss, password), w.browser().signIn(t, boss, password)
	for field, list := range map[string][]object{
		"user": {{"user": "nobody@example.com", "url": "https://a.example.com/"}, {"user": "no address", "url": "https://a.example.com/"}},
		"url": {
			{"url": ""},
			{"url": "/admin"},
			{"url": "https://a.example.com/a/../b"},
			{"url": "http://127.1/"},
			{"url": "https://u:p@a.example.com/"},
		},
		"method": {{"url": "https://a.example.com/", "method": "get"}, {"url": "https://a.example.com/", "method": strings.Repeat("A", 40)}},
	} {
		for _, body := range list {
			asked := url.Values{}
			for k, v := range body {
				asked.Set(k, v.(string))
			}
			a := admin.do(t, "GET", policyCheck+"?"+asked.Encode(), nil)
			a.want(t, http.StatusUnprocessableEntity, "validation_failed")
			if !bytes.Contains(a.body, []byte(`"/`+field+`"`)) {
				t.Errorf("%.80v: %s", body, a)
			}
			seen := page.do(t, "GET", "/admin/policy?"+asked.Encode(), nil)
			if seen.status != http.StatusUnprocessableEntity || !bytes.Contains(seen.body, []byte(`id="`+field+`-error"`)) {
				t.Errorf("%.80v: the page: %s", body, seen)
			}
		}
	}
	admin.do(t, "GET", policyCheck+"?url=https://a.example.com/&session=ses_x", nil).
		want(t, http.StatusUnprocessableEntity, "validation_failed")
	admin.do(t, "GET", policyCheck+"?url=https://a.example.com/&session=ses_x&user="+boss, nil).
		want(t, http.StatusNotFound, "not_found")
}

// TestPolicyIsForAdministratorsAlone, and tells others nothing of rules or people.
func TestPolicyIsForAdministratorsAlone(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	member := w.onHost(t, "user")
	const asked = "/admin/policy?user=nobody%40example.com&url=https%3A%2F%2Flocalhost%2F"
	if a := w.browser().do(t, "GET", asked, nil); a.status/100 != 3 || !strings.HasPrefix(a.header.Get("Location"), "/login") {
		t.Errorf("a stranger: %s to %q", a, a.header.Get("Location"))
	}
	b := w.browser().signIn(t, member, password)
	if a := b.do(t, "GET", asked, nil); a.status != http.StatusForbidden || bytes.Contains(a.body, []byte("no account")) ||
		bytes.Contains(a.body, []byte(`class="rule`)) {
		t.Errorf("a member: %s", a)
	}
	b.do(t, "GET", "/api/v1/admin/policy", nil).want(t, http.StatusForbidden, "forbidden")
	w.program().do(t, "GET", policyCheck+"?url=https://localhost/", nil).want(t, http.StatusUnauthorized, "not_authenticated")
}

// TestPolicyPageFollowsTheFile: what is written holds, and what is faulty is told.
func TestPolicyPageFollowsTheFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "policy.yaml")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(someRules)
	w := start(t, map[string]string{"POLICY_FILE": file})
	admin := w.admin(t)
	wait := func(what string, good func(api.Policy) bool) {
		t.Helper()
		var p api.Policy
		for until := time.Now().Add(20 * time.Second); time.Now().Before(until); time.Sleep(100 * time.Millisecond) {
			if err := json.Unmarshal(admin.do(t, "GET", "/api/v1/admin/policy", nil).body, &p); err == nil && good(p) {
				return
			}
		}
		t.Fatalf("%s: never: %+v", what, p)
	}
	wait("four rules", func(p api.Policy) bool {
		return len(p.Rules) == 4 && !p.Refused && p.File == file && p.Rules[2].Line == 4
	})
	write(someRules + "  - {name: one more, hosts: [b.example.com]}\n")
	wait("a rule more", func(p api.Policy) bool { return len(p.Rules) == 5 && !p.Refused })
	write("rules: nonsense\n")
	wait("a faulty file", func(p api.Policy) bool { return len(p.Rules) == 5 && p.Refused })
}
