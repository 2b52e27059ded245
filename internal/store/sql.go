package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// errUndone rolls a transaction back without being a failure.
var errUndone = errors.New("undone")

// undo ends the transaction without effect; the caller sees errUndone.
func (t *tx) undo() error { return errUndone }

// conditions gathers the parts of a WHERE clause with numbered arguments.
type conditions struct {
	parts []string
	args  []any
}

func (c *conditions) arg(v any) string {
	if s, ok := v.(string); ok {
		v = plain(s)
	}
	c.args = append(c.args, v)
	return "$" + strconv.Itoa(len(c.args))
}

func (c *conditions) add(part string) { c.parts = append(c.parts, part) }

func (c *conditions) sql() string {
	if len(c.parts) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(c.parts, " AND ")
}

// likeEscape makes a search text mean itself; the statements name '!' as the
// escape, for a backslash means something in some settings of PostgreSQL.
var likeEscape = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")

type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// each calls f for every row.
func each(ctx context.Context, db querier, query string, args []any, f func(scanner) error) error {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// plain drops what a text column of PostgreSQL refuses, and what SQLite would
// read only up to the NUL, so that "7\x00" never means account 7. Every text
// that a stranger may have sent goes through it.
func plain(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

func nullable(s string) sql.NullString { return sql.NullString{String: s, Valid: s != ""} }

// notAnID says whether PostgreSQL refused a text as an id: 22P02 is "invalid
// text for this type", 22003 a number beyond its range.
func notAnID(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (e.Code == "22P02" || e.Code == "22003")
}

// sqliteTime is how timestamps are written to SQLite: the form that its own
// functions and SQLAlchemy read.
const sqliteTime = "2006-01-02 15:04:05.000000"

// moment is a timestamp for the users table of this engine.
func (s *Store) moment(t time.Time) any {
	if s.engine == SQLite {
		return t.UTC().Format(sqliteTime)
	}
	return t.UTC()
}

// moment reads a timestamp in any form that a users table may hold.
type moment struct{ time.Time }

// Scan reads a driver's value.
func (m *moment) Scan(v any) error {
	m.Time = time.Time{}
	switch v := v.(type) {
	case nil:
	case time.Time:
		m.Time = v.UTC()
	case []byte:
		return m.Scan(string(v))
	case int64:
		m.Time = time.Unix(v, 0).UTC()
	case string:
		for _, form := range []string{"2006-01-02 15:04:05.999999999", time.RFC3339Nano, "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02"} {
			if t, err := time.Parse(form, v); err == nil {
				m.Time = t.UTC()
				return nil
			}
		}
		// A timestamp nobody can read must not keep its owner from signing in.
	default:
		return fmt.Errorf("a timestamp of type %T", v)
	}
	return nil
}

// doubled says whether a unique index refused the row.
func doubled(err error) bool {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code == "23505"
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE
	}
	return false
}
