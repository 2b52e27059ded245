package store

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Shape is what tables look like, as far as this program depends on it.
type Shape map[string]Table

// Table is one of them. Unique are the keys of its unique indexes, such as
// "id", "user_id,hash" or "lower(email)".
type Table struct {
	Columns map[string]Column
	Unique  []string
}

// Column is one column. Kind is its family ("text", "int", "bytes", "bool",
// "time"), Type what the engine calls it.
type Column struct {
	Kind, Type      string
	NotNull, Filled bool // Filled: it has a default
}

// Stage is the shape after one migration.
type Stage struct {
	Version int64
	Name    string
	Shape   Shape
}

// Stages runs the embedded migrations on an empty database in memory, so that
// what is expected cannot differ from what they make. The folders of both
// engines make the same tables and columns.
func Stages(ctx context.Context) ([]Stage, error) {
	s, err := Open(ctx, Options{Engine: SQLite, DSN: ":memory:", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, err
	}
	defer s.Close()
	p, err := s.provider()
	if err != nil {
		return nil, err
	}
	var stages []Stage
	for _, source := range p.ListSources() {
		if _, err := p.UpTo(ctx, source.Version); err != nil {
			return nil, err
		}
		shape, err := s.Shape(ctx)
		if err != nil {
			return nil, err
		}
		name, _, _ := strings.Cut(source.Path[strings.LastIndex(source.Path, "/")+1:], ".")
		stages = append(stages, Stage{Version: source.Version, Name: name, Shape: shape})
	}
	return stages, nil
}

// Shape reads what the tables of this database look like; of PostgreSQL those
// that search_path leads to.
func (s *Store) Shape(ctx context.Context) (Shape, error) {
	columns, uniques := sqliteColumns, sqliteUniques
	if s.engine == Postgres {
		columns, uniques = postgresColumns, postgresUniques
	}
	shape := Shape{}
	err := s.read(ctx, "read what the tables look like", func(ctx context.Context, db *sql.DB) error {
		clear(shape)
		err := each(ctx, db, columns, nil, func(row scanner) error {
			var table, name string
			var c Column
			var key bool
			if err := row.Scan(&table, &name, &c.Type, &c.NotNull, &c.Filled, &key); err != nil {
				return err
			}
			c.Kind = family(c.Type)
			t := shape[table]
			if t.Columns == nil {
				t.Columns = map[string]Column{}
			}
			t.Columns[name] = c
			if key {
				t.Unique = append(t.Unique, name)
			}
			shape[table] = t
			return nil
		})
		if err != nil {
			return err
		}
		return each(ctx, db, uniques, nil, func(row scanner) error {
			var table, key string
			if err := row.Scan(&table, &key); err != nil {
				return err
			}
			if t, ok := shape[table]; ok {
				t.Unique = append(t.Unique, plainKey(key))
				shape[table] = t
			}
			return nil
		})
	})
	return shape, err
}

// The columns: table, name, type, NOT NULL, default, and for SQLite whether it
// is the whole primary key, which may have no index of its own there.
const (
	sqliteColumns = `SELECT m.name, p.name, p.type, p."notnull" <> 0, p.dflt_value IS NOT NULL,
		p.pk = 1 AND (SELECT count(*) FROM pragma_table_info(m.name) q WHERE q.pk > 0) = 1
		FROM sqlite_master m JOIN pragma_table_info(m.name) p
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name NOT LIKE 'goose%'` + notSearch
	postgresColumns = `SELECT c.relname, a.attname, 
		CASE WHEN t.typtype = 'e' THEN 'enum' ELSE format_type(a.atttypid, NULL) END,
		a.attnotnull, a.atthasdef OR a.attidentity <> '', false
		FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid JOIN pg_type t ON t.oid = a.atttypid
		WHERE c.relkind IN ('r', 'p', 'v', 'f') AND pg_table_is_visible(c.oid) AND a.attnum > 0 AND NOT a.attisdropped
		AND c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
		AND c.relname NOT LIKE 'goose%'`
	// A key of an expression has no column: then the statement of the index tells.
	sqliteUniques = `SELECT m.name, CASE WHEN (SELECT count(*) FROM pragma_index_info(i.name) WHERE name IS NULL) > 0
		THEN (SELECT sql FROM sqlite_master x WHERE x.name = i.name)
		ELSE (SELECT group_concat(name, ',') FROM pragma_index_info(i.name)) END
		FROM sqlite_master m JOIN pragma_index_list(m.name) i
		WHERE m.type = 'table' AND m.name NOT LIKE 'goose%' AND i."unique" AND NOT i.partial` + notSearch
	postgresUniques = `SELECT c.relname, (SELECT string_agg(pg_get_indexdef(i.indexrelid, k, true), ',' ORDER BY k)
		FROM generate_series(1, i.indnkeyatts) k)
		FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
		WHERE i.indisunique AND i.indisvalid AND i.indpred IS NULL AND pg_table_is_visible(c.oid)
		AND c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)`
)

var ofIndex = regexp.MustCompile(`(?is)^create\s.*?\son\s+\S+?\s*\((.*)\)\s*$`)

// plainKey writes the key of an index in one way, whichever engine tells it.
func plainKey(key string) string {
	if m := ofIndex.FindStringSubmatch(key); m != nil {
		key = m[1]
	}
	plain := strings.NewReplacer(" ", "", `"`, "", "`", "", "::text", "", "::charactervarying", "")
	key = plain.Replace(strings.ToLower(key))
	return strings.ReplaceAll(strings.ReplaceAll(key, "((", "("), "))", ")")
}

// family is what a type is to this program.
func family(kind string) string {
	k := strings.ToLower(kind)
	has := func(parts ...string) bool {
		return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(k, p) })
	}
	switch {
	case has("bool"):
		return "bool"
	case has("smallint"):
		return "small"
	case k == "bigint", has("int8"):
		return "int"
	case has("int"):
		return "integer"
	case has("bytea", "blob", "binary"):
		return "bytes"
	case has("time", "date"):
		return "time"
	case has("char", "text", "citext", "enum", "string", "uuid", "clob"):
		return "text"
	}
	return k
}

// Tables lists the names in order.
func (s Shape) Tables() []string { return slices.Sorted(maps.Keys(s)) }

// Drift lists, in sentences, where tables are not as expected. Of a users table
// of another system only what this program reads is held against it.
func (s *Store) Drift(want, have Shape) (list []string) {
	for _, table := range want.Tables() {
		w, h := want[table], have[table]
		if h.Columns == nil {
			list = append(list, "the table "+table+" is missing")
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(w.Columns)) {
			got, there := h.Columns[name]
			switch {
			case !there:
				list = append(list, fmt.Sprintf("the column %s of %s is missing%s", name, table, strangers(w, h, w.Columns[name])))
			case !s.fits(table, name, w.Columns[name], got):
				list = append(list, fmt.Sprintf("the column %s of %s is of type %s, not %s",
					name, table, got.Type, strings.ToLower(w.Columns[name].Type)))
			}
		}
		for _, key := range w.Unique {
			if (table != "users" || key == "lower(email)") && !slices.Contains(h.Unique, key) {
				list = append(list, fmt.Sprintf("the unique index on %s (%s) is missing", table, key))
			}
		}
		for _, name := range slices.Sorted(maps.Keys(h.Columns)) {
			c := h.Columns[name]
			if _, known := w.Columns[name]; !known && c.NotNull && !c.Filled && (table != "users" || name != "is_superuser") {
				list = append(list, fmt.Sprintf("the column %s of %s must be filled (NOT NULL without a default), "+
					"and this program does not know it", name, table))
			}
		}
	}
	return list
}

// strangers names unknown columns that may be a missing one under another name.
func strangers(want, have Table, missing Column) string {
	var list []string
	for _, name := range slices.Sorted(maps.Keys(have.Columns)) {
		if _, known := want.Columns[name]; !known && have.Columns[name].Kind == missing.Kind {
			list = append(list, name)
		}
	}
	if len(list) == 0 {
		return ""
	}
	return "; of its type there is: " + strings.Join(list, ", ")
}

// fits says whether a column can do what the expected one does.
func (s *Store) fits(table, name string, want, have Column) bool {
	switch {
	case name == "user_id", table == "users" && name == "id":
		return true // an adopted table keeps its own kind of id
	case table == "users" && want.Kind == "time":
		return true // read in any form
	case s.engine == SQLite: // it keeps what is given to it; only what converts by itself is a danger
		numeric := func(k string) bool { return k == "int" || k == "integer" || k == "small" || k == "bool" }
		return want.Kind == have.Kind || numeric(want.Kind) && numeric(have.Kind) || have.Kind == ""
	case want.Kind == "integer": // the number of a row, which SQLite calls so
		return have.Kind == "int" || have.Kind == "integer"
	}
	return want.Kind == have.Kind
}
