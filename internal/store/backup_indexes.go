package store

import (
	"context"
	"database/sql"
)

// index is one that is made anew after the rows are in.
type index struct{ name, made string }

// dropIndexes takes the indexes of SQLite away while rows come in: to sort them
// once at the end costs far less than to find the place of each row in each. What
// keeps rows unique stays, and so refuses as early as it can.
func (l *loading) dropIndexes() (list []index, err error) {
	if l.s.engine != SQLite {
		return nil, nil
	}
	return setAside(l.ctx, l.Tx, `SELECT m.name, m.sql FROM sqlite_master m JOIN pragma_index_list(m.tbl_name) i ON i.name = m.name
		WHERE m.type = 'index' AND m.sql IS NOT NULL AND NOT i."unique" AND m.tbl_name NOT LIKE 'goose%'`, `DROP INDEX `)
}

// setAside takes away what a query names, and keeps the words that make it again.
func setAside(ctx context.Context, t *sql.Tx, query, drop string) (list []index, err error) {
	err = each(ctx, t, query, nil, func(row scanner) error {
		var one index
		err := row.Scan(&one.name, &one.made)
		list = append(list, one)
		return err
	})
	for _, one := range list {
		if err == nil {
			_, err = t.ExecContext(ctx, drop+quoted(one.name))
		}
	}
	return list, err
}

// makeAgain puts it back.
func makeAgain(ctx context.Context, t *sql.Tx, list []index) error {
	for _, one := range list {
		if _, err := t.ExecContext(ctx, one.made); err != nil {
			return err
		}
	}
	return nil
}
