package store_test

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// pieces are what names, addresses and questions are put together of: what means something to LIKE, to FTS5 and to
// trigrams, and letters that some functions fold and others do not.
var pieces = []string{
	"an", "ann", "Anna", "MEYER", "meyer", " ", "  ", "-", ".", "%", "_", "!", "!!", `"`, `""`, "'", "*", "(", ")",
	"^", ":", "\\", "AND", " OR ", "NEAR(", "ä", "Ä", "ß", "É", "é", "e\u0301", "Σ", "σ", "ς", "İ", "i", "ı", "K", "k",
	"日本語", "日", "🙂", "\u200b", "1", "12", "007", "\t", "xn--",
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
			Email:  strings.ToLower(some(r, 3)) + strconv.Itoa(i) + "@example.com",
			Status: account.StatusActive, Active: true, CreatedAt: noon,
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
			email := "Other." + some(r, 4) + strconv.Itoa(i)
			query, args = `UPDATE users SET email = $2, name = '' WHERE id = $1`, []any{id, email}
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

// fresh compares SQLite's index, word by word, with one that is made now.
func fresh(t *testing.T, s *store.Store) {
	t.Helper()
	if s.Engine() != store.SQLite {
		return
	}
	run(t, s, `CREATE VIRTUAL TABLE again USING fts5 (email, name, content = '', detail = none, columnsize = 0,
			tokenize = 'trigram case_sensitive 1');
		INSERT INTO again (rowid, email, name) SELECT id, lower(email), lower(name) FROM users;
		CREATE VIRTUAL TABLE kept_words USING fts5vocab(users_search, 'row');
		CREATE VIRTUAL TABLE again_words USING fts5vocab(again, 'row')`)
	kept := table(t, s, `SELECT term, doc FROM kept_words ORDER BY term`)
	if diff := cmp.Diff(table(t, s, `SELECT term, doc FROM again_words ORDER BY term`), kept); diff != "" {
		t.Errorf("the index is not that of the accounts (-accounts +index):\n%s", diff)
	}
	run(t, s, `DROP TABLE kept_words; DROP TABLE again_words; DROP TABLE again`)
}
