package forward

import (
	"net/http"
	"strings"
	"testing"
)

// spellings are those of a header that some server takes for it: any case, and _ for each -, or a dot and the like.
func spellings(name string) []string {
	lower := strings.ToLower(name)
	first := strings.Replace(name, "-", "_", 1)
	return []string{name, lower, strings.ToUpper(name), strings.ReplaceAll(name, "-", "_"), strings.ReplaceAll(lower, "-", "_"), first, strings.ToUpper(first), strings.ReplaceAll(name, "-", "."), strings.Replace(name, "-", "+", 1)}
}

// claims are what applications take for who it is.
var claims = []string{
	"Remote-User", "Remote-Email", "Remote-Name", "Remote-Groups", "X-Auth-Request-User", "X-Auth-Request-Email", "X-Auth-Request-Groups",
	"X-Auth-Request-Preferred-Username", "X-Auth-Request-Access-Token", "X-Auth-Session-Id", "X-Auth-Assertion", "X-Forwarded-User",
	"X-Forwarded-Email", "X-Forwarded-Groups", "X-Webauth-User", "X-Remote-User", "X-Authentik-Username", "X-User", "X-User-Id",
	"X-Original-Url", "X-Rewrite-Url", "X-Forwarded-Prefix", "X-Http-Method-Override",
}

const evil = "evil-root"

// nobodyCanClaimToBeAnother (Caddy CVE-2026-30851, Traefik CVE-2026-33433, oauth2-proxy CVE-2025-64484).
func nobodyCanClaimToBeAnother(t *testing.T, w *world) {
	ada := w.signedIn(t, "ada", "user")
	reached := 0
	for _, name := range claims {
		for _, one := range spellings(name) {
			for path, cookie := range map[string]string{"/public/x": "theme=dark", "/closed": ada.cookie} {
				a := w.get(t, path, one+": "+evil, "Cookie: "+cookie)
				if a.app == nil {
					if a.status != http.StatusBadRequest {
						t.Errorf("%s at %s: %d %s", one, path, a.status, a.body)
					}
					continue
				}
				reached++
				if strings.Contains(string(a.body), evil) {
					t.Errorf("%s at %s reaches the application: %v", one, path, a.app.Header)
				}
				if who := a.app.Header.Get("Remote-User"); path == "/closed" && who != ada.id || path == "/public/x" && who != "" {
					t.Errorf("%s at %s makes it %q", one, path, who)
				}
			}
		}
	}
	if reached < len(claims)*len(spellings("")) {
		t.Errorf("the application was reached %d times only", reached)
	}
	// Twice, and by the word of another header.
	if a := w.get(t, "/closed", "Cookie: "+ada.cookie, "Remote-User: "+evil, "Remote-User: "+evil); a.app == nil || len(a.app.Header["Remote-User"]) != 1 {
		t.Errorf("twice: %d %s", a.status, a.body)
	}
}

// noHeaderTakesOursAway: Connection names headers for one hop (Traefik CVE-2024-45410, CVE-2026-29054).
func noHeaderTakesOursAway(t *testing.T, w *world) {
	ada := w.signedIn(t, "ada", "user")
	for _, named := range []string{
		"Remote-User", "close, Remote-User, Remote-Groups, X-Auth-Assertion", "X-Forwarded-Uri", "X-Original-URL, X-Forwarded-For", "Cookie", "Keep-Alive, remote-user",
	} {
		a := w.get(t, "/", "Cookie: "+ada.cookie, "Connection: "+named)
		if a.app == nil && a.status != http.StatusUnauthorized && a.status != http.StatusBadRequest {
			t.Errorf("Connection: %s: %d %s", named, a.status, a.body)
		}
		if a.app != nil && (a.app.Header.Get("Remote-User") != ada.id || a.app.Header.Get("X-Auth-Assertion") == "") {
			t.Errorf("Connection: %s takes away who it is: %v", named, a.app.Header)
		}
		if a.app != nil && strings.Contains(strings.ToLower(a.app.Header.Get("Connection")), "remote-user") {
			t.Errorf("Connection: %s reaches the application", named)
		}
	}
}
