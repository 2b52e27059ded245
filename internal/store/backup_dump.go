package store

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/aiwfe/aiwfe-auth/internal/backup"
)

var _ backup.Store = (*Store)(nil)

// Dump reads everything as of one moment, while others go on writing: what was
// acknowledged before it began is in. On SQLite that is one read transaction,
// on PostgreSQL one that is repeatable and read-only, which a pooler keeps on
// one connection. It takes as long as it takes.
func (s *Store) Dump(ctx context.Context, begin func(backup.Origin) (backup.Sink, error)) error {
	if _, _, err := s.Schema(ctx); err != nil {
		return err
	}
	t, err := s.snapshot(ctx)
	if err != nil {
		return classify("begin to read the whole database", err)
	}
	defer func() { _ = t.Rollback() }()
	o, err := s.origin(ctx, t)
	if err != nil {
		return classify("look at what there is to back up", err)
	}
	sink, err := begin(o)
	if err != nil {
		return err
	}
	for _, one := range o.Tables {
		if err := s.dumpTable(ctx, t, one, sink); err != nil {
			return classify("read the table "+one.Name, err)
		}
	}
	return nil
}

func (s *Store) snapshot(ctx context.Context) (*sql.Tx, error) {
	o := &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead}
	if s.engine == SQLite {
		o = nil // every transaction of the readers is both
	}
	t, err := s.ro.BeginTx(ctx, o)
	if err != nil || s.engine == SQLite {
		return t, err
	}
	for _, set := range []string{"statement_timeout = 0", "DateStyle = 'ISO, YMD'", "TimeZone = 'UTC'", "extra_float_digits = 3"} {
		if _, err := t.ExecContext(ctx, "SET LOCAL "+set); err != nil {
			_ = t.Rollback()
			return nil, err
		}
	}
	return t, nil
}

// origin tells what the database is, within the snapshot.
func (s *Store) origin(ctx context.Context, t *sql.Tx) (o backup.Origin, err error) {
	o.Engine = s.engine
	version := `SELECT sqlite_version()`
	if s.engine == Postgres {
		version = `SELECT current_setting('server_version')`
	}
	var ms int64
	if err := t.QueryRowContext(ctx, version).Scan(&o.EngineVersion); err != nil {
		return o, err
	}
	if err := t.QueryRowContext(ctx, `SELECT COALESCE(MAX(version_id), 0), `+s.clock()+` FROM goose_db_version WHERE is_applied`).
		Scan(&o.Schema, &ms); err != nil {
		return o, err
	}
	o.At = fromMillis(ms)
	newest, _, err := s.known()
	if err != nil {
		return o, err
	}
	if o.Schema > newest { // whose tables would be taken for those of another program
		return o, fmt.Errorf("the database has schema version %d, this program knows only up to %d, and would leave out what it does not know: "+
			"make the backup with the newer program", o.Schema, newest)
	}
	if o.Tables, o.Foreign, err = s.backupTables(ctx, t); err != nil {
		return o, err
	}
	if o.Counters, err = s.counters(ctx, t, o.Tables); err != nil {
		return o, err
	}
	if s.engine == SQLite {
		for i, one := range o.Tables {
			if err := t.QueryRowContext(ctx, `SELECT COUNT(*) FROM `+quoted(one.Name)).Scan(&o.Tables[i].Rough); err != nil {
				return o, err
			}
		}
	}
	o.Adopted, err = s.adopted(ctx, t, o.Tables)
	return o, err
}

// counters are the last numbers that were given out.
func (s *Store) counters(ctx context.Context, t *sql.Tx, tables []backup.Table) (map[string]int64, error) {
	all := map[string]int64{}
	if s.engine == SQLite {
		return all, each(ctx, t, `SELECT name, seq FROM sqlite_sequence`, nil, func(row scanner) error {
			var name string
			var last int64
			err := row.Scan(&name, &last)
			all[name] = last
			return err
		})
	}
	for _, one := range tables {
		var last sql.NullInt64
		if !hasID(one) {
			continue
		}
		err := t.QueryRowContext(ctx, `SELECT pg_sequence_last_value(pg_get_serial_sequence($1, $2)::regclass)`,
			quoted(one.Name), "id").Scan(&last)
		if err != nil {
			return nil, err
		}
		if last.Valid {
			all[one.Name] = last.Int64
		}
	}
	return all, nil
}

func hasID(t backup.Table) bool {
	for _, c := range t.Columns {
		if c.Name == "id" {
			return true
		}
	}
	return false
}

func (s *Store) dumpTable(ctx context.Context, t *sql.Tx, one backup.Table, sink backup.Sink) error {
	if err := sink.Table(one); err != nil {
		return err
	}
	rows, err := t.QueryContext(ctx, `SELECT `+s.picked(one)+` FROM `+quoted(one.Name))
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	values, dest := make([]any, len(one.Columns)), make([]any, len(one.Columns))
	for i := range values {
		dest[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return err
		}
		for i, c := range one.Columns {
			values[i] = s.kept(c, values[i])
		}
		if err := sink.Row(values); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return sink.End()
}

// kept is a value as the backup keeps it.
func (s *Store) kept(c backup.Column, v any) any {
	if n, ok := v.(int64); ok && s.engine == Postgres && c.Kind == backup.Time {
		return backup.Moment(n)
	}
	return v
}
