package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"
)

// Place is a database as somebody finds it who wants to restore into it.
type Place struct {
	// Schema is its version, 0 for none.
	Schema int64
	// Occupied is set where somebody has an account or anything was decided.
	Occupied bool
	// Adopted is set where the users table is another program's, Foreign are the
	// tables that are not ours.
	Adopted bool
	Foreign []string
	// Servers are those that run on it.
	Servers []Node
	// Restored is what was restored here last, Used whether anything was decided
	// since.
	Restored RestoredMark
	Used     bool
}

// Place looks at this database. fresh is how lately a server must have said
// that it lives to count as one.
func (s *Store) Place(ctx context.Context, fresh time.Duration) (p Place, err error) {
	if p.Schema, _, err = s.Schema(ctx); err != nil {
		return p, err
	}
	users, err := s.columns(ctx, s.ro, "users")
	if err != nil {
		return p, classify("look at the users table", err)
	}
	err = s.read(ctx, "look at the tables", func(ctx context.Context, db *sql.DB) error {
		ours, foreign, err := s.backupTables(ctx, db)
		p.Foreign = foreign
		for _, t := range ours {
			if t.Name == "users" && err == nil {
				own, wrong := s.ownUsers(ctx, t)
				p.Adopted, err = !own, wrong
			}
		}
		return err
	})
	if err != nil || len(users) == 0 {
		return p, err
	}
	if p.Schema == 0 { // a users table of another program, before it was adopted
		return p, s.read(ctx, "look whether the database is empty", func(ctx context.Context, db *sql.DB) error {
			return db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM users)`).Scan(&p.Occupied)
		})
	}
	return p, s.inhabited(ctx, &p, fresh)
}

// inhabited looks who lives here, as far as the schema is there to tell.
func (s *Store) inhabited(ctx context.Context, p *Place, fresh time.Duration) error {
	for table, look := range map[string]func() error{
		"audit": func() error {
			return s.read(ctx, "look whether the database is empty", func(ctx context.Context, db *sql.DB) (err error) {
				p.Occupied, err = occupied(ctx, db)
				return err
			})
		},
		"nodes": func() (err error) {
			p.Servers, _, err = s.Nodes(ctx, fresh)
			return err
		},
		"facts": func() error {
			text, err := s.Fact(ctx, RestoredFact)
			if err == nil && text != "" {
				err = json.Unmarshal([]byte(text), &p.Restored)
			}
			if err != nil || p.Restored.ID == "" {
				return err
			}
			return s.read(ctx, "look whether it was used since", func(ctx context.Context, db *sql.DB) error {
				return db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM audit WHERE at_ms > $1)`, millis(p.Restored.At)).Scan(&p.Used)
			})
		},
	} {
		cols, err := s.columns(ctx, s.ro, table)
		if err == nil && len(cols) > 0 {
			err = look()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// AdoptAs makes the users table of another program in an empty database of
// PostgreSQL, before the migrations that build on it.
func (s *Store) AdoptAs(ctx context.Context, statements []string) error {
	if s.engine != Postgres || len(statements) == 0 {
		return nil
	}
	return s.write(ctx, "make the users table as it was", func(ctx context.Context, t *tx) error {
		if cols, err := s.columns(ctx, t, "users"); err != nil || len(cols) > 0 {
			return err // an earlier try came so far
		}
		for _, one := range statements {
			if _, err := t.ExecContext(ctx, one); err != nil {
				return fmt.Errorf("%s: %w", one, err)
			}
		}
		return nil
	})
}
