package httpkit

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/csrf"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// A request line may hold anything in place of a path; it must never become a
// part of the host that an alias redirects to.
func TestAliasLeadsToOurHostAlone(t *testing.T) {
	public := &url.URL{Scheme: "https", Host: "auth.example.com"}
	tokens, err := csrf.New(csrf.Options{Key: secret.New(make([]byte, 32)), TTL: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	k, err := New(Options{
		PublicURL: public, Aliases: []string{"www.example.com"}, CSRF: tokens, Login: &login.Service{},
		SessionMax: time.Hour, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Now: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	h := k.Server(http.NotFoundHandler())
	for line, want := range map[string]string{
		"/login?next=%2Fa":        "https://auth.example.com/login?next=%2Fa",
		"/":                       "https://auth.example.com/",
		"http://www.example.com/": "https://auth.example.com/", // as a proxy is asked
		"http:@evil.example":      "",
		"x:.evil.example":         "",
		"//evil.example/":         "",
		"*":                       "",
	} {
		u, err := url.ParseRequestURI(line)
		if line == "*" {
			u, err = &url.URL{Path: "*"}, nil
		}
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.URL, r.Host, r.RequestURI = u, "www.example.com", line
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		status := http.StatusPermanentRedirect
		if want == "" {
			status = http.StatusNotFound
		}
		if got := w.Header().Get("Location"); got != want || w.Code != status {
			t.Errorf("GET %s: %d to %q, want %d to %q", line, w.Code, got, status, want)
		}
	}
}
