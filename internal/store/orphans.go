package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// Orphans lists, in sentences, what belongs to accounts that are not there.
// PostgreSQL's foreign keys allow none; SQLite keeps to them only where the
// program that writes turned them on.
func (s *Store) Orphans(ctx context.Context) (found []string, err error) {
	for _, table := range []string{"sessions", "factors", "devices"} {
		missing := `NOT EXISTS (SELECT 1 FROM users u WHERE u.id = t.user_id)`
		if s.engine == SQLite { // found by the index of users, not by a walk through it
			missing = `t.user_id NOT IN (SELECT CAST(id AS TEXT) FROM users)`
		}
		var n int
		var ids sql.NullString
		list := `string_agg(DISTINCT CAST(user_id AS TEXT), ',')`
		if s.engine == SQLite {
			list = `group_concat(DISTINCT user_id)`
		}
		err := s.read(ctx, "look for what belongs to nobody", func(ctx context.Context, db *sql.DB) error {
			return db.QueryRowContext(ctx, `SELECT count(*), `+list+`
				FROM (SELECT user_id FROM `+table+` t WHERE `+missing+` LIMIT 1000) AS gone`).Scan(&n, &ids)
		})
		if err != nil {
			return nil, err
		}
		if n > 0 {
			some := strings.Split(ids.String, ",")
			found = append(found, fmt.Sprintf("%d rows of %s, of the accounts "+
				"%s", n, table, strings.Join(some[:min(len(some), 3)], ", ")))
		}
	}
	return found, nil
}
