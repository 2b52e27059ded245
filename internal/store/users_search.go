package store

import (
	"context"
	"strconv"
	"strings"
	"unicode"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

// A word that many have fills the page with the first accounts of the list; an
// index would gather all of them first, or visit many lists at once. One that
// few have is found by the index, and the list would have to be read to its end.
// So the beginning of the list is looked through, and then the index is asked.
const (
	// firstLook is how many accounts that is.
	firstLook = 500
	// longLook is how many more are worth it where the first had enough for hope,
	// on PostgreSQL, whose index gives all that match and not one after another.
	longLook = 10_000
	hope     = 3
)

// searchUsers gives the same as the list would. Each look is whole by itself: who
// comes and goes between two of them is never a gap.
func (s *Store) searchUsers(ctx context.Context, q login.UserQuery) ([]account.User, error) {
	for _, rows := range []int{firstLook, longLook} {
		query, args := s.lookStatement(q, rows)
		list, err := s.listUsers(ctx, query, args)
		if err != nil || len(list) == q.Limit {
			return list, err
		}
		if s.engine == SQLite || len(list) < hope {
			break
		}
	}
	query, args := s.partsStatement(q)
	return s.listUsers(ctx, query, args)
}

// lookStatement searches among so many rows of the list, which are set apart, so
// that no index of PostgreSQL and no wrong one of SQLite is thought of. Of a list
// of all, SQLite reads no more than the page needs if it is told where to end.
func (s *Store) lookStatement(q login.UserQuery, rows int) (string, []any) {
	var where conditions
	where.filter(q)
	list := where.sql() + ` ORDER BY u.id LIMIT `
	if s.engine == Postgres || q.Role != "" || q.Status != "" {
		among := conditions{args: where.args}
		among.search(q)
		return `SELECT ` + userColumns + ` FROM (SELECT u.* FROM users u` + list + strconv.Itoa(rows) + `) u` + among.sql() + ordered(q), among.args
	}
	where.search(q)
	where.add(`u.id <= COALESCE((SELECT u.id FROM users u` + list + `1 OFFSET ` + strconv.Itoa(rows-1) + `), 9223372036854775807)`)
	return `SELECT ` + userColumns + ` FROM users u` + where.sql() + ordered(q), where.args
}

// partsStatement asks the index for candidates, and holds the same condition
// against each as a list does: the way decides nothing. SQLite's gives them in
// order of their id, so that a page is all that is read; PostgreSQL would go
// through the list if it knew of the order before it has them.
func (s *Store) partsStatement(q login.UserQuery) (string, []any) {
	var where conditions
	if s.engine == Postgres {
		where.search(q)
		where.filter(q)
		return `WITH found AS MATERIALIZED (SELECT ` + userColumns + ` FROM users u` + where.sql() + `)
			SELECT * FROM found u` + ordered(q), where.args
	}
	where.add(`s.users_search MATCH ` + where.arg(partsOf(plain(strings.ToLower(q.Search)), lowerASCII(plain(q.Search)))))
	if q.After != "" {
		where.add(`s.rowid > CAST(` + where.arg(string(q.After)) + ` AS INTEGER)`)
	}
	where.search(q)
	where.filter(q)
	return `SELECT ` + userColumns + ` FROM users_search s CROSS JOIN users u ON u.id = s.rowid` + where.sql() +
		` ORDER BY s.rowid LIMIT ` + strconv.Itoa(q.Limit), where.args
}

// hasParts says whether the index knows anything of a text. That of PostgreSQL
// has letters and digits only, and would be read from end to end for others.
func (s *Store) hasParts(text string) bool {
	run := 0
	for _, r := range plain(text) {
		run++
		if s.engine == Postgres && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			run = 0
		}
		if run == 3 {
			return true
		}
	}
	return false
}

// mostParts bounds how many lists of the index are visited at once.
const mostParts = 8

// partsOf asks FTS5 for rows that have the parts of one of the texts, in its own
// language, in which a text in quotes means itself.
func partsOf(texts ...string) string {
	if texts[0] == texts[1] {
		texts = texts[:1]
	}
	var either []string
	for _, text := range texts {
		runes := []rune(text)
		last := len(runes) - 3
		var all []string
		for at, step := 0, 1+last/mostParts; at <= last; at += step {
			all = append(all, `"`+strings.ReplaceAll(string(runes[at:at+3]), `"`, `""`)+`"`)
		}
		either = append(either, "("+strings.Join(all, " AND ")+")")
	}
	return strings.Join(either, " OR ")
}

// lowerASCII is what SQLite's lower() does.
func lowerASCII(text string) string {
	return strings.Map(func(r rune) rune {
		if r <= unicode.MaxASCII {
			return unicode.ToLower(r)
		}
		return r
	}, text)
}

// notSearch leaves the tables of SQLite's index out, which hold nothing that
// could not be made again from the accounts.
const notSearch = ` AND m.name NOT LIKE 'users!_search%' ESCAPE '!'`

// SearchIndexed says whether parts of addresses and names are in an index here.
func (s *Store) SearchIndexed() bool { return s.fit.Load().parts }

// partsIndexed asks whether the index is there and kept. SQLite's knows accounts
// by numbers, and where a column holds nothing else only.
func (s *Store) partsIndexed() string {
	if s.engine == Postgres {
		return `SELECT EXISTS (SELECT 1 FROM pg_index WHERE indexrelid = to_regclass('users_search')
			AND indrelid = to_regclass('users') AND indisvalid)`
	}
	return `SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'users_search')
		AND (SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'users' AND name LIKE 'users!_search!_%' ESCAPE '!') = 3
		AND (SELECT count(*) FROM pragma_table_info('users') WHERE pk > 0) = 1
		AND EXISTS (SELECT 1 FROM pragma_table_info('users') WHERE name = 'id' AND pk = 1 AND upper(type) = 'INTEGER')`
}
