package store_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// pieces are what names, addresses and questions are put together of: what means something to LIKE, to FTS5 and to
// trigrams, and letters that some functions fold and others do not.
var pieces = []string{
	"an", "ann", "Anna", "MEYER", "meyer", " ", "  ", "-", ".", "%", "_", "!", "!!", `"`, `""`, "'", "*", "(", ")", "^", ":", "\\", "AND", " OR ",
	"NEAR(", "ä", "Ä", "ß", "É", "é", "e\u0301", "Σ", "σ", "ς", "İ", "i", "ı", "K", "k", "日本語", "日", "🙂", "\u200b", "1", "12", "007", "\t", "xn--",
}

func some(r *rand.Rand, most int) string {
	var b strings.Builder
	for range 1 + r.IntN(most) {
		b.WriteString(pieces[r.IntN(len(pieces))])
	}
	return b.String()
}

// peopled fills a store with so many accounts, and changes some as people and other programs do.
func peopled(t *testing.T, s *store.Store, r *rand.Rand, n int) {
	t.Helper()
	before, err := s.ReserveUsers(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	b := store.Bulk{}
	for i := range n {
		u := account.User{
			ID: account.ID(strconv.FormatInt(before+int64(i)+1, 10)), Name: some(r, 5), Hash: bcryptHash, Role: account.RoleUser,
			Email: strings.ToLower(some(r, 3)) + strconv.Itoa(i) + "@example.com", Status: account.StatusActive, Active: true, CreatedAt: noon,
		}
		if i%7 == 0 {
			u.Role = account.RoleAdmin
		}
		if i%3 == 0 {
			u.Status = account.StatusDisabled
		}
		b.Users = append(b.Users, u)
	}
	if err := s.Fill(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	rw, _ := s.Handles()
	for i := range n / 10 {
		id := before + 1 + r.Int64N(int64(n))
		query, args := `DELETE FROM users WHERE id = $1`, []any{id}
		switch i % 4 {
		case 0:
			query, args = `UPDATE users SET name = $2 WHERE id = $1`, []any{id, some(r, 5)}
		case 1:
			query, args = `UPDATE users SET email = $2, name = '' WHERE id = $1`, []any{id, "Other." + some(r, 4) + strconv.Itoa(i)}
		case 2:
			query, args = `UPDATE users SET id = $2 WHERE id = $1`, []any{id, int64(n) * 10 * (1 + int64(i))}
		}
		if _, err := rw.ExecContext(t.Context(), query, args...); err != nil {
			t.Fatal(err)
		}
	}
}

// asked gives the ids that a statement finds.
func asked(t *testing.T, s *store.Store, query string, args []any) []string {
	t.Helper()
	_, ro := s.Handles()
	rows, err := ro.QueryContext(t.Context(), `SELECT CAST(q.id AS TEXT) FROM (`+query+`) q`, args...)
	if err != nil {
		t.Fatal(query, args, err)
	}
	defer rows.Close() //nolint:errcheck // read to the end
	list := []string{}
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			t.Fatal(err)
		}
		list = append(list, id)
	}
	if rows.Err() != nil {
		t.Fatal(query, args, rows.Err())
	}
	return list
}

// TestSearchFindsTheSameByEachWay compares the index, and the two ways together, with the plain condition in each row.
func TestSearchFindsTheSameByEachWay(t *testing.T) {
	t.Parallel()
	everyGround(t, func(t *testing.T, s *store.Store) {
		if !s.Parts() {
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

// fresh compares SQLite's index, word by word, with one that is made now.
func fresh(t *testing.T, s *store.Store) {
	t.Helper()
	if s.Engine() != store.SQLite {
		return
	}
	run(t, s, `CREATE VIRTUAL TABLE again USING fts5 (email, name, content = '', detail = none, columnsize = 0, tokenize = 'trigram case_sensitive 1');
		INSERT INTO again (rowid, email, name) SELECT id, lower(email), lower(name) FROM users;
		CREATE VIRTUAL TABLE kept_words USING fts5vocab(users_search, 'row'); CREATE VIRTUAL TABLE again_words USING fts5vocab(again, 'row')`)
	kept := table(t, s, `SELECT term, doc FROM kept_words ORDER BY term`)
	if diff := cmp.Diff(table(t, s, `SELECT term, doc FROM again_words ORDER BY term`), kept); diff != "" {
		t.Errorf("the index is not that of the accounts (-accounts +index):\n%s", diff)
	}
	run(t, s, `DROP TABLE kept_words; DROP TABLE again_words; DROP TABLE again`)
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
		if list, err := s.ListUsers(t.Context(), login.UserQuery{Search: "meyer", After: "no number", Limit: 9}); len(list) > 0 ||
			s.Engine() == store.Postgres != (err != nil) {
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
			if s.Parts() {
				t.Fatal("there is an index already")
			}
			peopled(t, s, rand.New(rand.NewPCG(5, 6)), 600) //nolint:gosec // the same each time
			migrate(t, s)
			query, args := s.PartsStatement(login.UserQuery{Search: "Meyer", Limit: 50})
			if list := asked(t, s, query, args); !s.Parts() || len(list) < 20 {
				t.Errorf("%v, the index finds %d", s.Parts(), len(list))
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
		return table(t, s, `SELECT count(*) FROM users_search_data WHERE instr(block, CAST('ⴵⴶⴷ' AS BLOB)) > 0`)[0][0] != "0"
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
