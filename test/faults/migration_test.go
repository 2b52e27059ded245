package faults

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// fresh is an empty place of the same kind, and who would serve on it.
type fresh func(*testing.T) (place, *ground.Instance)

// However many migrate, and whenever they are killed: each step is taken once, and whoever comes next takes the rest.
func TestMigrationsSurviveKillsAndEachOther(t *testing.T) {
	t.Parallel()
	binary := next(t)
	pg := ground.Postgres(t)
	if rounds(1, 20) > 1 { // a pooler keeps some connections for each of the databases
		pg = ground.PrivatePostgres(t, ground.Options{Settings: map[string]string{"max_connections": "400"}})
	}
	for _, kind := range []string{"SQLite", "PostgreSQL", "pgbouncer"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			anew := func(t *testing.T) (place, *ground.Instance) {
				t.Helper()
				at := place{name: kind}
				switch kind {
				case "PostgreSQL":
					at.url = pg.NewDatabase(t)
					at.direct = at.url
				case "pgbouncer":
					at.direct = pg.NewDatabase(t)
					at.url = ground.PgBouncer(t, pg, "transaction", 8).URL(at.direct)
				}
				return at, ground.UnstartedOf(t, binary, roomy(at, map[string]string{
					"DATA_DIR": filepath.Join(t.TempDir(), "data"), "LOG_LEVEL": "info",
				}))
			}
			want := undisturbed(t, anew)
			t.Run("killed", func(t *testing.T) { killedMigrator(t, anew, want) })
			t.Run("two at once", func(t *testing.T) { twoMigrators(t, anew, want) })
			t.Run("servers that start at once", func(t *testing.T) { startingServers(t, anew, want) })
		})
	}
}

func killedMigrator(t *testing.T, anew fresh, want []string) {
	t.Helper()
	for round := range rounds(1, 20) {
		at, s := anew(t)
		p := s.Begin("migrate", "up")
		if round%2 == 0 {
			at.begun(t, s)
		}
		after := rand.N(slowSteps * slowStep * 9 / 10)
		time.Sleep(after) // any moment will do
		if err := p.Kill(); err != nil {
			t.Fatal(err)
		}
		r := s.Run("migrate", "up")
		if r.Code != 0 || errorLines(r.Stderr) > 1 {
			t.Errorf("killed after %s, it ended with %d: %s", after, r.Code, r.Stderr)
		}
		t.Logf("killed after %s; %d steps were left", after.Round(time.Millisecond), strings.Count(r.Stdout, "applied"))
		whole(t, at, s, want)
	}
}

// begun waits for the first step of the schema.
func (at place) begun(t *testing.T, s *ground.Instance) {
	t.Helper()
	if at.direct == "" {
		eventually(t, readyWithin, "the file is there", func() bool {
			_, err := os.Stat(filepath.Join(s.DataDir, "aiwfe-auth.db"))
			return err == nil
		})
	}
	db := at.open(t, s)
	eventually(t, readyWithin, "a step is taken", func() bool {
		var n int
		err := db.QueryRowContext(t.Context(), `SELECT COUNT(*) FROM goose_db_version WHERE version_id > 0`).Scan(&n)
		return err == nil && n > 0
	})
}

func twoMigrators(t *testing.T, anew fresh, want []string) {
	t.Helper()
	at, s := anew(t)
	both := []*ground.Process{s.Begin("migrate", "up"), s.Begin("migrate", "up")}
	applied, told := 0, 0
	for _, p := range both {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		code, err := p.WaitFor(ctx)
		cancel()
		if code != 0 || err != nil {
			t.Errorf("migrate up ended with %d, %v: %s", code, err, p.Stderr())
		}
		applied += strings.Count(p.Stdout(), "applied")
		told += errorLines(p.Stderr())
	}
	if steps := count(t, at.open(t, s), `SELECT COUNT(*) FROM goose_db_version WHERE version_id > 0`); applied != steps || told > 1 {
		t.Errorf("two at once say that they applied %d of %d steps, with %d lines of errors", applied, steps, told)
	}
	whole(t, at, s, want)
}

// In development a server migrates when it starts.
func startingServers(t *testing.T, anew fresh, want []string) {
	t.Helper()
	for _, n := range []int{2, 4}[:rounds(1, 2)] {
		at, first := anew(t)
		var urls []string
		var nodes []*ground.Process
		for range n {
			port := ground.FreePort(t)
			urls = append(urls, fmt.Sprintf("http://127.0.0.1:%d/api/health/ready", port))
			nodes = append(nodes, first.Begin("serve", "--listen-addr", fmt.Sprintf("127.0.0.1:%d", port)))
		}
		for i, url := range urls {
			eventually(t, time.Minute, "each node is ready", func() bool {
				if !nodes[i].Running() {
					t.Fatalf("a node ended: %s", nodes[i].Stderr())
				}
				res, err := http.Get(url)
				if err != nil {
					return false
				}
				_ = res.Body.Close()
				return res.StatusCode == http.StatusOK
			})
		}
		steps, told := 0, 0
		for _, p := range nodes {
			steps += strings.Count(p.Stderr(), "migrated")
			told += errorLines(p.Stderr())
		}
		if all := count(t, at.open(t, first), `SELECT COUNT(*) FROM goose_db_version WHERE version_id > 0`); steps != all || told > 1 {
			t.Errorf("%d nodes say that they took %d of %d steps, with %d lines of errors", n, steps, all, told)
		}
		whole(t, at, first, want)
	}
}
