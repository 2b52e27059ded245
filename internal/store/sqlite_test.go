package store_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// WAL with synchronous FULL (2): with NORMAL, a power cut loses the last
// sessions, password changes and revocations that were acknowledged.
func TestEverySQLiteConnectionHasItsPragmas(t *testing.T) {
	t.Parallel()
	s := migrate(t, openSQLite(t))
	rw, ro := s.Handles()
	if rw == ro {
		t.Fatal("one handle reads and writes")
	}
	want := map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "5000"}
	look := func(db *sql.DB, readOnly string) {
		t.Helper()
		n := db.Stats().MaxOpenConnections
		if n < 1 || n > 8 {
			t.Fatalf("the pool is bounded by %d", n)
		}
		for range n { // held, so that each is another connection
			conn, err := db.Conn(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close() //nolint:errcheck // the test is over
			want["query_only"] = readOnly
			for name, value := range want {
				var got string
				if err := conn.QueryRowContext(t.Context(), "PRAGMA "+name).Scan(&got); err != nil || got != value {
					t.Errorf("%s is %q, not %q, %v", name, got, value, err)
				}
			}
		}
	}
	look(ro, "1")
	look(rw, "0")
}

// A mistyped path must not look like a database that lost everything.
func TestFolderMadeForTheDatabaseIsTold(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	o := store.Options{
		Engine: store.SQLite, DSN: filepath.Join(t.TempDir(), "not", "yet", "auth.db"), Log: slog.New(slog.NewTextHandler(&log, nil)),
	}
	for _, want := range []int{1, 1} { // the second time it is there
		s, err := store.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		s.Close()
		if got := strings.Count(log.String(), "folder="+filepath.Dir(o.DSN)); got != want {
			t.Errorf("told %d times, not %d:\n%s", got, want, log.String())
		}
	}
}

func TestSQLiteFilesAreTheOwnersAlone(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "data")
	s := migrate(t, open(t, store.SQLite, filepath.Join(folder, "auth.db")))
	signedIn(t, s, "ada@example.com")
	files := 0
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		want := fs.FileMode(0o600)
		if d.IsDir() {
			want = 0o700
		} else {
			files++
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %o, not %o", path, got, want)
		}
		return nil
	})
	if err != nil || files < 2 {
		t.Errorf("%d files, %v; a log beside the database was expected", files, err)
	}
}

func TestDamagedFileIsRefusedAndLeftAsItIs(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	whole := filepath.Join(folder, "whole.db")
	s, err := store.Open(t.Context(), options(store.SQLite, whole))
	if err != nil {
		t.Fatal(err)
	}
	signedIn(t, migrate(t, s), "ada@example.com")
	s.Close()
	good, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	for name, damage := range map[string]func([]byte) []byte{
		"magic":            func(b []byte) []byte { copy(b, "XXXXXXXXXXXXXXX"); return b },
		"page size":        func(b []byte) []byte { b[16], b[17] = 0xff, 0xff; return b },
		"payload fraction": func(b []byte) []byte { b[21] ^= 0xff; return b },
		"another file":     func([]byte) []byte { return bytes.Repeat([]byte("This is a letter to the bank.\n"), 100) },
	} {
		path := filepath.Join(folder, name+".db")
		bad := damage(bytes.Clone(good))
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := store.Open(t.Context(), options(store.SQLite, path))
		if err == nil {
			_, err = s.Migrate(t.Context())
			s.Close()
		}
		if !contains(err, path) || !contains(err, "not a database") && !contains(err, "malformed") {
			t.Errorf("%s: answered with %v", name, err)
		}
		after, err := os.ReadFile(path)
		if err != nil || !bytes.Equal(bad, after) {
			t.Errorf("%s: the file was written to, %v", name, err)
		}
	}
}

// Four processes that start at once on one file: SQLite has
// no lock for a whole migration.
func TestFourProcessesMigrateOneFile(t *testing.T) {
	t.Parallel()
	for range 2 {
		path := filepath.Join(t.TempDir(), "auth.db")
		var (
			stores [4]*store.Store
			steps  atomic.Int64
		)
		for i := range stores {
			stores[i] = open(t, store.SQLite, path)
		}
		atOnce(len(stores), func(i int) {
			done, err := stores[i].Migrate(t.Context())
			if err != nil {
				t.Error(err)
			}
			steps.Add(int64(len(done)))
		})
		for _, s := range stores {
			if current, pending, err := s.Schema(t.Context()); err != nil || pending != 0 || current != steps.Load() {
				t.Errorf("schema %d after %d steps, %d are pending, %v", current, steps.Load(), pending, err)
			}
		}
		signedIn(t, stores[0], "ada@example.com")
	}
}

// A step that cannot be taken is told of, and the steps before it stay.
func TestFailingStepIsTold(t *testing.T) {
	t.Parallel()
	s := openSQLite(t)
	run(t, s, "CREATE TABLE sessions (of TEXT)") // somebody else's, in the way of step 2
	if _, err := s.Migrate(t.Context()); !contains(err, "table sessions already exists") {
		t.Errorf("answered with %v", err)
	}
	if current, pending, err := s.Schema(t.Context()); err != nil || current != 1 || pending == 0 {
		t.Errorf("schema %d, %d pending, %v", current, pending, err)
	}
}

// A second store in a process, as an examination opens it beside the server's,
// must not cost the first one its locks: another program that closes the file
// would then take it for the last user's and throw the journal away.
func TestSecondStoreLeavesTheLocksOfTheFirst(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "auth.db")
	first := migrate(t, open(t, store.SQLite, file))
	signedIn(t, first, "ada@example.com")
	second, err := store.Open(t.Context(), options(store.SQLite, file))
	if err != nil {
		t.Fatal(err)
	}
	if f := store.LookAtFile(t.Context(), file); f.Err != nil {
		t.Fatal(f.Err)
	}
	second.Close()
	// What another process sees of the locks is in /proc/locks; the inode tells whose.
	// It is given in pieces, and while others come and go one may be missed.
	for range 50 {
		if locksOn(t, file) > 0 {
			return
		}
	}
	t.Error("the first store holds no lock any more")
}

func locksOn(t *testing.T, file string) (n int) {
	t.Helper()
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	inode := fmt.Sprintf(":%d ", info.Sys().(*syscall.Stat_t).Ino)
	text, err := os.ReadFile("/proc/locks")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Count(string(text), inode)
}
