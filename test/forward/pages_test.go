package forward

import (
	"net/http"
	"strings"
	"testing"
)

// whoIsRefusedSeesAPage, if it is a person who navigates; a program is told as ever.
func whoIsRefusedSeesAPage(t *testing.T, w *world) {
	ada := w.signedIn(t, "ada", "user")
	for _, c := range []struct {
		path, shown, says string
		headers           []string
	}{
		{"/admin/x", "Cookie: " + ada.cookie, "You have no access here", nil},
		{"/admin/x", "Cookie: " + ada.cookie, "You have no access here", []string{"Sec-Fetch-Mode: navigate"}},
		{"/none/x", "Cookie: " + ada.cookie, "You have no access here", nil},
		{"/public/%2e%2e/x", "Cookie: " + ada.cookie, "This address is not clear", nil},
		{"/strong/x", "Cookie: " + ada.cookie, "/account/security", nil},
	} {
		if w.name == "nginx" && c.path == "/public/%2e%2e/x" {
			c.says = "You have no access here" // it knows the status alone
		}
		a := w.get(t, c.path, append(c.headers, page, c.shown)...)
		w.seesAPage(t, c.path, a, http.StatusForbidden, c.says)
		for _, program := range [][]string{{c.shown}, {c.shown, page, "Sec-Fetch-Mode: cors"}, {c.shown, "Accept: application/json"}} {
			w.isTold(t, c.path, w.get(t, c.path, program...), http.StatusForbidden)
		}
	}
	if w.hits.Load() > 0 {
		t.Error("the application heard of it")
	}
}

func (w *world) seesAPage(t *testing.T, what string, a answer, status int, says string) {
	t.Helper()
	body, id := string(a.body), a.header.Get("X-Request-Id")
	if a.status != status || !strings.HasPrefix(a.header.Get("Content-Type"), "text/html") || !strings.Contains(body, says) {
		t.Errorf("%s: %d %v %s", what, a.status, a.header, body)
	}
	if a.header.Get("Cache-Control") != "no-store" || id == "" || !strings.Contains(body, id) || len(a.header["Set-Cookie"]) > 0 {
		t.Errorf("%s: %v", what, a.header)
	}
	for _, word := range []string{"<script", "<form", "src=", "{{", "application/problem"} {
		if strings.Contains(body, word) {
			t.Errorf("%s: the page holds %s: %s", what, word, body)
		}
	}
}

func (w *world) isTold(t *testing.T, what string, a answer, status int) {
	t.Helper()
	if a.status != status || a.header.Get("Content-Type") != "application/problem+json" || a.header.Get("Cache-Control") != "no-store" || !strings.Contains(string(a.body), `"status":`) {
		t.Errorf("%s for a program: %d %v %s", what, a.status, a.header, a.body)
	}
}
