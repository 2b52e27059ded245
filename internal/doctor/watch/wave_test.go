package watch

import (
	"fmt"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
)

// guess is a password that somebody tried.
func (s *scene) guess(client, account int, outcome string) {
	s.Heard(audit.Row{
		At: s.now, Event: audit.EventLogin, Outcome: outcome, Address: fmt.Sprintf("a%d@example.com", account),
		Client: audit.Client{IP: from(client).IP},
	})
}

func TestWaveIsManyFailuresOfManyAtMany(t *testing.T) {
	for _, tt := range []struct {
		name                               string
		failures, clients, accounts, right int
		took                               time.Duration
		want                               []api.Cause
	}{
		{"a wave", 80, 80, 80, 1, 50 * time.Second, []api.Cause{"guessing_wave"}},
		{"a wave at few", 80, 80, 5, 0, 50 * time.Second, nil},
		{"one client", 80, 1, 80, 0, 50 * time.Second, nil},
		{"a slow one", 80, 80, 80, 0, 10 * time.Minute, nil},
		{"a busy morning", 80, 80, 80, 200, 50 * time.Second, nil},
	} {
		s := play()
		for i := range tt.failures {
			s.now = s.now.Add(tt.took / time.Duration(tt.failures))
			s.guess(i%tt.clients, i%tt.accounts, audit.Refused)
			for range tt.right / tt.failures {
				s.guess(i, i, audit.Success)
			}
		}
		t.Log(tt.name)
		s.expect(t, tt.want...)
		s.now = s.now.Add(time.Minute)
		s.expect(t) // it is over within a minute
	}
}

// However long it goes on, and from however many, it takes no more memory.
func TestWaveIsKeptWithinBounds(t *testing.T) {
	s := play()
	for i := range 100_000 {
		s.guess(i%7000, i, audit.Refused)
	}
	h := s.wave.halves[0]
	if len(h.clients) > waveRoom || len(h.accounts) > waveRoom || h.failed != 100_000 {
		t.Errorf("%d failures of %d clients at %d accounts are kept", h.failed, len(h.clients), len(h.accounts))
	}
	s.expect(t, "guessing_wave")
}
