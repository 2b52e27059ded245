package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aiwfe/aiwfe-auth/internal/backup"
)

// passing are the tables of what runs at this moment: a backup has no use for
// the rows of servers that are long gone, nor for what they were doing.
var passing = []string{"nodes", "leases"}

// backupTables describes the tables of ours as they stand, those first that
// others lean on, and names the others. What there is to copy is read from the
// database and never from a list: a new step needs no word here.
func (s *Store) backupTables(ctx context.Context, db querier) (ours []backup.Table, foreign []string, err error) {
	stages, err := Stages(ctx)
	if err != nil {
		return nil, nil, err
	}
	known := stages[len(stages)-1].Shape
	query := sqliteInOrder
	if s.engine == Postgres {
		query = postgresInOrder
	}
	all := map[string]*backup.Table{}
	err = each(ctx, db, query, nil, func(row scanner) error {
		var table, name, kind string
		var rough int64
		if err := row.Scan(&table, &name, &kind, &rough); err != nil {
			return err
		}
		if all[table] == nil {
			all[table] = &backup.Table{Name: table, Rough: rough}
		}
		all[table].Columns = append(all[table].Columns, backup.Column{Name: name, Kind: s.kindOf(table, name, kind), Type: kind})
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	leans, err := s.leaning(ctx, db)
	if err != nil {
		return nil, nil, err
	}
	for _, name := range inOrder(slices.Sorted(maps.Keys(all)), leans) {
		switch _, is := known[name]; {
		case !is:
			foreign = append(foreign, name)
		case !slices.Contains(passing, name):
			ours = append(ours, *all[name])
		}
	}
	return ours, foreign, nil
}

// The columns of every table, in their order, and about how many rows it has.
const (
	sqliteInOrder = `SELECT m.name, p.name, p.type, 0
		FROM sqlite_master m JOIN pragma_table_info(m.name) p
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name NOT LIKE 'goose%'` + notSearch + ` ORDER BY m.name, p.cid`
	postgresInOrder = `SELECT c.relname, a.attname, format_type(a.atttypid, NULL), CAST(GREATEST(c.reltuples, 0) AS bigint)
		FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
		WHERE c.relkind IN ('r', 'p') AND pg_table_is_visible(c.oid) AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
		AND c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
		AND c.relname NOT LIKE 'goose%' ORDER BY c.relname, a.attnum`
	sqliteLeaning   = `SELECT m.name, f."table" FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table'`
	postgresLeaning = `SELECT CAST(conrelid::regclass AS text), CAST(confrelid::regclass AS text) FROM pg_constraint WHERE contype = 'f'`
)

// leaning tells which tables each table has foreign keys into.
func (s *Store) leaning(ctx context.Context, db querier) (map[string][]string, error) {
	query := sqliteLeaning
	if s.engine == Postgres {
		query = postgresLeaning
	}
	leans := map[string][]string{}
	return leans, each(ctx, db, query, nil, func(row scanner) error {
		var table, on string
		err := row.Scan(&table, &on)
		leans[table] = append(leans[table], on)
		return err
	})
}

// inOrder puts each name behind those that it leans on.
func inOrder(names []string, leans map[string][]string) (list []string) {
	seen := map[string]bool{}
	var visit func(string)
	visit = func(name string) {
		if seen[name] || !slices.Contains(names, name) {
			return
		}
		seen[name] = true
		for _, on := range leans[name] {
			visit(on)
		}
		list = append(list, name)
	}
	for _, name := range names {
		visit(name)
	}
	return list
}

// kindOf is what a column holds, whatever its engine calls it.
func (s *Store) kindOf(table, name, kind string) backup.Kind {
	k := strings.ToLower(kind)
	switch {
	case name == "user_id", table == "users" && name == "id":
		return backup.Key
	case s.engine == Postgres && !strings.HasPrefix(k, "timestamp") && family(k) == "time", strings.Contains(k, "[]"):
		return backup.Text // a date, an interval, an array: as it is written
	case k == "real", k == "double precision", s.engine == SQLite && (strings.Contains(k, "floa") || strings.Contains(k, "doub")):
		return backup.Real
	}
	switch family(k) {
	case "bool":
		return backup.Bool
	case "small", "int", "integer":
		return backup.Int
	case "bytes":
		return backup.Bytes
	case "time":
		return backup.Time
	}
	return backup.Text
}

// quoted is a name as a statement takes it.
func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// picked are the columns of a SELECT whose values come as a backup keeps them.
func (s *Store) picked(t backup.Table) string {
	list := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		list[i] = s.pick(c)
	}
	return strings.Join(list, ", ")
}

func (s *Store) pick(c backup.Column) string {
	name := quoted(c.Name)
	if s.engine == SQLite {
		return "+" + name // an expression has no declared type by which the driver would turn its value into another one
	}
	switch c.Kind {
	case backup.Int:
		return "CAST(" + name + " AS bigint)"
	case backup.Key:
		if family(c.Type) == "int" || family(c.Type) == "integer" || family(c.Type) == "small" {
			return "CAST(" + name + " AS bigint)"
		}
	case backup.Bool, backup.Bytes:
		return name
	case backup.Real:
		return "CAST(" + name + " AS double precision)"
	case backup.Time:
		return fmt.Sprintf("CAST(EXTRACT(EPOCH FROM %s) * 1000000 AS bigint)", name)
	}
	return "CAST(" + name + " AS text)"
}
