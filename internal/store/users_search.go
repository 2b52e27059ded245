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
// So the beginning of the list is looked through, and then the index is asked.
const (
	// firstLook is how many accounts that is.
	firstLook = 500
	// longLook is how many are worth it where the index would gather more: that of
	// PostgreSQL gives all that match at once, SQLite's one after another.
	longLook = 10_000
)

// searchUsers gives the same as the list would. Each look is whole by itself: who
// comes and goes between two of them is never a gap.
func (s *Store) searchUsers(ctx context.Context, q login.UserQuery) ([]account.User, error) {
	list, of, err := s.lookUsers(ctx, q, firstLook)
	if err != nil || len(list) == q.Limit {
		return list, err
	}
	if s.engine == Postgres && listIsNearer(len(list), q.Limit, of) {
		if list, _, err = s.lookUsers(ctx, q, longLook); err != nil || len(list) == q.Limit {
			return list, err
		}
	}
	query, args := s.partsStatement(q)
	if few, err := s.fewLeft(ctx, q); err != nil {
		return nil, err
	} else if few {
		query, args = usersStatement(q, false)
	}
	return s.listUsers(ctx, query, args)
}

// fewLeft says whether a role, a status or the last page leaves so few accounts
// that their list is read sooner than what the index has of all the others.
func (s *Store) fewLeft(ctx context.Context, q login.UserQuery) (few bool, err error) {
	if q.Role == "" && q.Status == "" && (q.After == "" || s.engine == SQLite) {
		return false, nil
	}
	var where conditions
	where.filter(q)
	query := `SELECT NOT EXISTS (SELECT 1 FROM users u` + where.sql() +
		` ORDER BY u.id LIMIT 1 OFFSET ` + strconv.Itoa(longLook) + `)`
	err = s.read(ctx, "look how many accounts there are", func(ctx context.Context, db *sql.DB) error {
		return db.QueryRowContext(ctx, query, where.args...).Scan(&few)
	})
	return few, err
}

// listIsNearer says by what the first look found whether the page is sooner full
// in the list, of so many accounts, than all that match are gathered.
func listIsNearer(found, page int, of int64) bool {
	if found == 0 {
		return false
	}
	until, gathered := int64(firstLook*page/found), int64(found)*of/firstLook
	return until <= longLook && until < gathered
}

// lookUsers says besides how many accounts PostgreSQL believes that there are.
func (s *Store) lookUsers(ctx context.Context, q login.UserQuery, rows int) (list []account.User, of int64, err error) {
	query, args := s.lookStatement(q, rows)
	list, err = s.listUsers(ctx, query, args, &of)
	return list, of, err
}

// lookStatement searches among so many rows of the list, which are set apart, so
// that no index of PostgreSQL and no wrong one of SQLite is thought of. Of a list
// of all, SQLite reads no more than the page needs if it is told where to end.
func (s *Store) lookStatement(q login.UserQuery, rows int) (string, []any) {
	var where conditions
	where.filter(q)
	list := where.sql() + ` ORDER BY u.id LIMIT `
	believed := `0`
	if s.engine == Postgres {
		believed = `(SELECT CAST(reltuples AS BIGINT) FROM pg_class WHERE oid = to_regclass('users'))`
	}
	pick := `SELECT ` + userColumns + `, ` + believed + ` AS believed FROM `
	if s.engine == Postgres || q.Role != "" || q.Status != "" {
		among := conditions{args: where.args}
		among.search(q)
		apart := `(SELECT u.* FROM users u` + list + strconv.Itoa(rows) + `) u`
		return pick + apart + among.sql() + ordered(q), among.args
	}
	where.search(q)
	end := `SELECT u.id FROM users u` + list + `1 OFFSET ` + strconv.Itoa(rows-1)
	where.add(`u.id <= COALESCE((` + end + `), 9223372036854775807)`)
	return pick + `users u` + where.sql() + ordered(q), where.args
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
