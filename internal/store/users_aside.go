package store

import (
	"context"
	"database/sql"
)

// setSearchAside takes away what keeps the index of parts of addresses, and says
// how it is made again: to sort many accounts in at once costs far less than one
// after another.
func (s *Store) setSearchAside(ctx context.Context, t *sql.Tx) ([]index, error) {
	query, drop := `SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'users'
		AND name LIKE 'users!_search!_%' ESCAPE '!' ORDER BY name`, `DROP TRIGGER `
	if s.engine == Postgres {
		query, drop = `SELECT 'users_search', pg_get_indexdef(indexrelid) FROM pg_index
			WHERE indexrelid = to_regclass('users_search') AND indrelid = to_regclass('users')`, `DROP INDEX `
	}
	return setAside(ctx, t, query, drop)
}

// forgetSearch empties SQLite's index before all accounts go: to take each out of
// it by itself would take minutes.
func (s *Store) forgetSearch(ctx context.Context, t *sql.Tx, aside []index) error {
	if s.engine != SQLite || len(aside) == 0 {
		return nil
	}
	_, err := t.ExecContext(ctx, `INSERT INTO users_search (users_search) VALUES ('delete-all')`)
	return err
}

// span is numbers of accounts, both ends included.
type span struct{ first, last int64 }

// makeSearch sorts these accounts in, and keeps the index from then on.
func (s *Store) makeSearch(ctx context.Context, t *sql.Tx, aside []index, among span) error {
	if s.engine == SQLite && len(aside) > 0 {
		if _, err := t.ExecContext(ctx, `INSERT INTO users_search (rowid, email, name)
			SELECT id, lower(email), lower(name) FROM users WHERE typeof(id) = 'integer' AND id BETWEEN $1 AND $2`,
			among.first, among.last); err != nil {
			return err
		}
	}
	return makeAgain(ctx, t, aside)
}
