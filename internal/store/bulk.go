package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/session"
)

// Bulk is rows as the product writes them, many at once, for measuring. Sessions carry their device.
type Bulk struct {
	Users    []account.User
	Sessions []session.Session
	// Refresh has the hash of the refresh token of each session, nil where there is none.
	Refresh [][]byte
	Audit   []audit.Row
}

// ErrForeignTable says that the users table was made by another program, whose columns a bulk does not know.
var ErrForeignTable = errors.New("the users table was made by another program; rows for measuring go only into a table of this one")

// ReserveUsers sets n ids of accounts aside and gives the one before the first.
func (s *Store) ReserveUsers(ctx context.Context, n int) (before int64, err error) {
	if f := s.fit.Load(); f.id != "" || f.superuser || f.reuses || len(f.labels) > 0 {
		return 0, ErrForeignTable
	}
	err = s.write(ctx, "set ids of accounts aside", func(ctx context.Context, t *tx) error {
		if s.engine == Postgres {
			return t.QueryRowContext(ctx, `SELECT setval(pg_get_serial_sequence('users', 'id'),
				nextval(pg_get_serial_sequence('users', 'id')) + $1) - $1`, n).Scan(&before)
		}
		if _, err := t.ExecContext(ctx, `INSERT INTO sqlite_sequence (name, seq)
			SELECT 'users', 0 WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'users')`); err != nil {
			return err
		}
		return t.QueryRowContext(ctx, `UPDATE sqlite_sequence SET seq = seq + $1 WHERE name = 'users' RETURNING seq - $1`, n).Scan(&before)
	})
	return before, err
}

// bulkTable is rows for one table.
type bulkTable struct {
	name    string
	columns []string
	rows    [][]any
}

// Fill writes all of b in one transaction. It takes as long as it takes.
func (s *Store) Fill(ctx context.Context, b Bulk) error {
	tables := []bulkTable{s.bulkUsers(b), bulkDevices(b), bulkSessions(b), bulkRefresh(b), s.bulkAudit(b)}
	var err error
	if s.engine == Postgres {
		err = s.copyIn(ctx, tables)
	} else {
		err = s.insertIn(ctx, tables, idsOf(b.Users))
	}
	return classify("fill the database", err)
}

// Filled is told at the end: PostgreSQL plans for the tables as it last saw them, and would look by itself a minute later.
func (s *Store) Filled(ctx context.Context) error {
	if s.engine != Postgres {
		return nil
	}
	_, err := s.rw.ExecContext(ctx, `ANALYZE users, devices, sessions, refresh_tokens, audit`)
	return classify("look at what was filled in", err)
}

// copyIn is the fast way of PostgreSQL; it works through a pooler.
func (s *Store) copyIn(ctx context.Context, tables []bulkTable) error {
	t, err := s.pool.Begin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = t.Rollback(context.WithoutCancel(ctx)) }()
	for _, b := range tables {
		if len(b.rows) == 0 {
			continue
		}
		if _, err := t.CopyFrom(ctx, pgx.Identifier{b.name}, b.columns, pgx.CopyFromRows(b.rows)); err != nil {
			return fmt.Errorf("%s: %w", b.name, err)
		}
	}
	return t.Commit(ctx)
}

func (s *Store) insertIn(ctx context.Context, tables []bulkTable, among span) error {
	// Indexes over random ids are visited all over the place: they stay in memory while this goes on.
	// So do pages that wait to be moved from the log into the file: each is changed again and again.
	if _, err := s.rw.ExecContext(ctx, `PRAGMA cache_size = -400000; PRAGMA wal_autocheckpoint = 50000`); err != nil {
		return err
	}
	t, err := s.rw.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = t.Rollback() }()
	search, err := s.setSearchAside(ctx, t)
	if err != nil {
		return err
	}
	for _, b := range tables {
		if err := b.insert(ctx, t); err != nil {
			return fmt.Errorf("%s: %w", b.name, err)
		}
	}
	if err := s.makeSearch(ctx, t, search, among); err != nil {
		return err
	}
	return t.Commit()
}

// insert sends row by row: this driver looks for each argument among all of its statement, so that many rows in one
// statement cost more than they save.
func (b bulkTable) insert(ctx context.Context, t *sql.Tx) error {
	if len(b.rows) == 0 {
		return nil
	}
	places := make([]string, len(b.columns))
	for i := range places {
		places[i] = "?"
	}
	one, err := t.PrepareContext(ctx, "INSERT INTO "+b.name+" ("+strings.Join(b.columns, ", ")+") VALUES ("+strings.Join(places, ", ")+")")
	if err != nil {
		return err
	}
	defer func() { _ = one.Close() }()
	for _, row := range b.rows {
		if _, err := one.ExecContext(ctx, row...); err != nil {
			return err
		}
	}
	return nil
}
