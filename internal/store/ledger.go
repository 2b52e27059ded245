package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"
)

// Ledger is what the database remembers of its migrations.
type Ledger struct {
	// There says whether the ledger exists where search_path leads; Elsewhere
	// are other schemas that hold one with our tables.
	There     bool
	Elsewhere []string
	// Shut are those of Elsewhere that this user has no right to look into.
	Shut    []string
	Path    string // search_path as it holds
	Applied []int64
	// LockedBy is who holds the lock of migrations, until when and since when.
	LockedBy      string
	Since, Lapses time.Time
	Now           time.Time // of the database
	// Usable says of a version newer than this program that it may go on.
	Usable bool
}

// Ledger reads it.
func (s *Store) Ledger(ctx context.Context) (l Ledger, err error) {
	err = s.read(ctx, "read the migration ledger", func(ctx context.Context, db *sql.DB) error {
		l = Ledger{}
		cols, err := s.columns(ctx, db, "goose_db_version")
		if err != nil {
			return err
		}
		l.There = len(cols) > 0
		if l.There {
			if err := s.applied(ctx, db, &l); err != nil {
				return err
			}
			if err := s.usable(ctx, &l); err != nil {
				return err
			}
		}
		if s.engine != Postgres {
			return nil
		}
		if err := s.holder(ctx, db, &l); err != nil {
			return err
		}
		if err := db.QueryRowContext(ctx, `SELECT current_setting('search_path')`).Scan(&l.Path); err != nil {
			return err
		}
		return each(ctx, db, `SELECT n.nspname, has_schema_privilege(n.oid, 'USAGE') FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
			WHERE c.relname = 'sessions' AND c.relkind IN ('r', 'p') AND NOT pg_table_is_visible(c.oid)
			AND EXISTS (SELECT 1 FROM pg_class d WHERE d.relnamespace = n.oid AND d.relname = 'goose_db_version') ORDER BY 1`, nil,
			func(row scanner) error {
				var name string
				var may bool
				err := row.Scan(&name, &may)
				l.Elsewhere = append(l.Elsewhere, name)
				if !may {
					l.Shut = append(l.Shut, name)
				}
				return err
			})
	})
	return l, err
}

// usable reads what a newer program promised, where there is one.
func (s *Store) usable(ctx context.Context, l *Ledger) error {
	newest, _, err := s.known()
	if err != nil || len(l.Applied) == 0 || slices.Max(l.Applied) <= newest {
		return err
	}
	said, err := s.promised(ctx)
	l.Usable = said.usable(slices.Max(l.Applied), newest)
	return err
}

// applied reads the last word on each version: a step taken back has a later row.
func (s *Store) applied(ctx context.Context, db *sql.DB, l *Ledger) error {
	return each(ctx, db, `SELECT version_id, is_applied FROM goose_db_version WHERE version_id > 0 ORDER BY id`, nil, func(row scanner) error {
		var version int64
		var on bool
		if err := row.Scan(&version, &on); err != nil {
			return err
		}
		l.Applied = slices.DeleteFunc(l.Applied, func(v int64) bool { return v == version })
		if on {
			l.Applied = append(l.Applied, version)
		}
		return nil
	})
}

// holder reads the row of the lock, where a migration ever ran.
func (s *Store) holder(ctx context.Context, db *sql.DB, l *Ledger) error {
	cols, err := s.columns(ctx, db, "goose_lock")
	if err != nil || len(cols) == 0 {
		return err
	}
	var by sql.NullString
	var since, lapses sql.NullTime
	err = db.QueryRowContext(ctx, `SELECT locked_by, locked_at, lease_expires_at, now() FROM goose_lock WHERE locked
		ORDER BY lease_expires_at DESC LIMIT 1`).Scan(&by, &since, &lapses, &l.Now)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	l.LockedBy, l.Since, l.Lapses = by.String, since.Time, lapses.Time
	return err
}

// Lacking lists, in sentences, the rights that this user lacks on our tables.
func (s *Store) Lacking(ctx context.Context, tables []string) (list []string, err error) {
	if s.engine != Postgres {
		return nil, nil
	}
	err = s.read(ctx, "look at the rights", func(ctx context.Context, db *sql.DB) error {
		list = nil
		return each(ctx, db, `SELECT c.relname || ': ' || CASE WHEN r.right_ = 'rows' THEN 'row level security hides its rows' ELSE 'no ' || r.right_ END
			FROM pg_class c, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'rows']) WITH ORDINALITY AS r(right_, n)
			WHERE c.relname = ANY($1) AND c.relkind IN ('r', 'p') AND pg_table_is_visible(c.oid)
			AND CASE WHEN r.right_ = 'rows' THEN row_security_active(c.oid) ELSE NOT has_table_privilege(c.oid, r.right_) END
			AND (c.relname <> 'audit' OR r.right_ NOT IN ('DELETE')) ORDER BY c.relname, r.n`,
			[]any{tables}, func(row scanner) error {
				var text string
				err := row.Scan(&text)
				list = append(list, text)
				return err
			})
	})
	return list, err
}

// Doubles counts addresses that stand more than once, and gives some with the
// ids of their rows. It reads the whole table: ask it only where no index
// forbids them.
func (s *Store) Doubles(ctx context.Context) (count int, some []string, err error) {
	list := `string_agg(CAST(id AS text), ', ')`
	if s.engine == SQLite {
		list = `group_concat(id, ', ')`
	}
	err = s.read(ctx, "look for doubled addresses", func(ctx context.Context, db *sql.DB) error {
		count, some = 0, nil
		return each(ctx, db, `SELECT `+list+`, count(*) OVER () FROM users GROUP BY lower(trim(email)) HAVING count(*) > 1 LIMIT 3`, nil,
			func(row scanner) error {
				var ids string
				err := row.Scan(&ids, &count)
				some = append(some, ids)
				return err
			})
	})
	return count, some, err
}
