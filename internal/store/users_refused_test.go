package store_test

import (
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/store"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// byHand is what the documentation tells an operator to run where the step could not.
const byHand = `CREATE INDEX CONCURRENTLY users_search ON users
	USING gin (lower(email) gin_trgm_ops, lower(COALESCE(name, '')) gin_trgm_ops) WITH (fastupdate = off)`

// refused is a database in whose public schema the program may do everything, and nothing besides; its plans are those
// of a large one.
func refused(t *testing.T) (dsn string, super *store.Store) {
	t.Helper()
	pg := ground.Postgres(t)
	dsn = pg.NewDatabase(t)
	super = open(t, store.Postgres, pg.SuperURL(dsn))
	at, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	name := strings.TrimPrefix(at.Path, "/")
	run(t, super, `ALTER DATABASE `+name+` OWNER TO CURRENT_USER; ALTER DATABASE `+name+` SET enable_seqscan = off;
		GRANT ALL ON SCHEMA public TO `+at.User.Username())
	return dsn, super
}

// TestSearchWhereTrigramsAreRefused: the step succeeds, accounts are found as before, and the index may come later.
func TestSearchWhereTrigramsAreRefused(t *testing.T) {
	t.Parallel()
	dsn, super := refused(t)
	s := migrate(t, open(t, store.Postgres, dsn))
	if s.SearchIndexed() {
		t.Fatal("the extension was not refused")
	}
	peopled(t, s, rand.New(rand.NewPCG(7, 8)), 600) //nolint:gosec // the same each time
	q := login.UserQuery{Search: "Meyer", Limit: 1000}
	before, err := s.ListUsers(t.Context(), q)
	if err != nil || len(before) < 20 {
		t.Fatal(len(before), err)
	}
	run(t, super, `CREATE EXTENSION pg_trgm`)
	run(t, s, byHand)
	s = open(t, store.Postgres, dsn)
	if !s.SearchIndexed() {
		t.Error("the index that was made by hand is not seen")
	}
	query, args := s.PartsStatement(q)
	if plan := explained(t, s, "EXPLAIN "+query, args); !strings.Contains(plan, "users_search") {
		t.Errorf("the index that was made by hand is not of use:\n%s", plan)
	}
	run(t, s, `DELETE FROM goose_db_version WHERE version_id = 16`)
	if s = migrate(t, s); !s.SearchIndexed() { // made before the step, it is found there
		t.Error("the step does not take the index that was made beforehand")
	}
	after, err := s.ListUsers(t.Context(), q)
	if diff := cmp.Diff(before, after); diff != "" || err != nil {
		t.Errorf("%v (-before +after):\n%s", err, diff)
	}
	root, err := ground.ModuleRoot()
	if err != nil {
		t.Fatal(err)
	}
	guide, err := os.ReadFile(filepath.Join(root, "docs", "guide", "operate.md"))
	if err != nil || !strings.Contains(string(guide), byHand) {
		t.Errorf("docs/guide/operate.md tells something else (%v)", err)
	}
	// What is made by hand is what the step makes.
	made := `SELECT pg_get_indexdef('users_search'::regclass)`
	if diff := cmp.Diff(table(t, migrate(t, openPostgres(t)), made), table(t, s, made)); diff != "" {
		t.Error(diff)
	}
}

// TestSearchFindsTrigramsWhereverTheyAre: the extension may stand in a schema that no path leads to, and a scratch
// schema has no index.
func TestSearchFindsTrigramsWhereverTheyAre(t *testing.T) {
	t.Parallel()
	dsn, super := refused(t)
	user, _, _ := strings.Cut(strings.TrimPrefix(dsn, "postgres://"), ":")
	run(t, super, `CREATE SCHEMA "Some where"; GRANT USAGE ON SCHEMA "Some where" TO `+user+`;
		CREATE EXTENSION pg_trgm SCHEMA "Some where";
		GRANT CREATE ON DATABASE `+table(t, super, `SELECT current_database()`)[0][0]+` TO `+user)
	s := migrate(t, open(t, store.Postgres, dsn))
	if !s.SearchIndexed() {
		t.Error("there is no index")
	}
	inside, drop, err := store.ScratchSchema(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	if scratch := migrate(t, open(t, store.Postgres, inside)); scratch.SearchIndexed() {
		t.Error("a scratch schema has an index")
	}
	if err := drop(); err != nil {
		t.Error(err)
	}
}

// TestRestoreKeepsTheSearch puts a backup over other accounts, from each engine to each.
func TestRestoreKeepsTheSearch(t *testing.T) {
	t.Parallel()
	for from, open := range engines {
		t.Run("from "+from, func(t *testing.T) {
			t.Parallel()
			source := migrate(t, open(t))
			n := newUser("lovelace@example.com")
			n.Name = "Countess"
			if _, _, err := source.CreateUser(t.Context(), n); err != nil {
				t.Fatal(err)
			}
			f := saved(t, source)
			for to, open := range engines {
				target := migrate(t, open(t))
				peopled(t, target, rand.New(rand.NewPCG(9, 9)), 300) //nolint:gosec // the same each time
				r := restoring(true)
				r.Replace = true
				if _, err := target.Load(t.Context(), f, r); err != nil {
					t.Fatal(err)
				}
				signedIn(t, target, "later@example.com")
				for word, want := range map[string]int{"COUNT": 1, "@example": 2, "meyer": 0} {
					query, args := target.PartsStatement(login.UserQuery{Search: word, Limit: 9})
					if got := asked(t, target, query, args); len(got) != want || !target.SearchIndexed() {
						t.Errorf("to %s: %s finds %d, %v", to, word, len(got), target.SearchIndexed())
					}
				}
				fresh(t, target)
			}
		})
	}
}
