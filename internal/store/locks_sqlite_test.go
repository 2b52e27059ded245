package store

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// TestLookingGivesUpNoLock: POSIX locks belong to a process, and closing any
// file gives up all that the process holds on it. SQLite's locks would be gone
// without its knowledge; another process that closes the database would then
// delete the journal that this one goes on writing to, and with it everything
// that was acknowledged since.
func TestLookingGivesUpNoLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "some.db")
	open := func() *Store {
		s, err := Open(t.Context(), Options{Engine: SQLite, DSN: path, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := open()
	defer s.Close()
	if _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	// Closing it here would do the very thing, so it stays open to the end.
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	held := func() bool {
		l := unix.Flock_t{Type: unix.F_WRLCK, Whence: 0, Start: 0, Len: 0}
		if err := unix.FcntlFlock(file.Fd(), unix.F_OFD_GETLK, &l); err != nil {
			t.Fatal(err)
		}
		return l.Type != unix.F_UNLCK
	}
	if !held() {
		t.Fatal("SQLite holds no lock to begin with: this test looks at the wrong place")
	}
	if f := LookAtFile(t.Context(), path); f.Err != nil {
		t.Fatal(f.Err)
	}
	if damage, err := CheckFile(t.Context(), path); err != nil || len(damage) > 0 {
		t.Fatal(damage, err)
	}
	open().Close() // a second one of the same process
	if !held() {
		t.Error("the locks of the open database are gone")
	}
}
