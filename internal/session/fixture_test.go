package session

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

var (
	noon    = time.Date(2026, time.November, 2, 12, 0, 0, 0, time.UTC)
	errAway = errors.New("the database is away")
)

// clock is moved by the test alone.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time              { return c.now }
func (c *clock) forward(d time.Duration)     { c.now = c.now.Add(d) }
func (c *clock) set(sinceNoon time.Duration) { c.now = noon.Add(sinceNoon) }

// shelf is a store of sessions by id. A cookie's value is its session's id.
type shelf struct {
	rows    map[string]Session
	reads   int
	touched []map[string]time.Time
	feed    []Revocation
	asked   []int64 // after which numbers
	// down answers every call; reading runs in the middle of a read.
	down    error
	reading func()
}

func (s *shelf) SessionByID(_ context.Context, id string) (*Session, error) {
	s.reads++
	row, ok := s.rows[id]
	if s.reading != nil {
		s.reading()
	}
	if !ok || s.down != nil {
		return nil, s.down
	}
	return &row, nil
}

func (s *shelf) SessionBySecret(ctx context.Context, hash []byte) (*Session, error) {
	for id := range s.rows {
		if string(secret.Hash(id)) == string(hash) {
			return s.SessionByID(ctx, id)
		}
	}
	return s.SessionByID(ctx, "")
}

func (s *shelf) Touch(_ context.Context, seen map[string]time.Time) error {
	if s.down != nil {
		return s.down
	}
	s.touched = append(s.touched, seen)
	for id, at := range seen {
		row := s.rows[id]
		row.SeenAt = at
		s.rows[id] = row
	}
	return nil
}

// Expire believes the service: the clock of this store is the test's.
func (s *shelf) Expire(_ context.Context, ids []string, _ time.Duration) error {
	for _, id := range ids {
		row := s.rows[id]
		row.EndedAt, row.EndReason = noon, "idle_end"
		s.rows[id] = row
	}
	return s.down
}

func (s *shelf) Revocations(_ context.Context, after int64, _ time.Duration) ([]Revocation, error) {
	s.asked = append(s.asked, after)
	return s.feed, s.down
}

func active(id account.ID) account.User {
	return account.User{ID: id, Status: account.StatusActive, Active: true}
}

// build makes a service over one session "a" of Ada's, begun and seen at noon,
// whose feed was just read.
func build(t *testing.T, edit ...func(*Options)) (*Service, *shelf, *clock) {
	t.Helper()
	c := &clock{noon}
	s := &shelf{rows: map[string]Session{
		"a": {ID: "a", Kind: KindBrowser, SecretHash: secret.Hash("a"), CreatedAt: noon, SeenAt: noon, ExpiresAt: noon.Add(10 * time.Hour), User: active("ada")},
	}}
	o := Options{Store: s, Idle: time.Hour, Max: 10 * time.Hour, Now: c.Now, Log: discard()}
	for _, f := range edit {
		f(&o)
	}
	v, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	v.poll(t.Context())
	return v, s, c
}

// wantAlive asks by id and fails unless the session counts.
func wantAlive(t *testing.T, v *Service) {
	t.Helper()
	if s, reason, err := v.ByID(t.Context(), "a"); err != nil || reason != "" || s == nil {
		t.Fatalf("the session does not count: %+v, %q, %v", s, reason, err)
	}
}

func wantDead(t *testing.T, v *Service, want string) {
	t.Helper()
	if _, reason, err := v.ByID(t.Context(), "a"); err != nil || reason != want {
		t.Fatalf("refused for %q, %v; want %q", reason, err, want)
	}
}

func discard() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }
