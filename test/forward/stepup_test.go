package forward

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// TestAStepUpLeadsToItsPage, which asks although the server itself would be content with the proof: else the person
// would be sent to and fro. A session that began too weakly is told so at once.
func TestAStepUpLeadsToItsPage(t *testing.T) {
	t.Parallel()
	w := direct(t, map[string]string{"POLICY_FILE": rules(t, `rules:
  - {name: fresh, hosts: [app.example.com], paths: [/fresh], fresh: 1s}
  - {name: strong, hosts: [app.example.com], paths: [/strong], proof: phishing_resistant}
`)})
	ada := w.signedIn(t, "ada", "user")
	ask := func(path string, more ...string) answer {
		return w.do(t, http.MethodGet, authHost, forwardPath, nil, byTraefik("GET", appHost, path, append(more, page)...)...)
	}
	a := ask("/fresh", "Cookie: "+ada.cookie)
	for began := time.Now(); a.status == http.StatusOK && time.Since(began) < 10*time.Second; a = ask("/fresh", "Cookie: "+ada.cookie) {
		time.Sleep(50 * time.Millisecond)
	}
	to, err := url.Parse(a.header.Get("Location"))
	if err != nil || a.status != http.StatusFound || to.Path != "/reauth" || to.Query().Get("next") != "https://"+appHost+"/fresh" {
		t.Fatalf("%d to %s: %s", a.status, to, a.body)
	}
	form := w.do(t, http.MethodGet, authHost, to.RequestURI(), nil, "Cookie: "+ada.cookie, page)
	if form.status != http.StatusOK || !strings.Contains(string(form.body), `value="https://app.example.com/fresh"`) {
		t.Errorf("the page: %d to %q", form.status, form.header.Get("Location"))
	}
	for path, tt := range map[string]struct{ shown, code string }{
		"/strong": {"Cookie: " + ada.cookie, "stronger_proof_required"}, "/fresh": {"Authorization: Bearer " + ada.token, "reauth_required"},
	} {
		if a := ask(path, tt.shown); a.status != http.StatusForbidden || !strings.Contains(string(a.body), tt.code) {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
}
