package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"strings"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// fit is what an adopted users table asks of those who write to it. The zero
// value is our own table.
type fit struct {
	// superuser is set when FastAPI-Users' is_superuser must be filled.
	superuser bool
	// id is the type of ids that the old system made by itself, not the
	// database: "" is none, else a text or a UUID.
	id string
	// reuses is set when the table gives the id of the account that was deleted
	// last to the next one: SQLite does where AUTOINCREMENT is missing.
	reuses bool
	// parts is set where parts of addresses and names are in an index.
	parts bool
	// labels are the values of an enumeration, by column and lower-cased value.
	labels map[string]map[string]string
}

// learn looks at what the table is like now.
func (s *Store) learn(ctx context.Context) error {
	cols, err := s.columns(ctx, s.ro, "users")
	if err != nil {
		return classify("look at the users table", err)
	}
	f := fit{superuser: cols["is_superuser"] != ""}
	if f.id, err = s.idToMake(ctx, cols["id"]); err != nil {
		return classify("look at the ids of the users table", err)
	}
	if f.reuses, err = s.reusesIDs(ctx, cols["id"]); err != nil {
		return classify("look at the ids of the users table", err)
	}
	if err = s.ro.QueryRowContext(ctx, s.partsIndexed()).Scan(&f.parts); err != nil {
		return classify("look for the index of parts of addresses", err)
	}
	if f.labels, err = s.enumLabels(ctx, s.ro); err != nil {
		return classify("look at the enumerations of the users table", err)
	}
	s.fit.Store(&f)
	return nil
}

// idToMake gives the type of the id column when the database fills it by no
// default of its own.
func (s *Store) idToMake(ctx context.Context, kind string) (string, error) {
	kind = strings.ToLower(strings.TrimSpace(kind))
	if kind == "" || strings.Contains(kind, "int") {
		return "", nil
	}
	query := `SELECT dflt_value IS NOT NULL FROM pragma_table_info('users') WHERE name = 'id'`
	if s.engine == Postgres {
		query = `SELECT atthasdef OR attidentity <> '' FROM pg_attribute WHERE attrelid = to_regclass('users') AND attname = 'id'`
	}
	var filled bool
	if err := s.ro.QueryRowContext(ctx, query).Scan(&filled); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", err
	}
	if filled {
		return "", nil
	}
	return kind, nil
}

func (s *Store) reusesIDs(ctx context.Context, kind string) (reuses bool, err error) {
	if s.engine != SQLite || !strings.Contains(strings.ToLower(kind), "int") {
		return false, nil
	}
	err = s.ro.QueryRowContext(ctx, `SELECT upper(sql) NOT LIKE '%AUTOINCREMENT%' FROM sqlite_master
		WHERE type = 'table' AND name = 'users'`).Scan(&reuses)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return reuses, err
}

// nextID is the id that no account has ever had, in a table that would give it
// out again: the audit tells of accounts by their ids for longer than they live.
const nextID = `1 + max((SELECT COALESCE(MAX(id), 0) FROM users),
	(SELECT COALESCE(MAX(CAST(value AS INTEGER)), 0) FROM facts WHERE name = 'last_user'))`

// retire remembers the id of an account that is being deleted.
func (t *tx) retire(ctx context.Context, id account.ID) error {
	if !t.s.fit.Load().reuses {
		return nil
	}
	_, err := t.ExecContext(ctx, `INSERT INTO facts (name, value) VALUES ('last_user', $1) ON CONFLICT (name) DO UPDATE
		SET value = CAST(max(CAST(facts.value AS INTEGER), CAST(excluded.value AS INTEGER)) AS TEXT)`, string(id))
	return err
}

// enumLabels reads which values role and status may have where they are
// enumerations of PostgreSQL.
func (s *Store) enumLabels(ctx context.Context, db querier) (map[string]map[string]string, error) {
	labels := map[string]map[string]string{}
	if s.engine != Postgres {
		return labels, nil
	}
	err := each(ctx, db, `SELECT a.attname, e.enumlabel FROM pg_attribute a JOIN pg_enum e ON e.enumtypid = a.atttypid
		WHERE a.attrelid = to_regclass('users') AND a.attname IN ('role', 'status')`, nil, func(row scanner) error {
		var column, label string
		err := row.Scan(&column, &label)
		if labels[column] == nil {
			labels[column] = map[string]string{}
		}
		labels[column][strings.ToLower(label)] = label
		return err
	})
	return labels, err
}

// label is a value as the column spells it: SQLAlchemy writes the names of a
// Python enumeration, which are usually capitals.
func (f *fit) label(column, value string) string {
	if label, ok := f.labels[column][value]; ok {
		return label
	}
	return value
}

func (f *fit) spelled(column string, value *string) *string {
	if value == nil {
		return nil
	}
	label := f.label(column, *value)
	return &label
}

// newID makes an id as the old system did: a random UUID (RFC 9562 section
// 5.4), without hyphens where the column has room for 32 characters only.
func (f *fit) newID() string {
	b := secret.Random(16)
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	h := hex.EncodeToString(b)
	if strings.Contains(f.id, "(32)") {
		return h
	}
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// addLabels gives an enumeration the values that it lacks. The new ones count
// from the commit on.
func (t *tx) addLabels(ctx context.Context) error {
	labels, err := t.s.enumLabels(ctx, t)
	if err != nil {
		return err
	}
	for column, values := range map[string][]string{
		"role":   {account.RoleUser, account.RoleAdmin},
		"status": {account.StatusActive, account.StatusPending, account.StatusDisabled, account.StatusLocked},
	} {
		if labels[column] == nil {
			continue
		}
		for _, value := range values {
			if _, has := labels[column][value]; has {
				continue
			}
			var kind string
			err := t.QueryRowContext(ctx, `SELECT atttypid::regtype::text FROM pg_attribute
				WHERE attrelid = to_regclass('users') AND attname = $1`, column).Scan(&kind)
			if err != nil {
				return err
			}
			if _, err := t.ExecContext(ctx, `ALTER TYPE `+kind+` ADD VALUE IF NOT EXISTS '`+value+`'`); err != nil {
				return err
			}
		}
	}
	return nil
}
