package gateway

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// policyFile writes rules to where the server may read them.
func policyFile(t testing.TB, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "policy.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// verified gives the claims of an assertion after checking its signature with the key that the server publishes, as an
// application would that has no library.
func verified(t testing.TB, s *stage, assertion string) []byte {
	t.Helper()
	var set struct {
		Keys []struct {
			Kty, Crv, X string
		}
	}
	decode(t, s.ask(t, "GET", "/.well-known/jwks.json", nil), &set)
	parts := strings.Split(assertion, ".")
	if len(set.Keys) != 1 || set.Keys[0].Crv != "Ed25519" || len(parts) != 3 {
		t.Fatalf("keys %+v, assertion %q", set, assertion)
	}
	key := unbase64(t, set.Keys[0].X)
	if !ed25519.Verify(key, []byte(parts[0]+"."+parts[1]), unbase64(t, parts[2])) {
		t.Fatalf("the signature of %s is not right", assertion)
	}
	var head struct{ Alg, Typ string }
	if err := json.Unmarshal(unbase64(t, parts[0]), &head); err != nil || head.Alg != "EdDSA" {
		t.Fatalf("%+v %v", head, err)
	}
	return unbase64(t, parts[1])
}

func unbase64(t testing.TB, s string) []byte {
	t.Helper()
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestRulesHoldForWhatIsBehind(t *testing.T) {
	t.Parallel()
	s := newStage(t, map[string]string{"POLICY_FILE": policyFile(t, `
rules:
  - name: admins
    paths: ["/secret", "/secret/**"]
    allow: signed_in
    roles: [admin]
  - name: strong
    paths: ["/strong"]
    proof: second_factor
  - name: fresh
    paths: ["/fresh"]
    fresh: 1s
  - name: the rest
    paths: ["/**"]
    allow: signed_in
`)})
	ada, root := s.signIn(t, "ada@example.com"), s.signIn(t, "root@example.com")
	for _, tt := range []struct {
		name, path string
		header     []string
		status     int
		location   string
	}{
		{"who may", "/secret/x", []string{"Authorization", root.bearer()}, 200, ""},
		{"who may not", "/secret/x", []string{"Authorization", ada.bearer()}, 403, ""},
		{"who may not, as a page", "/secret/x", []string{"Cookie", ada.cookie, "Accept", "text/html"}, 403, ""},
		{"a weaker proof", "/strong", []string{"Cookie", ada.cookie, "Accept", "text/html"}, 403, ""},
		{"a weaker proof of a program", "/strong", []string{"Authorization", ada.bearer()}, 403, ""},
		{"another case", "/Secret/x", []string{"Authorization", ada.bearer()}, 403, ""},
	} {
		before := s.app.asks.Load()
		a := s.ask(t, "GET", tt.path, nil, tt.header...)
		location := strings.TrimPrefix(a.Header.Get("Location"), s.URL)
		if a.StatusCode != tt.status || location != tt.location || (s.app.asks.Load() != before) != (tt.status == 200) {
			t.Errorf("%s: %d %s %s", tt.name, a.StatusCode, location, a.body)
		}
		if page := strings.HasPrefix(a.Header.Get("Content-Type"), "text/html"); tt.status == 403 && page != (len(tt.header) > 2) {
			t.Errorf("%s: it is %s", tt.name, a.Header.Get("Content-Type"))
		}
	}
}

// Somebody whose proof is too old is led to a form and not to and fro, though the proof is fresh enough for our own pages.
func TestAnOldProofIsAskedForAgain(t *testing.T) {
	t.Parallel()
	s := newStage(t, map[string]string{"POLICY_FILE": policyFile(t, "rules:\n  - {name: fresh, paths: [/fresh], fresh: 1s}\n")})
	shown := []string{"Cookie", s.signIn(t, "ada@example.com").cookie, "Accept", "text/html"}
	a := s.ask(t, "GET", "/fresh", nil, shown...)
	for end := time.Now().Add(10 * time.Second); a.StatusCode == 200 && time.Now().Before(end); a = s.ask(t, "GET", "/fresh", nil, shown...) {
		time.Sleep(50 * time.Millisecond)
	}
	to := strings.TrimPrefix(a.Header.Get("Location"), s.URL)
	if a.StatusCode != 302 || to != "/reauth?next=%2Ffresh&within=1" {
		t.Fatalf("%d %s %s", a.StatusCode, to, a.body)
	}
	if form := s.ask(t, "GET", to, nil, shown...); form.StatusCode != 200 || !strings.Contains(form.body, "<form") {
		t.Errorf("%d %s", form.StatusCode, form.Header.Get("Location"))
	}
}
