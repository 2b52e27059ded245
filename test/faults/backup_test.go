package faults

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/backup"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// seeded is how many people are in what is backed up here: enough that it can be killed in the middle.
const seeded = "4000"

// installation is one that has no server, and what its verbs need.
type installation struct {
	*ground.Instance
	at  place
	env map[string]string
}

func install(t *testing.T, at place) *installation {
	t.Helper()
	env := roomy(at, map[string]string{
		"JWT_SECRET_KEY": "k9-Tq2vXw7Lr4Zs8Yp1Nd6Hf3Jc5Bg0Ma-signing", "DATA_ENCRYPTION_KEY": "s4-Wm8uRe1Kt6Qo9Zi2Xa5Cv7Bn3Lp0Jh-sealing",
		"DATA_DIR": filepath.Join(t.TempDir(), "data"),
	})
	return &installation{ground.Unstarted(t, env), at, env}
}

// killed runs a verb and kills it once when says so, or as soon as it ends by itself.
func (i *installation) killed(t *testing.T, when func(since time.Duration) bool, args ...string) {
	t.Helper()
	var env []string
	for name, value := range i.env {
		env = append(env, name+"="+value)
	}
	env = append(env, "ENVIRONMENT=test", "PATH="+os.Getenv("PATH"))
	p, err := ground.Start(ground.Command{Name: "killed-" + secret.RandomText(4), Path: ground.Binary(t), Args: args, Env: env, Folder: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	for began := time.Now(); p.Running() && !when(time.Since(began)); {
		time.Sleep(time.Millisecond)
	}
	if err := p.Kill(); err != nil {
		t.Fatal(err)
	}
}

// TestKilledBackupLeavesNoHalfFile: a file under its name is whole, whenever the program is killed.
func TestKilledBackupLeavesNoHalfFile(t *testing.T) {
	t.Parallel()
	i := install(t, place{"SQLite", "", ""})
	if r := i.Run("bench", "seed", "--users", seeded); r.Code != 0 {
		t.Fatal(r.Stderr)
	}
	hidden, public, err := backup.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	partial := filepath.Join(dir, ".one.backup.*.partial")
	half := 0
	for round := range rounds(6, 40) {
		path := filepath.Join(dir, "one.backup")
		i.killed(t, func(time.Duration) bool { // a little later in each round
			for _, name := range glob(t, partial) {
				if info, err := os.Stat(name); err == nil && info.Size() > int64(round)*60_000 {
					return true
				}
			}
			return false
		}, "backup", "create", "--recipient", public, path)
		f, err := backup.OpenFile(path, backup.Unlock{Identities: hidden})
		switch {
		case errors.Is(err, fs.ErrNotExist):
			half++
		case err != nil:
			t.Errorf("round %d: %v", round, err)
		default:
			if err := f.Check(t.Context()); err != nil {
				t.Errorf("round %d: %v", round, err)
			}
			_ = f.Close()
		}
		for _, name := range append(glob(t, partial), path) {
			if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
				t.Fatal(err)
			}
		}
	}
	if half == 0 {
		t.Error("it was never killed before its end")
	}
}

func glob(t *testing.T, pattern string) []string {
	t.Helper()
	list, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// TestKilledRestoreIsNothingOrIsFinished: after a kill at any moment there is nothing, or all; and the same command
// ends it.
func TestKilledRestoreIsNothingOrIsFinished(t *testing.T) {
	t.Parallel()
	from := install(t, place{"SQLite", "", ""})
	if r := from.Run("bench", "seed", "--users", seeded); r.Code != 0 {
		t.Fatal(r.Stderr)
	}
	file, key := filepath.Join(t.TempDir(), "one.backup"), filepath.Join(t.TempDir(), "key")
	r := from.Run("backup", "key", "--out", key)
	if r = from.Run("backup", "create", "--recipient", strings.TrimSpace(r.Stdout), file); r.Code != 0 {
		t.Fatal(r.Stderr)
	}
	for _, engine := range []string{"SQLite", "PostgreSQL"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			nothing := 0
			for round := range rounds(4, 25) {
				at := place{engine, "", ""}
				if engine == "PostgreSQL" {
					url := ground.Postgres(t).NewDatabase(t)
					at = place{engine, url, url}
				}
				to := install(t, at)
				restore := []string{"backup", "restore", "--identity", key, file}
				to.killed(t, to.loading(t, round), restore...)
				if n := to.people(t); n == 0 {
					nothing++
				} else if n != 4000 {
					t.Fatalf("round %d: %d of %s people are there", round, n, seeded)
				}
				if r := to.Run(restore...); r.Code != 0 {
					t.Fatalf("round %d: the same command ends with %d: %s", round, r.Code, r.Stderr)
				}
				if n := to.people(t); n != 4000 {
					t.Errorf("round %d: %d of %s people are there at the end", round, n, seeded)
				}
				db := at.open(t, to.Instance)
				if n := count(t, db, `SELECT COUNT(*) FROM audit WHERE event = 'backup_restored'`); n != 1 {
					t.Errorf("round %d: %d rows of the audit tell of it", round, n)
				}
				_ = db.Close()
			}
			if nothing == 0 {
				t.Error("it was never killed before its end")
			}
		})
	}
}

// loading says that the rows are on their way, a little further in each round.
func (i *installation) loading(t *testing.T, round int) func(time.Duration) bool {
	t.Helper()
	if i.at.direct != "" {
		db, err := sql.Open("pgx", i.at.direct)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		return func(since time.Duration) bool {
			var n int
			err := db.QueryRowContext(context.Background(), `SELECT COUNT(*) FROM pg_stat_activity
				WHERE datname = current_database() AND query LIKE 'COPY%' AND state <> 'idle'`).Scan(&n)
			return err == nil && n > 0 || round%4 == 3 && since > 400*time.Millisecond
		}
	}
	log := filepath.Join(i.DataDir, "aiwfe-auth.db-wal")
	return func(time.Duration) bool {
		info, err := os.Stat(log)
		return err == nil && info.Size() > int64(round+1)*400_000
	}
}

// people counts them; where there is no table there are none.
func (i *installation) people(t *testing.T) (n int) {
	t.Helper()
	db := i.at.open(t, i.Instance)
	defer func() { _ = db.Close() }()
	deadline := time.Now().Add(time.Minute)
	for {
		err := db.QueryRowContext(t.Context(), `SELECT COUNT(*) FROM users`).Scan(&n)
		if err == nil || strings.Contains(err.Error(), "no such table") || strings.Contains(err.Error(), "does not exist") {
			return n
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
		time.Sleep(50 * time.Millisecond)
	}
}
