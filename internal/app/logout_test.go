package app

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/trace"
)

const sentence = "a sentence only for this test"

// front is the whole handler over a new database with one account.
func front(t *testing.T) (*Server, http.Handler) {
	t.Helper()
	cfg, err := config.Load(config.Sources{Env: []string{"ENVIRONMENT=test", "DATA_DIR=" + filepath.Join(t.TempDir(), "d")}})
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{tally: &tally{}, seen: newWatch(cfg, func() *config.Config { return cfg })}
	s.view.Store(s)
	s.node = newNode(s)
	s.rounds = newRounds(s, s.node.row.ID)
	log := NewLog(io.Discard, cfg)
	if s.monitor, err = s.newMonitor(cfg, log); err != nil {
		t.Fatal(err)
	}
	if s.Core, err = Open(t.Context(), cfg, log, Hooks{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	s.tally.c = s.Core
	if s.traces, err = trace.NewRecorder(s.Store, log, now); err != nil {
		t.Fatal(err)
	}
	h, err := s.handler()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Login.CreateWithPassword(t.Context(), login.Host(), login.Invitee{Email: "a@example.com"}, sentence); err != nil {
		t.Fatal(err)
	}
	return s, h
}

func status(h http.Handler, cookie string) int {
	r := httptest.NewRequest(http.MethodGet, "/api/v1/auth/status", nil)
	r.Header.Set("Cookie", cookie)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code
}

// The answer takes the cookie away, so its session must be over as well,
// whatever token was shown beside it.
func TestLogoutEndsTheSessionOfTheCookieWhateverTokenIsShown(t *testing.T) {
	s, h := front(t)
	signIn := func(c login.Client) *login.Grant {
		t.Helper()
		out, err := s.Login.Password(t.Context(), login.Attempt{Email: "a@example.com", Password: sentence, Client: c})
		if err != nil {
			t.Fatal(err)
		}
		return out.Grant
	}
	for name, token := range map[string]string{
		"that is none":       "not.a.token",
		"of another session": signIn(login.Client{}).AccessToken,
	} {
		t.Run(name, func(t *testing.T) {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/api/v1/auth/csrf-token", nil))
			var made api.CSRFToken
			if err := json.Unmarshal(w.Body.Bytes(), &made); err != nil {
				t.Fatal(err)
			}
			id := w.Result().Cookies()[0]
			session := "aiwfe_session=" + signIn(login.Client{Browser: true, BrowserID: id.Value}).Cookie
			if code := status(h, session); code != http.StatusOK {
				t.Fatal("not signed in:", code)
			}
			r := httptest.NewRequest(http.MethodPost, "/api/v1/auth/jwt/logout", nil)
			r.Header.Set("Cookie", session+"; aiwfe_csrf="+id.Value)
			r.Header.Set("X-CSRF-TOKEN", made.CSRFToken)
			r.Header.Set("Authorization", "Bearer "+token)
			w = httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != http.StatusNoContent {
				t.Fatal(w.Code, w.Body)
			}
			if code := status(h, session); code != http.StatusUnauthorized {
				t.Error("the session of the cookie lives on:", code)
			}
		})
	}
}
