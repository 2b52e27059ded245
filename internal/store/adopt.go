package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// wanted are the columns that our users table has and that a table of another
// system may lack, with the type for each engine and a default that suits rows
// which are there already.
var wanted = []struct{ name, sqlite, postgres string }{
	{"is_active", "BOOLEAN NOT NULL DEFAULT TRUE", "BOOLEAN NOT NULL DEFAULT TRUE"},
	{"is_verified", "BOOLEAN NOT NULL DEFAULT FALSE", "BOOLEAN NOT NULL DEFAULT FALSE"},
	{"role", "TEXT NOT NULL DEFAULT 'user'", "TEXT NOT NULL DEFAULT 'user'"},
	{"status", "TEXT NOT NULL DEFAULT 'active'", "TEXT NOT NULL DEFAULT 'active'"},
	{"name", "TEXT NOT NULL DEFAULT ''", "TEXT NOT NULL DEFAULT ''"},
	// SQLite adds no column with a default that it would have to compute.
	{"created_at", "TIMESTAMP", "TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP"},
	{"updated_at", "TIMESTAMP", "TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP"},
	{"tokens_after_ms", "BIGINT NOT NULL DEFAULT 0", "BIGINT NOT NULL DEFAULT 0"},
}

// adopt prepares a users table that another system made (the guide's Python
// system, kept by Alembic), so that our migrations build on it: no row and no
// column is changed or dropped, only what is missing is added.
func (s *Store) adopt(ctx context.Context) error {
	cols, err := s.columns(ctx, s.ro, "users")
	if err != nil {
		return classify("look at the users table", err)
	}
	if len(cols) == 0 || cols["tokens_after_ms"] != "" {
		return nil // nothing there, or ours already
	}
	for _, must := range []string{"id", "email", "hashed_password"} {
		if cols[must] == "" {
			return fmt.Errorf("the database has a table users without a column %s, so it cannot be adopted: "+
				"point DATABASE_URL at the database of the old system or at an empty one", must)
		}
	}
	if err := s.refuseDoubles(ctx); err != nil {
		return err
	}
	return s.write(ctx, "adopt the users table", func(ctx context.Context, t *tx) error {
		cols, err := s.columns(ctx, t, "users") // as it is now, under the lock
		if err != nil {
			return err
		}
		if err := t.addLabels(ctx); err != nil {
			return err
		}
		for _, w := range wanted {
			if cols[w.name] != "" {
				continue
			}
			add := "ALTER TABLE users ADD COLUMN " + w.name + " " + w.sqlite
			if s.engine == Postgres { // another node may adopt at the same time
				add = "ALTER TABLE users ADD COLUMN IF NOT EXISTS " + w.name + " " + w.postgres
			}
			if _, err := t.ExecContext(ctx, add); err != nil {
				return err
			}
			if w.name == "role" && cols["is_superuser"] != "" {
				if _, err := t.ExecContext(ctx, "UPDATE users SET role = 'admin' WHERE is_superuser"); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// refuseDoubles stops where two rows differ only in the case of their address:
// which of them is meant at login would be a guess.
func (s *Store) refuseDoubles(ctx context.Context) error {
	return s.read(ctx, "look for doubled addresses", func(ctx context.Context, db *sql.DB) error {
		var n int64
		err := db.QueryRowContext(ctx, `SELECT COUNT(*) FROM (
			SELECT lower(email) FROM users GROUP BY lower(email) HAVING COUNT(*) > 1) AS doubled`).Scan(&n)
		if err != nil {
			return err
		}
		if n > 0 {
			return fmt.Errorf("%d addresses stand more than once in the users table, differing only in case: "+
				"merge those rows, then start again. They are listed by: "+
				"SELECT lower(email), count(*) FROM users GROUP BY lower(email) HAVING count(*) > 1", n)
		}
		return nil
	})
}

// columns gives the columns of a table with their types, empty if there is no
// such table.
func (s *Store) columns(ctx context.Context, db querier, table string) (map[string]string, error) {
	query := `SELECT name, type FROM pragma_table_info($1)`
	if s.engine == Postgres {
		query = `SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute
			WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped`
	}
	rows, err := db.QueryContext(ctx, query, table)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	cols := map[string]string{}
	for rows.Next() {
		var name, kind string
		if err := rows.Scan(&name, &kind); err != nil {
			return nil, err
		}
		cols[strings.ToLower(name)] = kind + " " // never empty, even for SQLite's untyped columns
	}
	return cols, errors.Join(rows.Err(), rows.Close())
}
