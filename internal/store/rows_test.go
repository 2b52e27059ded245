package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

func TestOneChildRowWhateverTheRace(t *testing.T) {
	t.Parallel()
	everyGround(t, func(t *testing.T, s *store.Store) {
		b := signedIn(t, s, "ada@example.com")
		r := login.Rotation{
			Now: noon, Hash: b.RefreshHash, Child: secret.Random(32), UsedBy: secret.Random(32),
			Grace: 10 * time.Second, Idle: time.Hour,
		}
		atOnce(30, func(int) {
			if got, err := s.Rotate(t.Context(), r); err != nil || got.Session == nil {
				t.Errorf("one of thirty: %+v, %v", got, err)
			}
		})
		const query = `SELECT SUM(CASE WHEN used_ms = 0 THEN 1 ELSE 0 END), COUNT(*) FROM refresh_tokens`
		if got := table(t, s, query); got[0][0] != "1" || got[0][1] != "2" {
			t.Errorf("%s of %s refresh tokens are unused, not 1 of 2", got[0][0], got[0][1])
		}
	})
}

func TestDeletedAccountLeavesNoRowButTheAudit(t *testing.T) {
	t.Parallel()
	everyGround(t, func(t *testing.T, s *store.Store) {
		b := signedIn(t, s, "ada@example.com")
		l := login.Link{
			Hash: secret.Random(32), Kind: login.LinkReset, User: b.Session.User.ID,
			CreatedAt: noon, ExpiresAt: noon.AddDate(0, 0, 1),
		}
		if err := s.PutLink(t.Context(), l); err != nil {
			t.Fatal(err)
		}
		if got, err := s.DeleteUser(t.Context(), l.User, newUser("").Row); err != nil || got.Missing {
			t.Fatalf("%+v, %v", got, err)
		}
		for _, name := range []string{"users", "sessions", "devices", "refresh_tokens", "links"} {
			if got := table(t, s, "SELECT COUNT(*) FROM "+name); got[0][0] != "0" {
				t.Errorf("%s holds %s rows", name, got[0][0])
			}
		}
		if got := table(t, s, "SELECT COUNT(*) FROM audit"); got[0][0] != "3" {
			t.Errorf("the audit holds %s rows, not 3", got[0][0])
		}
	})
}

// A migration by a newer node changes tables while this one has statements
// cached: no request may see that.
func TestTableMayChangeUnderCachedStatements(t *testing.T) {
	t.Parallel()
	everyGround(t, func(t *testing.T, s *store.Store) {
		b := signedIn(t, s, "ada@example.com")
		use := func() {
			t.Helper()
			for range 2 * conns { // on every connection of the pool
				if _, ok, err := s.UserByID(t.Context(), b.Session.User.ID); !ok || err != nil {
					t.Fatalf("the account is read as %v, %v", ok, err)
				}
				if _, err := s.ListUsers(t.Context(), login.UserQuery{Search: "ada", Limit: 5}); err != nil {
					t.Fatal(err)
				}
			}
			atOnce(conns, func(int) {
				if got, err := s.ChangeUser(t.Context(), login.Change{ID: b.Session.User.ID, Now: noon}); err != nil || got.Missing {
					t.Errorf("%+v, %v", got, err)
				}
			})
			begins(t, s, b.Session.User)
		}
		use()
		run(t, s, "ALTER TABLE users ADD COLUMN locale VARCHAR(8)")
		use()
		// The kind of change that PostgreSQL answers with 0A000, "cached plan must not change result type".
		if s.Engine() == store.Postgres {
			run(t, s, "ALTER TABLE users ALTER COLUMN name TYPE VARCHAR(300), ALTER COLUMN email TYPE VARCHAR(320)")
			use()
		}
	})
}

func TestNewerSchemaIsRefused(t *testing.T) {
	t.Parallel()
	everyGround(t, func(t *testing.T, s *store.Store) {
		run(t, s, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, TRUE)")
		current, _, err := s.Schema(t.Context())
		const want = "the database has schema version 9999, this program knows only up to"
		if current != 9999 || err == nil || !contains(err, want) {
			t.Errorf("schema %d, %v", current, err)
		}
		if _, err := s.Migrate(t.Context()); err == nil || !contains(err, want) {
			t.Errorf("an older program migrates a newer database: %v", err)
		}
	})
}

// Between two programs of a rolling upgrade the older one must start again.
func TestNewerSchemaIsUsedWhereItsMakerPromisedSo(t *testing.T) {
	t.Parallel()
	everyGround(t, func(t *testing.T, s *store.Store) {
		newest, _, err := s.Schema(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		run(t, s, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, TRUE)")
		for _, tt := range []struct {
			said string
			good bool
		}{
			{"until 9999 from 1", true},
			{fmt.Sprintf("until 9999 from %d", newest), true},
			{fmt.Sprintf("until 9999 from %d", newest+1), false}, // something that this program reads is gone
			{"until 9998 from 1", false},                         // a step of yet another program came on top
			{"until 9999 from 0", false},
			{"nonsense", false},
		} {
			if err := s.ChangeFact(t.Context(), "schema_promise", func(string) string { return tt.said }); err != nil {
				t.Fatal(err)
			}
			current, pending, err := s.Schema(t.Context())
			if (err == nil) != tt.good || current != 9999 || pending != 0 {
				t.Errorf("%s: schema %d, %d pending, %v", tt.said, current, pending, err)
			}
			ledger, err := s.Ledger(t.Context())
			if err != nil || ledger.Usable != tt.good {
				t.Errorf("%s: the doctor thinks that it may be used: %v, %v", tt.said, ledger.Usable, err)
			}
			if done, err := s.Migrate(t.Context()); (err == nil) != tt.good || len(done) > 0 {
				t.Errorf("%s: migrate: %v, %v", tt.said, done, err)
			}
			if said, err := s.Fact(t.Context(), "schema_promise"); said != tt.said && tt.said != "nonsense" || err != nil {
				t.Errorf("an older program changed what the newer one said: %q, %v", said, err)
			}
		}
	})
}
