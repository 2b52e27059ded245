package forward

import (
	"net/http"
	"strings"
	"testing"
)

const page = "Accept: text/html,application/xhtml+xml"

// fromAStrangerToTheApplication is the way that everybody goes.
func fromAStrangerToTheApplication(t *testing.T, w *world) {
	a := w.get(t, "/reports?year=2026&q=%2F..%2F", page)
	want := "http://" + authHost + ":" + w.port + "/login?next=http%3A%2F%2F" + appHost + "%3A" + w.port + "%2Freports%3Fyear%3D2026%26q%3D%252F..%252F"
	if a.status != http.StatusFound || a.header.Get("Location") != want {
		t.Fatalf("a page: %d to %s\nwant %s", a.status, a.header.Get("Location"), want)
	}
	for _, headers := range [][]string{
		{"Accept: application/json"},
		{page, "X-Requested-With: XMLHttpRequest"},
		{page, "Sec-Fetch-Mode: cors"},
		{"User-Agent: kube-probe/1.32"},
		{"User-Agent: GoogleHC/1.0"},
		{"User-Agent: ELB-HealthChecker/2.0"},
		{page, "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="},
	} {
		if a := w.get(t, "/reports", headers...); a.status != http.StatusUnauthorized || a.header.Get("WWW-Authenticate") != "Bearer" ||
			!strings.Contains(string(a.body), "not_authenticated") || a.header.Get("Location") != "" || len(a.header["Set-Cookie"]) > 0 {
			t.Errorf("%v: %d %v %s", headers, a.status, a.header, a.body)
		}
	}
	if w.hits.Load() > 0 {
		t.Fatal("the application heard of strangers")
	}
	ada := w.signedIn(t, "ada", "user")
	for how, shown := range map[string]string{"cookie": "Cookie: " + ada.cookie + "; theme=dark", "token": "Authorization: Bearer " + ada.token} {
		a := w.get(t, "/reports?year=2026", shown)
		if a.status != http.StatusOK || a.app == nil || a.app.URI != "/reports?year=2026" || a.app.Host != appHost+":"+w.port {
			t.Fatalf("by %s: %d %s", how, a.status, a.body)
		}
		h := a.app.Header
		for name, want := range map[string]string{
			"Remote-User": ada.id, "Remote-Email": ada.email, "Remote-Groups": "user", "X-Auth-Request-User": ada.id,
			"X-Auth-Request-Email": ada.email, "X-Auth-Request-Groups": "user",
		} {
			if got := h.Values(name); len(got) != 1 || got[0] != want {
				t.Errorf("by %s: %s is %q, want %q", how, name, got, want)
			}
		}
		if strings.Count(h.Get("X-Auth-Assertion"), ".") != 2 || !strings.HasPrefix(h.Get("X-Auth-Session-Id"), "ses_") {
			t.Errorf("by %s: %v", how, h)
		}
		if len(h["Authorization"]) > 0 || strings.Contains(h.Get("Cookie"), "aiwfe_") {
			t.Errorf("by %s: the application got our credential: %v", how, h)
		}
		if got := h.Get("Cookie"); how == "cookie" && got != "theme=dark" {
			t.Errorf("the application's own cookie is %q", got)
		}
	}
	if a := w.do(t, http.MethodPost, appHost, "/reports", map[string]string{"a": "b"}, "Cookie: "+ada.cookie, "Origin: http://"+appHost+":"+w.port); a.app == nil || a.app.Method != http.MethodPost {
		t.Errorf("POST of the application's own page: %d %s", a.status, a.body)
	}
	if a := w.do(t, http.MethodPost, appHost, "/reports", nil, "Cookie: "+ada.cookie, "Origin: http://evil.example"); a.status != http.StatusForbidden {
		t.Errorf("POST of another site: %d %s", a.status, a.body)
	}
	if a := w.do(t, http.MethodHead, appHost, "/reports", nil, "Cookie: "+ada.cookie); a.status != http.StatusOK || a.header.Get("X-App") == "" {
		t.Errorf("HEAD: %d", a.status)
	}
}
