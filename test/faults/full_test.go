package faults

import (
	"errors"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

func TestFullDiskStopsWritesAloneAndEndsWithTheShortage(t *testing.T) {
	t.Parallel()
	t.Run("a file system of 16 MiB", func(t *testing.T) {
		t.Parallel()
		folder := t.TempDir()
		if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size=16m,mode=0700"); err != nil {
			if rounds(0, 1) == 1 {
				t.Errorf("a small file system cannot be mounted here, so a full one cannot be tried: %v", err)
			}
			t.Logf("not allowed to mount (%v); the limit on the size of a file stands in", err)
			filesLimited(t)
			return
		}
		t.Cleanup(func() {
			if err := syscall.Unmount(folder, 0); err != nil {
				t.Error(err)
			}
		})
		s := serve(t, place{}, map[string]string{"DATA_DIR": folder})
		ballast := filepath.Join(folder, "ballast")
		shortage(t, s, func() { fill(t, ballast) }, func() {
			if err := os.Remove(ballast); err != nil {
				t.Fatal(err)
			}
		}, api.CodeStorageFull)
	})
	t.Run("files that may not grow", func(t *testing.T) {
		t.Parallel()
		filesLimited(t)
	})
}

// filesLimited forbids the running program to write beyond the present end of its log, which needs no privilege. The
// error is another one than that of a full disk (EFBIG), so SQLite tells of input and output instead.
func filesLimited(t *testing.T) {
	t.Helper()
	s := serve(t, place{}, nil)
	limit := func(size uint64) {
		if err := unix.Prlimit(s.PID(), unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: size, Max: math.MaxUint64}, nil); err != nil {
			t.Fatal(err)
		}
	}
	shortage(t, s, func() {
		log, err := os.Stat(filepath.Join(s.DataDir, "aiwfe-auth.db-wal"))
		if err != nil {
			t.Fatal(err)
		}
		limit(uint64(log.Size()))
	}, func() { limit(math.MaxUint64) }, api.CodeDatabaseUnavailable)
}

// fill writes until there is no room for a single byte.
func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for block := make([]byte, 64<<10); len(block) > 0; {
		if _, err := f.Write(block); errors.Is(err, syscall.ENOSPC) {
			block = block[:len(block)/2]
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

func shortage(t *testing.T, s *ground.Instance, full, free func(), code api.Code) {
	t.Helper()
	w := watch(t, place{}, s)
	c := newCaller(s)
	person(t, c, ada)
	kept := []api.Tokens{signIn(t, c, ada), signIn(t, c, ada)}
	full()
	// What room the log has left is used up first; whatever is acknowledged in that time must stay.
	eventually(t, time.Minute, "a login finds no room", func() bool {
		a := patiently(func() answer { return c.login(ada, password) })
		if a.status == http.StatusOK {
			kept = append(kept, a.tokens())
			return false
		}
		wantFull(t, "a login without room", a, code)
		return true
	})
	one := kept[0]
	for name, ask := range map[string]func() answer{
		"login":              func() answer { return c.login(ada, password) },
		"a wrong password":   func() answer { return c.login(ada, "not the plums in there") },
		"refresh":            func() answer { return c.refresh(one.RefreshToken) },
		"logout":             func() answer { return c.logout(one.AccessToken) },
		"change of password": func() answer { return c.changePassword(one.AccessToken, password, password+"!") },
		"registration":       func() answer { return c.register("new@example.com", password) },
	} {
		wantFull(t, name, ask(), code)
	}
	for range 30 { // longer than anything is remembered without the database
		want(t, "a check of a session, while full", c.status(one.AccessToken), http.StatusOK, "")
		time.Sleep(50 * time.Millisecond)
	}
	want(t, "/api/health/live, while full", c.call("GET", "/api/health/live", "", nil), http.StatusOK, "")
	want(t, "a CSRF token, while full", newCaller(s).greet(), http.StatusOK, "")

	free()
	eventually(t, backWithin, "logins work again by themselves", func() bool {
		return c.login(ada, password).status == http.StatusOK
	})
	for _, k := range kept {
		want(t, "a session from before", c.status(k.AccessToken), http.StatusOK, "")
		want(t, "its refresh", c.refresh(k.RefreshToken), http.StatusOK, "")
	}
	want(t, "the registration that found no room", c.register("new@example.com", password), http.StatusCreated, "")
	w.unhurt(t)
	db := place{}.open(t, s)
	s.Stop()
	var verdict string
	if err := db.QueryRowContext(t.Context(), `PRAGMA integrity_check`).Scan(&verdict); err != nil || verdict != "ok" {
		t.Errorf("the integrity check says %q, %v", verdict, err)
	}
}

// wantFull expects 503 with the time to come back, and nobody signed out.
func wantFull(t *testing.T, what string, a answer, code api.Code) {
	t.Helper()
	want(t, what, a, http.StatusServiceUnavailable, code)
	if a.err == nil && (a.header.Get("Retry-After") == "" || clears(a)) {
		t.Errorf("%s, while full: Retry-After is %q, the session cookie touched: %v", what, a.header.Get("Retry-After"), clears(a))
	}
}
