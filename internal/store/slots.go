package store

import (
	"context"
	"database/sql"
	"fmt"
)

// Slots are the connections of a PostgreSQL server.
type Slots struct {
	// Max is max_connections, Reserved what only superusers and the like get.
	Max, Reserved int
	// Role and Database are limits of the user and the database, -1 for none.
	Role, Database int
	// Used is how many are taken now, Ours those of this user in this database.
	Used, Ours int
}

// Free is how many connections this user may have in all.
func (s Slots) Allowed() int {
	n := s.Max - s.Reserved
	for _, limit := range []int{s.Role, s.Database} {
		if limit >= 0 {
			n = min(n, limit)
		}
	}
	return n
}

// String puts it into one line.
func (s Slots) String() string {
	limits := ""
	if s.Role >= 0 {
		limits += fmt.Sprintf(", %d for this role", s.Role)
	}
	if s.Database >= 0 {
		limits += fmt.Sprintf(", %d for this database", s.Database)
	}
	return fmt.Sprintf("max_connections is %d, %d of them reserved%s; %d are in use, %d by this user in this database",
		s.Max, s.Reserved, limits, s.Used, s.Ours)
}

// Slots counts the connections of PostgreSQL.
func (s *Store) Slots(ctx context.Context) (c Slots, err error) {
	err = s.read(ctx, "count the connections", func(ctx context.Context, db *sql.DB) error {
		return db.QueryRowContext(ctx, `SELECT CAST(current_setting('max_connections') AS int),
			CAST(current_setting('superuser_reserved_connections') AS int) + COALESCE(CAST(current_setting('reserved_connections', true) AS int), 0),
			(SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user),
			(SELECT datconnlimit FROM pg_database WHERE datname = current_database()),
			(SELECT CAST(COALESCE(sum(numbackends), 0) AS int) FROM pg_stat_database),
			(SELECT CAST(count(*) AS int) FROM pg_stat_activity WHERE usename = current_user AND datname = current_database())`).
			Scan(&c.Max, &c.Reserved, &c.Role, &c.Database, &c.Used, &c.Ours)
	})
	return c, err
}
