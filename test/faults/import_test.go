package faults

import (
	"bufio"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Everybody in the export has this password, hashed by the command htpasswd.
const (
	movedPassword = "correct horse battery"
	movedHash     = "$2y$04$m.8boUTKA0RHTznV9nveV.OWirU32aHVgcFo1MKEuwvdTuhxGLHty"
)

// An import that is killed at any moment is gone on with by the same command:
// nobody is lost and nobody made twice, and meanwhile people sign in.
func TestImportThatIsKilledGoesOn(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, at place) {
		people := rounds(3000, 100_000)
		s := serve(t, at, nil)
		db := at.open(t, s)
		file := exported(t, people)
		c := newCaller(s)
		for kill := range rounds(2, 8) {
			before := count(t, db, `SELECT COUNT(*) FROM users`)
			p := s.Begin("import", "fastapi-users", file)
			eventually(t, time.Minute, "a batch is there", func() bool {
				return count(t, db, `SELECT COUNT(*) FROM users`) > before || !p.Running()
			})
			if err := p.Kill(); err != nil {
				t.Fatal(err)
			}
			users := count(t, db, `SELECT COUNT(*) FROM users`)
			for _, query := range []string{`SELECT COUNT(*) FROM imported`, `SELECT COUNT(*) FROM audit WHERE event = 'user_imported'`} {
				if n := count(t, db, query); n != users {
					t.Errorf("killed with %d accounts, %s gives %d", users, query, n)
				}
			}
			t.Logf("kill %d: %d of %d are there", kill, users, people)
			if a := c.login("p0@old.example", movedPassword); a.status != http.StatusOK {
				t.Errorf("who was imported already is told %d: %s", a.status, a.body)
			}
		}
		began := time.Now()
		rest := people - count(t, db, `SELECT COUNT(*) FROM users`)
		p := s.Begin("import", "fastapi-users", file)
		if code, err := p.WaitFor(t.Context()); code != 0 || err != nil {
			t.Fatalf("the import ends with %d, %v: %s", code, err, p.Stderr())
		}
		t.Logf("the %d that were left took %s", rest, time.Since(began).Round(time.Millisecond))
		for query, want := range map[string]int{
			`SELECT COUNT(*) FROM users`: people, `SELECT COUNT(DISTINCT email) FROM users`: people, `SELECT COUNT(*) FROM imported`: people,
			`SELECT COUNT(*) FROM audit WHERE event = 'user_imported'`: people,
		} {
			if n := count(t, db, query); n != want {
				t.Errorf("%s gives %d, want %d", query, n, want)
			}
		}
		if r := s.Run("import", "fastapi-users", "--dry-run", exported(t, 1000)); r.Code != 0 {
			t.Errorf("once more, it ends with %d: %s", r.Code, r.Stderr)
		}
		if a := c.login(fmt.Sprintf("p%d@old.example", people-1), movedPassword); a.status != http.StatusOK {
			t.Errorf("the last one is told %d: %s", a.status, a.body)
		}
	})
}

// exported is the table of the Python system with so many people.
func exported(t *testing.T, people int) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "users.csv")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriter(f)
	fmt.Fprintln(w, "id,email,hashed_password,is_active,is_superuser,is_verified")
	for i := range people {
		fmt.Fprintf(w, "%d,p%d@old.example,%s,true,false,true\n", i, i, movedHash)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return name
}
