package store

import (
	"context"
	"database/sql"
	"strconv"
	"strings"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

// A word that many have fills the page with the first accounts of the list; an
// index would gather all of them first, or visit many lists at once. One that
// few have is found by the index, and the list would have to be read to its end.
// So the beginning of the list is looked at before the index is asked.
const (
	// firstLook is how many accounts that is.
	firstLook = 500
	// fewEnough is of how many accounts of a role or a status the list is read: the
	// index has everybody else too.
	fewEnough = 10_000
)

// searchUsers gives the same as the list would: whatever was looked at before, the
// statement that answers is whole by itself, so that nobody is lost who comes or
// goes meanwhile.
func (s *Store) searchUsers(ctx context.Context, q login.UserQuery) ([]account.User, error) {
	if s.engine == SQLite {
		query, args := lookStatement(q)
		if list, err := s.listUsers(ctx, query, args); err != nil || len(list) == q.Limit {
			return list, err
		}
	}
	byList, err := s.listIsNearer(ctx, q)
	if err != nil {
		return nil, err
	}
	query, args := s.partsStatement(q)
	if byList {
		query, args = usersStatement(q, false)
	}
	return s.listUsers(ctx, query, args)
}

// lookStatement searches among the first accounts of SQLite's list. It reads no
// more of them than the page needs if it is told where to end, but would end by a
// wrong index if there is a filter: then they are set apart.
func lookStatement(q login.UserQuery) (string, []any) {
	var where conditions
	where.filter(q)
	list := where.sql() + ` ORDER BY u.id LIMIT `
	if q.Role != "" || q.Status != "" {
		among := conditions{args: where.args}
		among.search(q)
		apart := `(SELECT u.* FROM users u` + list + strconv.Itoa(firstLook) + `) u`
		return `SELECT ` + userColumns + ` FROM ` + apart + among.sql() + ordered(q), among.args
	}
	where.search(q)
	end := `SELECT u.id FROM users u` + list + `1 OFFSET ` + strconv.Itoa(firstLook-1)
	where.add(`u.id <= COALESCE((` + end + `), 9223372036854775807)`)
	return `SELECT ` + userColumns + ` FROM users u` + where.sql() + ordered(q), where.args
}

// listIsNearer says whether the page is sooner full by the list than by the index.
func (s *Store) listIsNearer(ctx context.Context, q login.UserQuery) (nearer bool, err error) {
	if s.engine == Postgres {
		if nearer, err = s.weigh(ctx, q); err != nil || nearer {
			return nearer, err
		}
	}
	if q.Role == "" && q.Status == "" {
		return false, nil
	}
	var where conditions
	where.filter(q)
	query := `SELECT NOT EXISTS (SELECT 1 FROM users u` + where.sql() +
		` ORDER BY u.id LIMIT 1 OFFSET ` + strconv.Itoa(fewEnough) + `)`
	err = s.read(ctx, "look how many accounts there are", func(ctx context.Context, db *sql.DB) error {
		return db.QueryRowContext(ctx, query, where.args...).Scan(&nearer)
	})
	return nearer, err
}

// weigh looks at the first accounts for PostgreSQL, whose index gives all that
// match at once: how many the list needs for a page, and how many those would be.
func (s *Store) weigh(ctx context.Context, q login.UserQuery) (nearer bool, err error) {
	var found, seen, all int64
	query, args := weighStatement(q)
	err = s.read(ctx, "look at the first accounts", func(ctx context.Context, db *sql.DB) error {
		return db.QueryRowContext(ctx, query, args...).Scan(&found, &seen, &all)
	})
	return seen < firstLook || found > 0 && firstLook*int64(q.Limit)/found < found*all/firstLook, err
}

// weighStatement sets them apart, so that no index of words is thought of.
func weighStatement(q login.UserQuery) (string, []any) {
	var where conditions
	where.filter(q)
	among := conditions{args: where.args}
	among.search(q)
	return `SELECT count(*) FILTER (` + among.sql() + `), count(*),
		COALESCE((SELECT CAST(reltuples AS BIGINT) FROM pg_class WHERE oid = to_regclass('users')), 0)
		FROM (SELECT u.email, u.name FROM users u` + where.sql() + ` ORDER BY u.id LIMIT ` + strconv.Itoa(firstLook) + `) u`, among.args
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
