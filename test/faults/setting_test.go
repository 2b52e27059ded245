package faults

import (
	"database/sql"
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // looks into PostgreSQL
	_ "modernc.org/sqlite"             // looks into the file

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

const (
	ada      = "ada@example.com"
	password = "plums in the icebox, so cold"
)

// rounds is how often something is broken: few in everybody's run, many when all the time of a machine is given.
func rounds(few, many int) int {
	if os.Getenv("AIWFE_TEST_FULL") == "1" {
		return many
	}
	return few
}

// place is where the accounts are kept.
type place struct {
	name   string
	url    string // DATABASE_URL, "" for the file in DATA_DIR
	direct string // the same without a pooler
}

// everywhere runs the test on each kind of database, each time with an empty one.
func everywhere(t *testing.T, test func(*testing.T, place)) {
	t.Helper()
	t.Run("SQLite", func(t *testing.T) { t.Parallel(); test(t, place{name: "SQLite"}) })
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		url := ground.Postgres(t).NewDatabase(t)
		test(t, place{"PostgreSQL", url, url})
	})
	t.Run("pgbouncer", func(t *testing.T) { t.Parallel(); test(t, pooled(t)) })
}

// pooled is PostgreSQL behind pgbouncer in transaction mode.
func pooled(t *testing.T) place {
	t.Helper()
	pg := ground.Postgres(t)
	url := pg.NewDatabase(t)
	return place{"pgbouncer", ground.PgBouncer(t, pg, "transaction", 8).URL(url), url}
}

// roomy are limits that are in nobody's way: a test that is about one sets it.
func roomy(at place, env map[string]string) map[string]string {
	full := map[string]string{
		"LOGIN_LIMIT_ACCOUNT": "100000/1m", "LOGIN_LIMIT_ADDRESS": "1000000/1m", "SESSION_LIMIT": "1000", "LOG_LEVEL": "warn",
	}
	if at.url != "" {
		full["DATABASE_URL"] = at.url
	}
	maps.Copy(full, env)
	return full
}

func serve(t *testing.T, at place, env map[string]string) *ground.Instance {
	t.Helper()
	return ground.Server(t, roomy(at, env))
}

// open looks into the database from beside.
func (at place) open(t *testing.T, s *ground.Instance) *sql.DB {
	t.Helper()
	driver, dsn := "pgx", at.direct
	if at.direct == "" {
		driver, dsn = "sqlite", "file:"+filepath.Join(s.DataDir, "aiwfe-auth.db")+"?_pragma=busy_timeout(5000)"
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func count(t *testing.T, db *sql.DB, query string, args ...any) (n int) {
	t.Helper()
	if err := db.QueryRowContext(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

// person registers an account; development and test let them sign in at once.
func person(t *testing.T, c *caller, email string) {
	t.Helper()
	if a := patiently(func() answer { return c.register(email, password) }); a.status != http.StatusCreated {
		t.Fatalf("register %s: %v", email, a)
	}
}

func signIn(t *testing.T, c *caller, email string) api.Tokens {
	t.Helper()
	a := patiently(func() answer { return c.login(email, password) })
	want(t, "the login", a, http.StatusOK, "")
	return a.tokens()
}

// want checks status and code of an answer.
func want(t *testing.T, what string, a answer, status int, code api.Code) {
	t.Helper()
	if a.err != nil || a.status != status || a.code() != string(code) {
		t.Errorf("%s was answered %v, not %d %s", what, a, status, code)
	}
}

// atOnce runs f n times at the same moment.
func atOnce[T any](n int, f func(i int) T) []T {
	out := make([]T, n)
	gun := make(chan struct{})
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			<-gun
			out[i] = f(i)
		})
	}
	close(gun)
	all.Wait()
	return out
}

// eventually polls until f is true, and says how long that took.
func eventually(t *testing.T, limit time.Duration, what string, f func() bool) time.Duration {
	t.Helper()
	began := time.Now()
	for !f() {
		if time.Since(began) > limit {
			t.Fatalf("after %s it is still not so that %s", limit, what)
		}
		time.Sleep(20 * time.Millisecond)
	}
	return time.Since(began)
}

// audit lists rows by the program's own verb.
func audit(t *testing.T, s *ground.Instance, flags ...string) []api.AuditRow {
	t.Helper()
	r := s.Run(append([]string{"audit", "list", "--json", "--limit", strconv.Itoa(1_000_000)}, flags...)...)
	var list struct{ Items []api.AuditRow }
	if err := json.Unmarshal([]byte(r.Stdout), &list); r.Code != 0 || err != nil {
		t.Fatalf("audit list ended with %d: %v %s", r.Code, err, r.Stderr)
	}
	return list.Items
}
