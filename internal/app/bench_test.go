package app

import (
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

// BenchmarkCheck is the handler alone, without network: what a session check
// costs in the program itself, with the log line written nowhere.
func BenchmarkCheck(b *testing.B) {
	cfg, err := config.Load(config.Sources{Env: []string{"ENVIRONMENT=test", "LOG_FORMAT=json", "DATA_DIR=" + filepath.Join(b.TempDir(), "d")}})
	if err != nil {
		b.Fatal(err)
	}
	s := &Server{tally: &tally{}, seen: newWatch(cfg)}
	log := NewLog(io.Discard, cfg)
	if s.monitor, err = s.newMonitor(cfg, log); err != nil {
		b.Fatal(err)
	}
	if s.Core, err = Open(b.Context(), cfg, log, Hooks{Heard: s.monitor.Heard}); err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	s.tally.c = s.Core
	h, err := s.handler()
	if err != nil {
		b.Fatal(err)
	}
	go s.Sessions.Run(b.Context())
	const text = "a sentence only for measuring"
	if _, err := s.Login.CreateWithPassword(b.Context(), login.Host(), login.Invitee{Email: "a@example.com"}, text); err != nil {
		b.Fatal(err)
	}
	out, err := s.Login.Password(b.Context(), login.Attempt{Email: "a@example.com", Password: text})
	if err != nil {
		b.Fatal(err)
	}
	g := out.Grant
	for name, header := range map[string]http.Header{
		"bearer": {"Authorization": {"Bearer " + g.AccessToken}},
		"cookie": {"Cookie": {"aiwfe_session=" + g.Cookie}},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			r := httptest.NewRequest(http.MethodGet, "/api/v1/auth/status", nil)
			r.Header = header
			for b.Loop() {
				w := httptest.NewRecorder()
				h.ServeHTTP(w, r)
				if w.Code != http.StatusOK {
					b.Fatal(w.Code, w.Body)
				}
			}
		})
	}
}
