package store_test

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/backup"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// saved makes a backup of a store and opens it.
func saved(t *testing.T, s *store.Store) *backup.File {
	t.Helper()
	path := filepath.Join(t.TempDir(), "one.backup")
	hidden, public, err := backup.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	made, err := backup.Create(t.Context(), s, backup.Making{Path: path, Version: "test", Lock: backup.Lock{Recipients: []string{public}}})
	if err != nil {
		t.Fatal(err)
	}
	f, err := backup.OpenFile(path, backup.Unlock{Identities: hidden})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	if err := f.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(made.Tables, f.Totals()); diff != "" {
		t.Fatalf("the file holds other rows than were written:\n%s", diff)
	}
	return f
}

// restoring is how these tests restore.
func restoring(exact bool) store.Restoring {
	r := audit.Succeeded(audit.EventRestored, audit.Client{IP: "local"})
	r.At = noon
	return store.Restoring{ID: "bkp_test", Now: noon, Fresh: time.Minute, Row: r, Exact: exact}
}

// lines is a Sink that writes down every row in the one form of its kind.
type lines struct {
	as   map[string][]backup.Column
	t    backup.Table
	rows map[string][]string
}

func (l *lines) Table(t backup.Table) error { l.t = t; return nil }
func (l *lines) End() error                 { slices.Sort(l.rows[l.t.Name]); return nil }
func (l *lines) Row(values []any) error {
	var b strings.Builder
	for _, c := range l.as[l.t.Name] {
		v := values[backup.Position(l.t.Columns, c.Name)]
		fmt.Fprintf(&b, "%s=%T:%q ", c.Name, backup.As(c.Kind, v), fmt.Sprint(backup.As(c.Kind, v)))
	}
	l.rows[l.t.Name] = append(l.rows[l.t.Name], b.String())
	return nil
}

// rowsOf reads every row of every table, judged by the kinds of as.
func rowsOf(t *testing.T, s *store.Store, as []backup.Table) map[string][]string {
	t.Helper()
	l := &lines{as: map[string][]backup.Column{}, rows: map[string][]string{}}
	for _, one := range as {
		l.as[one.Name] = one.Columns
	}
	if err := s.Dump(t.Context(), func(backup.Origin) (backup.Sink, error) { return l, nil }); err != nil {
		t.Fatal(err)
	}
	return l.rows
}

// nasty fills every table with what is hard to carry: nothing, empty bytes, every byte, tabs, quotes and backslashes,
// the largest and the smallest numbers.
func nasty(t *testing.T, s *store.Store) {
	t.Helper()
	b := signedIn(t, s, "ada@example.com")
	signedIn(t, s, "bob@example.com")
	id := string(b.Session.User.ID)
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	rw, _ := s.Handles()
	exec := func(query string, args ...any) {
		t.Helper()
		if _, err := rw.ExecContext(context.Background(), query, args...); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
	}
	exec(`UPDATE users SET hashed_password = NULL, name = $2 WHERE id = $1`, id, "tab\there \\N \\. \n\r\"'é🙂\u2028")
	exec(`INSERT INTO factors (id, user_id, kind, name, pending, data, credential, handle, counter, created_ms)
		VALUES ('f1', $1, 'totp', '', 0, $2, $3, $4, $5, $6)`, id, every, []byte{}, nil, int64(9223372036854775807), int64(-9223372036854775808))
	exec(`INSERT INTO backup_codes (user_id, hash, salt, created_ms, used_ms) VALUES ($1, $2, $3, 1, 2)`, id, []byte{0}, bytes.Repeat([]byte{0xff}, 3))
	exec(`INSERT INTO links (hash, kind, user_id, created_ms, expires_ms) VALUES ($1, 'setup', NULL, 1, 2)`, []byte("setup"))
	exec(`INSERT INTO challenges (hash, kind, user_id, parent, state, created_ms, expires_ms) VALUES ($1, 'x', $2, NULL, '{}', 1, 2)`, every, id)
	exec(`INSERT INTO outbox (id, kind, recipient, sealed, created_ms, next_ms) VALUES ('l', 'k', 'a@b.c', $1, 1, 2)`, every)
	exec(`INSERT INTO traces (at_ms, request_id, browser, gave, place, network, data) VALUES (1, '', '', '', '', '', '{"a":"\t"}')`)
	exec(`INSERT INTO nodes (id, host, version, schema, started_ms, seen_ms, ahead_ms, marks, findings) VALUES ('n', 'h', 'v', 1, 0, 0, 0, '{}', '[]')`)
}

// TestBackupCarriesEveryRow goes from each engine to each, through a pooler too.
func TestBackupCarriesEveryRow(t *testing.T) {
	t.Parallel()
	grounds := map[string]func(t *testing.T) *store.Store{
		"sqlite":   func(t *testing.T) *store.Store { return openSQLite(t) },
		"postgres": func(t *testing.T) *store.Store { return openPostgres(t) },
		"pooler":   func(t *testing.T) *store.Store { return behind(t, "transaction", transactionPool)(t) },
	}
	for from, open := range grounds {
		t.Run("from "+from, func(t *testing.T) {
			t.Parallel()
			source := migrate(t, open(t))
			nasty(t, source)
			f := saved(t, source)
			want := rowsOf(t, source, f.Manifest().Tables)
			if len(want["audit"]) == 0 || len(want["factors"]) != 1 || want["nodes"] != nil {
				t.Fatalf("the backup holds %v", f.Totals())
			}
			for to, open := range grounds {
				t.Run("to "+to, func(t *testing.T) {
					target := migrate(t, open(t))
					if _, err := target.Load(t.Context(), f, restoring(true)); err != nil {
						t.Fatal(err)
					}
					if diff := cmp.Diff(want, rowsOf(t, target, f.Manifest().Tables)); diff != "" {
						t.Errorf("other rows (-before +after):\n%s", diff)
					}
					totals := &backup.Totals{As: map[string][]backup.Column{}}
					for _, one := range f.Manifest().Tables {
						totals.As[one.Name] = one.Columns
					}
					if err := target.Dump(t.Context(), func(backup.Origin) (backup.Sink, error) { return totals, nil }); err != nil {
						t.Fatal(err)
					}
					if diff := cmp.Diff(f.Totals(), totals.Of); diff != "" {
						t.Errorf("other sums:\n%s", diff)
					}
					// What comes after has numbers that nobody had before.
					u, made, err := target.CreateUser(t.Context(), newUser("eve@example.com"))
					if err != nil || !made || len(u.ID) == 0 || slices.ContainsFunc(want["users"], func(row string) bool {
						return strings.Contains(row, fmt.Sprintf("id=string:%q ", u.ID))
					}) {
						t.Errorf("the next account is %s, %v, %v", u.ID, made, err)
					}
				})
			}
		})
	}
}
