// Package tables reads the people of another system out of its database.
package tables

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the drivers
	_ "modernc.org/sqlite"
)

// Table is one that is read, row by row.
type Table struct {
	// Rows is how many there are, for showing how far it is.
	Rows    int64
	db      *sql.DB
	end     func()
	rows    *sql.Rows
	columns []string
}

// tables are where the people of a system are, the first that is there.
var tables = map[string][]string{
	"fastapi-users": {"users", "user"},
	"gotrue":        {"auth.users"},
}

// Open connects the database by its URL: postgres://..., sqlite:FILE or the path
// of a file. It only reads, in one transaction, so that what it sees is of one
// moment.
func Open(ctx context.Context, system, from string) (*Table, error) {
	names, ok := tables[system]
	if !ok {
		return nil, fmt.Errorf("the people of %s are read from a file, not from its database", system)
	}
	driver, dsn, err := source(from)
	if err != nil {
		return nil, err
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		return nil, hidden(err)
	}
	db.SetMaxOpenConns(1)
	ctx, end := context.WithCancel(ctx)
	t := &Table{db: db, end: end}
	if err := t.begin(ctx, system, names); err != nil {
		t.Close()
		return nil, err
	}
	return t, nil
}

// source tells the driver and what it wants to hear.
func source(from string) (driver, dsn string, err error) {
	if strings.HasPrefix(from, "postgres://") || strings.HasPrefix(from, "postgresql://") {
		return "pgx", from, nil
	}
	kind, _, ok := strings.Cut(from, "://")
	if ok && !strings.HasPrefix(kind, "sqlite") && kind != "file" {
		return "", "", errors.New("the URL of the database must begin with postgres:// or with sqlite: and a path")
	}
	for _, prefix := range []string{"sqlite+aiosqlite:///", "sqlite:///", "sqlite://", "sqlite:", "file:"} {
		from = strings.TrimPrefix(from, prefix)
	}
	if _, err := os.Stat(from); err != nil { // it would be made
		return "", "", fmt.Errorf("the database file cannot be read: %w", err)
	}
	dsn = "file:" + (&url.URL{Path: from}).EscapedPath() + "?mode=ro&_pragma=query_only(1)&_pragma=busy_timeout(5000)"
	return "sqlite", dsn, nil
}

func (t *Table) begin(ctx context.Context, system string, names []string) error {
	wait, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	if err := t.db.PingContext(wait); err != nil {
		return fmt.Errorf("the database of the other system does not answer: %w", hidden(err))
	}
	tx, err := t.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: isolation(t.db)})
	if err != nil {
		return fmt.Errorf("the database of the other system lets nobody read: %w", hidden(err))
	}
	var last error
	for _, name := range names {
		query, count := `SELECT * FROM `+quote(name)+` ORDER BY id`, `SELECT COUNT(*) FROM `+quote(name)
		if last = tx.QueryRowContext(ctx, count).Scan(&t.Rows); last != nil {
			if len(names) > 1 { // PostgreSQL reads nothing more in this transaction
				_ = tx.Rollback()
				if tx, err = t.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: isolation(t.db)}); err != nil {
					return hidden(err)
				}
			}
			continue
		}
		if system == "gotrue" {
			query = goTrueQuery(ctx, tx)
		}
		if t.rows, err = tx.QueryContext(ctx, query); err != nil {
			return fmt.Errorf("the table %s cannot be read: %w", name, hidden(err))
		}
		t.columns, err = t.rows.Columns()
		return err
	}
	return fmt.Errorf("there is no table %s with people of %s in this database: %w",
		strings.Join(names, " or "), system, hidden(last))
}

// Next gives a row by its columns, without those that are NULL.
func (t *Table) Next() (map[string]string, error) {
	if !t.rows.Next() {
		if err := t.rows.Err(); err != nil {
			return nil, fmt.Errorf("the table cannot be read further: %w", hidden(err))
		}
		return nil, io.EOF
	}
	values := make([]any, len(t.columns))
	for i := range values {
		values[i] = new(any)
	}
	if err := t.rows.Scan(values...); err != nil {
		return nil, fmt.Errorf("a row cannot be read: %w", hidden(err))
	}
	out := make(map[string]string, len(values))
	for i, v := range values {
		if text, ok := textOf(*v.(*any)); ok {
			out[strings.ToLower(t.columns[i])] = text
		}
	}
	return out, nil
}

// Close ends it.
func (t *Table) Close() {
	t.end()
	if t.rows != nil {
		_ = t.rows.Close()
	}
	_ = t.db.Close()
}
