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
	// fewEnough is of how many accounts the list is read where a filter leaves no
	// more: the index has everybody else too.
	fewEnough = 10_000
)

// searchUsers gives the same as the list would: whatever was looked at before, the
// statement that answers is whole by itself, so that nobody is lost who comes or
// goes meanwhile.
func (s *Store) searchUsers(ctx context.Context, q login.UserQuery) ([]account.User, error) {
	var believed int64
	query, args := s.lookStatement(q)
	list, err := s.listUsers(ctx, query, args, &believed)
	if err != nil || len(list) == q.Limit {
		return list, err
	}
	nearer := s.engine == Postgres && listIsNearer(len(list), q.Limit, believed)
	if !nearer {
		if nearer, err = s.fewLeft(ctx, q); err != nil {
			return nil, err
		}
	}
	query, args = s.partsStatement(q)
	if nearer {
		query, args = usersStatement(q, false)
	}
	return s.listUsers(ctx, query, args)
}

// lookStatement searches among the first accounts of the list, which are set
// apart, so that no index of PostgreSQL and no wrong one of SQLite is thought of.
// Of a list of all, SQLite reads no more than the page needs if it is told where
// to end. PostgreSQL tells besides how many accounts it believes that there are.
func (s *Store) lookStatement(q login.UserQuery) (string, []any) {
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
		apart := `(SELECT u.* FROM users u` + list + strconv.Itoa(firstLook) + `) u`
		return pick + apart + among.sql() + ordered(q), among.args
	}
	where.search(q)
	end := `SELECT u.id FROM users u` + list + `1 OFFSET ` + strconv.Itoa(firstLook-1)
	where.add(`u.id <= COALESCE((` + end + `), 9223372036854775807)`)
	return pick + `users u` + where.sql() + ordered(q), where.args
}

// listIsNearer says by what was found among the first whether the list, of so many
// accounts, fills a page sooner than PostgreSQL's index gathers all that match: it
// gives none before it has them all.
func listIsNearer(found, page int, of int64) bool {
	return found > 0 && int64(firstLook*page/found) < int64(found)*of/firstLook
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
		` ORDER BY u.id LIMIT 1 OFFSET ` + strconv.Itoa(fewEnough) + `)`
	err = s.read(ctx, "look how many accounts there are", func(ctx context.Context, db *sql.DB) error {
		return db.QueryRowContext(ctx, query, where.args...).Scan(&few)
	})
	return few, err
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
