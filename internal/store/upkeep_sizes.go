package store

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

// Overdue counts sessions that ended before then and are still there.
func (s *Store) Overdue(ctx context.Context, before time.Time) (n int64, err error) {
	err = s.read(ctx, "look for sessions that ended long ago", func(ctx context.Context, db *sql.DB) error {
		return db.QueryRowContext(ctx, `SELECT COUNT(*) FROM sessions WHERE expires_ms < $1 OR ended_ms > 0 AND ended_ms < $1`,
			millis(before)).Scan(&n)
	})
	return n, err
}

// Sizes tells how large the database is, and how many rows its tables have:
// counted by SQLite, and for PostgreSQL what it believes of itself.
func (s *Store) Sizes(ctx context.Context) (api.MaintenanceSizes, error) {
	if s.engine == SQLite {
		return s.sqliteSizes(ctx)
	}
	var sizes api.MaintenanceSizes
	err := s.read(ctx, "ask for the sizes of the tables", func(ctx context.Context, db *sql.DB) error {
		sizes.Tables = []api.TableSize{}
		if err := db.QueryRowContext(ctx, `SELECT pg_database_size(current_database())`).Scan(&sizes.Bytes); err != nil {
			return err
		}
		return each(ctx, db, `SELECT relname, n_live_tup, pg_total_relation_size(relid) FROM pg_stat_user_tables
			WHERE schemaname = ANY (current_schemas(false)) ORDER BY relname`, nil, func(row scanner) error {
			var t api.TableSize
			err := row.Scan(&t.Table, &t.Rows, &t.Bytes)
			sizes.Tables = append(sizes.Tables, t)
			return err
		})
	})
	return sizes, err
}

// sqliteSizes counts table by table, each within the time of one question. One
// that is too large to be counted so is left out.
func (s *Store) sqliteSizes(ctx context.Context) (sizes api.MaintenanceSizes, err error) {
	var tables []string
	err = s.read(ctx, "list the tables", func(ctx context.Context, db *sql.DB) error {
		tables = nil
		if err := db.QueryRowContext(ctx, `SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()`).
			Scan(&sizes.Bytes); err != nil {
			return err
		}
		return each(ctx, db, `SELECT m.name FROM sqlite_master m
			WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite!_%' ESCAPE '!'`+notSearch+` ORDER BY m.name`, nil, func(row scanner) error {
			var name string
			err := row.Scan(&name)
			tables = append(tables, name)
			return err
		})
	})
	sizes.Tables = []api.TableSize{}
	for _, name := range tables {
		t := api.TableSize{Table: name}
		counted := s.read(ctx, "count the rows of "+name, func(ctx context.Context, db *sql.DB) error {
			return db.QueryRowContext(ctx, `SELECT COUNT(*) FROM `+`"`+strings.ReplaceAll(name, `"`, `""`)+`"`).Scan(&t.Rows)
		})
		if counted == nil {
			sizes.Tables = append(sizes.Tables, t)
		}
	}
	return sizes, err
}
