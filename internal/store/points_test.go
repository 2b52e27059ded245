package store

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"path/filepath"
	"testing"
)

// held opens a migrated file and takes every place of the reads of one session.
func held(t *testing.T) *Store {
	t.Helper()
	s, err := Open(t.Context(), Options{
		Engine: SQLite, DSN: filepath.Join(t.TempDir(), "x.db"), Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	if _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range cap(s.points.free) {
		s.points.free <- struct{}{}
	}
	return s
}

func TestWhoeverGoesAwayWaitsForNoReader(t *testing.T) {
	t.Parallel()
	s := held(t)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if one, err := s.SessionByID(gone, "a"); one != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("%+v, %v", one, err)
	}
}

func TestAFreeReaderIsTakenByWhoeverWaits(t *testing.T) {
	t.Parallel()
	s := held(t)
	found := make(chan error)
	go func() {
		one, err := s.SessionByID(t.Context(), "a")
		if one != nil {
			err = errors.New("found what is not there")
		}
		found <- err
	}()
	<-s.points.free
	if err := <-found; err != nil {
		t.Error(err)
	}
	if n := len(s.points.free); n != cap(s.points.free)-1 {
		t.Errorf("%d places are taken", n)
	}
}

// Each reader is a connection of its own: none may change anything, and each
// must see what was committed a moment ago.
func TestReadersSeeTheLastCommitAndChangeNothing(t *testing.T) {
	t.Parallel()
	s := held(t)
	for range cap(s.points.free) {
		<-s.points.free
	}
	if _, err := s.points.db.Exec(`DELETE FROM sessions`); err == nil {
		t.Error("a reader may write")
	}
	exec := func(query string, args ...any) {
		t.Helper()
		if _, err := s.rw.Exec(query, args...); err != nil {
			t.Fatal(err)
		}
	}
	exec(`INSERT INTO users (id, email, hashed_password, is_active, is_verified, role, status) VALUES (1, 'a@example.com', '', 1, 1, 'user', 'active')`)
	exec(`INSERT INTO sessions (id, user_id, kind, device_id, method, secret_hash, browser_hash, ip, user_agent, created_ms, auth_ms, seen_ms, expires_ms)
		VALUES ('ses_1', 1, 'browser', 'd', 'password', x'01', x'', '', '', 1, 1, 1, 1)`)
	for i := range 20 {
		exec(`UPDATE sessions SET seen_ms = $1 WHERE id = 'ses_1'`, i+2)
		byID, err := s.SessionByID(t.Context(), "ses_1")
		if err != nil || byID == nil || byID.SeenAt.UnixMilli() != int64(i+2) {
			t.Fatalf("%d: %+v, %v", i, byID, err)
		}
		if by, err := s.SessionBySecret(t.Context(), []byte{1}); err != nil || by == nil || by.ID != "ses_1" {
			t.Fatalf("%+v, %v", by, err)
		}
	}
}
