package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Blocker is a session of the database that others wait for, or would.
type Blocker struct {
	PID               int
	Table, Mode       string
	User, Application string
	Address, State    string
	Age               time.Duration
	Waiting           int
}

// String puts it into one line; what it ran is left out, for it may hold secrets.
func (b Blocker) String() string {
	if b.PID == 0 {
		return "a prepared transaction (see pg_prepared_xacts) holds " + b.Held()
	}
	text := fmt.Sprintf("process %d (user %s, application %q, from %s, %s) has held %s for "+
		"%s", b.PID, b.User, b.Application,
		orWord(b.Address, "this machine"), orWord(b.State, "state hidden"), b.Held(), b.Age.Round(time.Second))
	if b.Waiting > 0 {
		text += fmt.Sprintf("; %d sessions wait for it", b.Waiting)
	}
	return text
}

// Held names what it holds.
func (b Blocker) Held() string {
	if b.Table == "" {
		return "rows that others want"
	}
	return b.Mode + " on " + b.Table
}

func orWord(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// Blockers lists sessions that hold a lock on one of our tables with which
// nothing can be written, and those for which somebody waits. The locks of
// reading, writing, VACUUM and CREATE INDEX CONCURRENTLY are none of them.
func (s *Store) Blockers(ctx context.Context, tables []string) (list []Blocker, err error) {
	if s.engine != Postgres {
		return nil, nil
	}
	err = s.read(ctx, "look for locks", func(ctx context.Context, db *sql.DB) error {
		list = nil
		return each(ctx, db, `WITH held AS (
				SELECT l.pid, min(c.relname) AS name, min(l.mode) AS mode FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
				WHERE l.granted AND l.locktype = 'relation' AND pg_table_is_visible(c.oid) AND c.relname = ANY($1)
				AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
				AND l.mode IN ('AccessExclusiveLock', 'ExclusiveLock', 'ShareRowExclusiveLock', 'ShareLock') GROUP BY l.pid
			), waits AS (
				SELECT b.pid, count(*) AS n FROM pg_stat_activity a, unnest(pg_blocking_pids(a.pid)) AS b(pid)
				WHERE a.datname = current_database() AND a.wait_event_type = 'Lock' GROUP BY b.pid
			)
			SELECT COALESCE(p.pid, 0), COALESCE(h.name, ''), COALESCE(h.mode, ''), COALESCE(a.usename, ''), COALESCE(a.application_name, ''),
				COALESCE(host(a.client_addr), ''), COALESCE(a.state, ''),
				CAST(COALESCE(EXTRACT(EPOCH FROM clock_timestamp() - COALESCE(a.xact_start, a.state_change)), 0) AS float8), COALESCE(w.n, 0)
			FROM (SELECT pid FROM held UNION SELECT pid FROM waits) p LEFT JOIN held h ON h.pid IS NOT DISTINCT FROM p.pid
			LEFT JOIN waits w ON w.pid = p.pid LEFT JOIN pg_stat_activity a ON a.pid = p.pid
			WHERE p.pid IS DISTINCT FROM pg_backend_pid() ORDER BY 8 DESC`, []any{tables}, func(row scanner) error {
			var b Blocker
			var age float64
			err := row.Scan(&b.PID, &b.Table, &b.Mode, &b.User, &b.Application, &b.Address, &b.State, &age, &b.Waiting)
			b.Age = time.Duration(age * float64(time.Second))
			list = append(list, b)
			return err
		})
	})
	return list, err
}
