package store

import (
	"context"
	"database/sql"
	"strconv"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

// ListUsers lists accounts in order of their id.
func (s *Store) ListUsers(ctx context.Context, q login.UserQuery) (list []account.User, err error) {
	if q.After == "" && strings.Contains(q.Search, "@") {
		// A whole address is found by its index. Only where nobody has it is it
		// looked for as a part of others.
		query, args := usersStatement(q, true)
		if list, err = s.listUsers(ctx, query, args); err != nil || len(list) > 0 {
			return list, err
		}
	}
	if s.SearchIndexed() && s.hasParts(q.Search) {
		return s.searchUsers(ctx, q)
	}
	query, args := usersStatement(q, false)
	return s.listUsers(ctx, query, args)
}

func (s *Store) listUsers(
	ctx context.Context, query string, args []any, more ...any,
) (list []account.User, err error) {
	err = s.read(ctx, "list accounts", func(ctx context.Context, db *sql.DB) error {
		list = nil
		return each(ctx, db, query, args, func(row scanner) error {
			u, err := scanUser(row, more...)
			list = append(list, u)
			return err
		})
	})
	if notAnID(err) {
		return nil, fault.New(api.CodeMalformedRequest, "cursor_malformed", "This cursor is not one that a list gave.")
	}
	return list, err
}

func usersStatement(q login.UserQuery, whole bool) (query string, args []any) {
	var where conditions
	if whole {
		where.add(`lower(u.email) = ` + where.arg(plain(strings.ToLower(q.Search))))
	} else if q.Search != "" {
		where.search(q)
	}
	where.filter(q)
	return `SELECT ` + userColumns + ` FROM users u` + where.sql() + ordered(q), where.args
}

func ordered(q login.UserQuery) string { return ` ORDER BY u.id LIMIT ` + strconv.Itoa(q.Limit) }

// search finds a part of the address or the name. Addresses are lower case in
// every script; of a name the database may lower only ASCII, and then it must do
// the same to what is looked for.
func (c *conditions) search(q login.UserQuery) {
	email := c.arg("%" + likeEscape.Replace(strings.ToLower(q.Search)) + "%")
	name := c.arg("%" + likeEscape.Replace(q.Search) + "%")
	c.add(`(lower(u.email) LIKE ` + email + ` ESCAPE '!'
		OR lower(COALESCE(u.name, '')) LIKE lower(` + name + `) ESCAPE '!')`)
}

// filter leaves those of a role or a status, and those behind the last page.
func (c *conditions) filter(q login.UserQuery) {
	if q.Role != "" {
		c.add(`lower(CAST(u.role AS TEXT)) = ` + c.arg(q.Role))
	}
	if q.Status != "" {
		c.add(`lower(CAST(u.status AS TEXT)) = ` + c.arg(q.Status))
	}
	if q.After != "" {
		c.add(`u.id > ` + c.arg(string(q.After)))
	}
}
