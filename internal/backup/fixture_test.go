package backup_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/backup"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

var noon = time.Date(2026, time.November, 2, 12, 0, 0, 0, time.UTC)

// rows is a database of one table that is held in memory.
type rows struct {
	all [][]any
	// fails is how many rows are given before the database is lost; 0 is never.
	fails int
}

var columns = []backup.Column{
	{Name: "id", Kind: backup.Key},
	{Name: "hash", Kind: backup.Bytes},
	{Name: "on", Kind: backup.Bool},
	{Name: "at", Kind: backup.Time},
	{Name: "text", Kind: backup.Text},
	{Name: "n", Kind: backup.Int},
	{Name: "x", Kind: backup.Real},
}

var errLost = errors.New("the database is gone")

func (r *rows) Dump(_ context.Context, begin func(backup.Origin) (backup.Sink, error)) error {
	t := backup.Table{Name: "users", Columns: columns}
	sink, err := begin(backup.Origin{Engine: "sqlite", Schema: 7, At: noon, Tables: []backup.Table{t}, Counters: map[string]int64{"users": 9}})
	if err != nil {
		return err
	}
	if err := sink.Table(t); err != nil {
		return err
	}
	for i, row := range r.all {
		if r.fails > 0 && i >= r.fails {
			return errLost
		}
		if err := sink.Row(row); err != nil {
			return err
		}
	}
	return sink.End()
}

// kept is a Sink that remembers what came.
type kept struct{ rows [][]any }

func (k *kept) Table(backup.Table) error { return nil }
func (k *kept) End() error               { return nil }
func (k *kept) Row(v []any) error        { k.rows = append(k.rows, append([]any{}, v...)); return nil }

// people are rows with what is hard to carry.
func people(n int) *rows {
	r := &rows{}
	for i := range n {
		r.all = append(r.all, []any{
			int64(i), secret.Random(32), i%2 == 0, backup.Moment(noon.UnixMicro() + int64(i)), "Zoë\x00\t\\N\n", int64(-i) << 40, 0.1 * float64(i),
		})
	}
	r.all = append(r.all, []any{"a-uuid", []byte{}, nil, "2026-11-02 12:00:00", "\xff\xfe", nil, nil})
	return r
}

// pair is an age key.
func pair(t *testing.T) (backup.Lock, backup.Unlock) {
	t.Helper()
	hidden, public, err := backup.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	return backup.Lock{Recipients: []string{public}}, backup.Unlock{Identities: hidden}
}

// create makes a file of rows.
func create(t *testing.T, r *rows, m backup.Making) string {
	t.Helper()
	if m.Path == "" {
		m.Path = filepath.Join(t.TempDir(), "one.backup")
	}
	m.Version = "1.2.3"
	if _, err := backup.Create(t.Context(), r, m); err != nil {
		t.Fatal(err)
	}
	return m.Path
}

// refusal is why a file is refused; nil where it is whole.
func refusal(t *testing.T, path string, u backup.Unlock) error {
	t.Helper()
	f, err := backup.OpenFile(path, u)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // it was read
	return f.Check(t.Context())
}

// whole reads a file that must be whole.
func whole(t *testing.T, path string, u backup.Unlock) [][]any {
	t.Helper()
	f, err := backup.OpenFile(path, u)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // it was read
	k := &kept{}
	for range 2 { // it is read as often as anybody likes
		k.rows = nil
		if err := f.Each(t.Context(), k); err != nil {
			t.Fatal(err)
		}
	}
	return k.rows
}

// changed writes a changed copy of a file.
func changed(t *testing.T, dir string, text []byte) string {
	t.Helper()
	path := filepath.Join(dir, "changed.backup")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
