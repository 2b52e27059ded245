package faults

import (
	"crypto/sha256"
	"database/sql"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

func TestDatabaseThatTakesNoWritesStillChecks(t *testing.T) {
	t.Parallel()
	pg := ground.PrivatePostgres(t, ground.Options{})
	url := pg.NewDatabase(t)
	at := place{"PostgreSQL", url, url}
	s := serve(t, at, nil)
	c := newCaller(s)
	person(t, c, ada)
	one := signIn(t, c, ada)
	w := watch(t, at, s)
	db, err := sql.Open("pgx", pg.SuperURL(url)+"&options=-c%20default_transaction_read_only%3Doff")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	set := func(value string) {
		for _, q := range []string{"ALTER SYSTEM SET default_transaction_read_only = " + value, "SELECT pg_reload_conf()"} {
			if _, err := db.ExecContext(t.Context(), q); err != nil {
				t.Fatal(err)
			}
		}
	}
	set("on")
	defer set("off")
	eventually(t, backWithin, "a login is refused", func() bool {
		a := c.login(ada, password)
		if a.status == http.StatusOK {
			return false
		}
		wantAway(t, "a login", a)
		return true
	})
	wantAway(t, "a refresh", c.refresh(one.RefreshToken))
	for range 30 { // longer than anything is remembered without the database
		want(t, "a check of a session", c.status(one.AccessToken), http.StatusOK, "")
		time.Sleep(50 * time.Millisecond)
	}
	w.doctorNames(t, "database_read_only")
	set("off")
	eventually(t, backWithin, "logins work again by themselves", func() bool { return c.login(ada, password).status == http.StatusOK })
	want(t, "the refresh that was refused", c.refresh(one.RefreshToken), http.StatusOK, "")
	w.unhurt(t)
}

func TestReadOnlyDiskIsNamedAndLeft(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	small(t, folder, 16)
	s := serve(t, place{}, map[string]string{"DATA_DIR": folder})
	c := newCaller(s)
	person(t, c, ada)
	one := signIn(t, c, ada)
	remount := func(flags uintptr) error {
		return syscall.Mount("tmpfs", folder, "tmpfs", syscall.MS_REMOUNT|flags, "size=16m")
	}
	// The kernel makes no file system read-only below files that are open for writing; a disk that fails under a running
	// program is what files that may not grow stand for.
	s.Stop()
	if err := remount(syscall.MS_RDONLY); err != nil {
		t.Fatal(err)
	}
	r := s.Run("serve")
	if r.Code == 0 || !strings.Contains(r.Stderr, "read-only") {
		t.Errorf("on a disk that can only be read it ends with %d: %s", r.Code, r.Stderr)
	}
	if err := remount(0); err != nil {
		t.Fatal(err)
	}
	s.Start()
	want(t, "a session from before", newCaller(s).status(one.AccessToken), http.StatusOK, "")
}

func TestDiskThatIsNearlyFullIsTold(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	small(t, folder, 64)
	ballast := filepath.Join(folder, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 58<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	s := serve(t, place{}, map[string]string{"DATA_DIR": folder})
	w := watch(t, place{}, s)
	w.doctorNames(t, "disk_nearly_full", "disk_full")
	w.unhurt(t)
}

// small mounts a file system of some MiB, which ends with the test.
func small(t *testing.T, folder string, mib int) {
	t.Helper()
	size := "size=" + map[int]string{16: "16m", 64: "64m"}[mib] + ",mode=0700"
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, size); err != nil {
		t.Fatalf("a small file system cannot be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(folder, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
}

func TestUnusableFileIsRefusedAndLeftAsItIs(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		spoil func(t *testing.T, file string)
		says  string
	}{
		{"a damaged head", func(t *testing.T, file string) { scribble(t, file, 0) }, "database"},
		{"a newer version", func(t *testing.T, file string) {
			db, err := sql.Open("sqlite", "file:"+file)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if _, err := db.ExecContext(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)`); err != nil {
				t.Fatal(err)
			}
		}, "newer"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, place{}, nil)
			person(t, newCaller(s), ada)
			s.Stop()
			file := filepath.Join(s.DataDir, "aiwfe-auth.db")
			tt.spoil(t, file)
			before := digest(t, file)
			r := s.Run("serve")
			if r.Code == 0 || !strings.Contains(r.Stderr, tt.says) {
				t.Errorf("it ends with %d and says %q, without %q", r.Code, r.Stderr, tt.says)
			}
			if digest(t, file) != before {
				t.Error("the file was written to")
			}
		})
	}
}

func scribble(t *testing.T, file string, from int) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i := from; i < min(from+1024, len(text)); i++ {
		text[i] ^= 0x5a
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

func digest(t *testing.T, file string) [32]byte {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return sha256.Sum256(text)
}
