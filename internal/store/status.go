package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/figures"
)

// Pool is how a pool of connections is used now.
type Pool struct {
	// Size is the most connections there may be; Open are there now, InUse are
	// busy, Idle are free. Waits counts how often somebody had to wait for one,
	// WaitTime for how long in all.
	Size, Open, InUse, Idle int
	Waits                   int64
	WaitTime                time.Duration
}

// Version asks the engine for its version; an answer means that it is reached.
func (s *Store) Version(ctx context.Context) (version string, err error) {
	query := `SELECT sqlite_version()`
	if s.engine == Postgres {
		query = `SELECT current_setting('server_version')`
	}
	err = s.read(ctx, "reach the database", func(ctx context.Context, db *sql.DB) error {
		return db.QueryRowContext(ctx, query).Scan(&version)
	})
	return version, err
}

// Pools gives the figures of each pool by name: "main", and for SQLite also
// "write", the one connection that all writes go through.
func (s *Store) Pools() map[string]Pool {
	if s.pool != nil {
		st := s.pool.Stat()
		return map[string]Pool{"main": {
			Size: int(st.MaxConns()), Open: int(st.TotalConns()), InUse: int(st.AcquiredConns()), Idle: int(st.IdleConns()),
			Waits: st.EmptyAcquireCount(), WaitTime: st.EmptyAcquireWaitTime(),
		}}
	}
	pools := map[string]Pool{"main": sqlPool(s.ro)}
	if s.rw != s.ro {
		pools["write"] = sqlPool(s.rw)
	}
	return pools
}

func sqlPool(db *sql.DB) Pool {
	st := db.Stats()
	return Pool{
		Size: st.MaxOpenConnections, Open: st.OpenConnections, InUse: st.InUse, Idle: st.Idle,
		Waits: st.WaitCount, WaitTime: st.WaitDuration,
	}
}

// CountSessions counts the sessions alive now; personal access tokens are none.
func (s *Store) CountSessions(ctx context.Context, now time.Time, idle time.Duration) (n int64, err error) {
	err = s.read(ctx, "count sessions", func(ctx context.Context, db *sql.DB) error {
		return db.QueryRowContext(ctx, `SELECT COUNT(*) FROM sessions s WHERE s.expires_ms > $1 AND s.ended_ms = 0
			AND s.kind <> 'personal' AND (s.seen_ms > $2 OR s.kind = 'legacy')`, millis(now), millis(now.Add(-idle))).Scan(&n)
	})
	return n, err
}

// Keep is how long what has ended stays in the database.
type Keep struct {
	Sessions, Devices, Attempts, Links, Revocations, Challenges, Letters, Reports, Notices time.Duration
	// Figures is for each width of figures.Steps.
	Figures [len(figures.Steps)]time.Duration
	// AttemptRows bounds the buckets, so that made-up addresses cannot fill the
	// disk: beyond it those with few failures in a row go first, then those
	// longest not used.
	AttemptRows int64
	// Under is the lease that each step is taken under; nil is whoever asks.
	Under *Held
}

// sweepStep deletes 500 of the rows that are older than age.
type sweepStep struct {
	query string
	age   time.Duration
}

func sweeps(k Keep) []sweepStep {
	return append(thinned(k), []sweepStep{
		{`DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE expires_ms < $1 LIMIT 500)`, k.Sessions},
		{`DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE ended_ms > 0 AND ended_ms < $1 LIMIT 500)`, k.Sessions},
		{`DELETE FROM devices WHERE id IN (SELECT d.id FROM devices d WHERE d.seen_ms < $1
			AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.device_id = d.id) LIMIT 500)`, k.Devices},
		{`DELETE FROM attempts WHERE key IN (SELECT key FROM attempts WHERE seen_ms < $1 LIMIT 500)`, k.Attempts},
		{`DELETE FROM links WHERE hash IN (SELECT hash FROM links WHERE expires_ms < $1 LIMIT 500)`, k.Links},
		{`DELETE FROM revocations WHERE id IN (SELECT id FROM revocations WHERE at_ms < $1 LIMIT 500)`, k.Revocations},
		{`DELETE FROM challenges WHERE hash IN (SELECT hash FROM challenges WHERE expires_ms < $1 LIMIT 500)`, k.Challenges},
		{`DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE created_ms < $1 LIMIT 500)`, k.Letters},
		{`DELETE FROM browser_reports WHERE code IN (SELECT code FROM browser_reports WHERE last_ms < $1 LIMIT 500)`, k.Reports},
		{`DELETE FROM alert_notices WHERE id IN (SELECT id FROM alert_notices WHERE created_ms < $1 LIMIT 500)`, k.Notices},
		{`DELETE FROM alert_silences WHERE id IN (SELECT id FROM alert_silences WHERE until_ms < $1 LIMIT 500)`, k.Notices},
		{`DELETE FROM alert_readings WHERE node IN (SELECT node FROM alert_readings WHERE at_ms < $1 LIMIT 500)`, k.Notices},
	}...)
}

// Sweep deletes what ended long ago, in steps that hold no lock for long.
func (s *Store) Sweep(ctx context.Context, now time.Time, k Keep) error {
	for _, step := range sweeps(k) {
		for more := true; more; {
			err := s.write(ctx, "sweep what has ended", func(ctx context.Context, t *tx) error {
				if err := t.hold(ctx, k.Under); err != nil {
					return err
				}
				n, err := t.changed(ctx, step.query, millis(now.Add(-step.age)))
				more = n == 500
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	return s.boundAttempts(ctx, k)
}

func (s *Store) boundAttempts(ctx context.Context, k Keep) error {
	most := k.AttemptRows
	for {
		var count int64
		err := s.read(ctx, "count the buckets of attempts", func(ctx context.Context, db *sql.DB) error {
			return db.QueryRowContext(ctx, `SELECT COUNT(*) FROM attempts`).Scan(&count)
		})
		if err != nil || most <= 0 || count <= most {
			return err
		}
		err = s.write(ctx, "drop the oldest buckets of attempts", func(ctx context.Context, t *tx) error {
			if err := t.hold(ctx, k.Under); err != nil {
				return err
			}
			_, err := t.ExecContext(ctx, `DELETE FROM attempts WHERE key IN (SELECT key FROM attempts
				ORDER BY CASE WHEN streak < 20 THEN 0 ELSE 1 END, seen_ms LIMIT $1)`,
				min(count-most, 500))
			return err
		})
		if err != nil {
			return err
		}
	}
}
