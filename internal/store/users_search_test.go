package store_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// TestSearchFindsTheSameByEachWay compares the index, and the two ways together, with the plain condition in each row.
func TestSearchFindsTheSameByEachWay(t *testing.T) {
	t.Parallel()
	everyGround(t, func(t *testing.T, s *store.Store) {
		if !s.SearchIndexed() {
			t.Fatal("there is no index of parts")
		}
		r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same each time
		peopled(t, s, r, 1500)
		found, far := 0, 0
		for range 400 {
			q := login.UserQuery{Search: some(r, 3), Limit: 1 + r.IntN(40)}
			if r.IntN(4) == 0 {
				q.Role = []string{account.RoleAdmin, account.RoleUser}[r.IntN(2)]
			}
			if r.IntN(4) == 0 {
				q.Status = account.StatusDisabled
			}
			if r.IntN(3) == 0 {
				q.After = account.ID(strconv.Itoa(r.IntN(1600)))
			}
			query, args := store.UsersStatement(q, false)
			want := asked(t, s, query, args)
			got := []string{}
			list, err := s.ListUsers(t.Context(), q)
			for _, u := range list {
				got = append(got, string(u.ID))
			}
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Fatalf("%+v (-each row +search): %v\n%s", q, err, diff)
			}
			if len([]rune(q.Search)) < 3 {
				continue
			}
			query, args = s.PartsStatement(q)
			if diff := cmp.Diff(want, asked(t, s, query, args)); diff != "" {
				t.Fatalf("%+v (-each row +index):\n%s", q, diff)
			}
			found += min(len(want), 1)
			far += min(1, max(0, q.Limit-len(want)))
		}
		if found < 50 || far < 50 {
			t.Errorf("%d questions found somebody, %d no full page: nothing was compared", found, far)
		}
		fresh(t, s)
	})
}

// TestSearchPagesToTheEnd goes through a word that many have, and one that all have, by cursors.
func TestSearchPagesToTheEnd(t *testing.T) {
	t.Parallel()
	everyGround(t, func(t *testing.T, s *store.Store) {
		peopled(t, s, rand.New(rand.NewPCG(3, 4)), 1200) //nolint:gosec // the same each time
		for _, word := range []string{"meyer", "@example.com", "12@", "日本語"} {
			q := login.UserQuery{Search: word, Limit: 1000000}
			query, args := store.UsersStatement(q, false)
			want := asked(t, s, query, args)
			got := []string{}
			for q.Limit = 7; ; {
				list, err := s.ListUsers(t.Context(), q)
				if err != nil {
					t.Fatal(err)
				}
				for _, u := range list {
					got, q.After = append(got, string(u.ID)), u.ID
				}
				if len(list) < q.Limit {
					break
				}
			}
			if !slices.Equal(want, got) || len(want) < 8 {
				t.Errorf("%s: %d accounts by cursors, %d at once", word, len(got), len(want))
			}
		}
		list, err := s.ListUsers(t.Context(), login.UserQuery{Search: "meyer", After: "no number", Limit: 9})
		if len(list) > 0 || s.Engine() == store.Postgres != (err != nil) {
			t.Errorf("a cursor that is none: %d accounts, %v", len(list), err)
		}
	})
}

// TestSearchOfAccountsThatWereThereBefore: the step fills the index with them.
func TestSearchOfAccountsThatWereThereBefore(t *testing.T) {
	t.Parallel()
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			if _, err := s.MigrateTo(t.Context(), 15); err != nil {
				t.Fatal(err)
			}
			if s.SearchIndexed() {
				t.Fatal("there is an index already")
			}
			peopled(t, s, rand.New(rand.NewPCG(5, 6)), 600) //nolint:gosec // the same each time
			migrate(t, s)
			query, args := s.PartsStatement(login.UserQuery{Search: "Meyer", Limit: 50})
			if list := asked(t, s, query, args); !s.SearchIndexed() || len(list) < 20 {
				t.Errorf("%v, the index finds %d", s.SearchIndexed(), len(list))
			}
			fresh(t, s)
		})
	}
}

// TestWhatIsDeletedIsNotInTheIndex looks into its blocks, in which FTS5 would keep it until they are merged.
func TestWhatIsDeletedIsNotInTheIndex(t *testing.T) {
	t.Parallel()
	s := migrate(t, openSQLite(t))
	for i := range 30 {
		signedIn(t, s, fmt.Sprintf("person%d@example.com", i))
	}
	inBlocks := func() bool {
		holding := `SELECT count(*) FROM users_search_data WHERE instr(block, CAST('ⴵⴶⴷ' AS BLOB)) > 0`
		return table(t, s, holding)[0][0] != "0"
	}
	for what, change := range map[string]string{
		"deleted":    `DELETE FROM users WHERE name LIKE '%ⴵⴶⴷ%'`,
		"anonymised": `UPDATE users SET name = '', email = 'gone@example.com' WHERE name LIKE '%ⴵⴶⴷ%'`,
	} {
		n := newUser(what + "@example.com")
		n.Name = "ⴵⴶⴷ"
		if _, made, err := s.CreateUser(t.Context(), n); err != nil || !made {
			t.Fatal(made, err)
		}
		if !inBlocks() {
			t.Fatal("the name is not seen in the index")
		}
		run(t, s, `PRAGMA foreign_keys = 0; `+change)
		if inBlocks() {
			t.Errorf("the name of an account that was %s stands in the index", what)
		}
	}
	fresh(t, s)
}
