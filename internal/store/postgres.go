package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
)

// openPostgres connects a pool. Whether a pooler stands in between decides how
// statements run, without a switch: behind one, a statement prepared on one
// server connection would be missing or double on the next ("prepared
// statement does not exist", the guide's second failure), so pgx only caches
// their descriptions there.
func (s *Store) openPostgres(ctx context.Context, dsn string, maxConns int) error {
	cfg, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return fmt.Errorf("DATABASE_URL cannot be read: %w", err)
	}
	cfg.MaxConns = int32(max(2, maxConns)) //nolint:gosec // a small configured number
	cfg.MinIdleConns = 1
	cfg.MaxConnIdleTime = 30 * time.Minute
	cfg.ConnConfig.ConnectTimeout = 5 * time.Second
	cfg.BeforeClose = closeSurely

	if err := s.detectPooler(ctx, cfg.ConnConfig); err != nil {
		return err
	}
	chosen := choosesMode(dsn)
	if !chosen {
		cfg.AfterConnect = s.recheckPooler
	} else if s.pooler.Load() {
		s.log.Warn("DATABASE_URL chooses how statements run, through a pooler; aiwfe-auth doctor says whether that works")
	}
	cfg.BeforeConnect = func(_ context.Context, c *pgx.ConnConfig) error {
		s.dress(c)
		if !chosen {
			c.DefaultQueryExecMode = modeFor(s.pooler.Load())
		}
		return nil
	}
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return classify("connect", err)
	}
	s.pool = pool
	s.rw = stdlib.OpenDBFromPool(pool)
	s.ro = s.rw
	return nil
}

// closeSurely bounds how long a connection takes to end. The driver says
// goodbye and waits up to 15 seconds for an answer, with the connection's place
// in the pool held: after a machine was lost, all places would be.
func closeSurely(conn *pgx.Conn) {
	time.AfterFunc(time.Second, func() { _ = conn.PgConn().Conn().Close() })
}

// modeFor is how statements run when the address does not say.
func modeFor(pooled bool) pgx.QueryExecMode {
	if pooled {
		return pgx.QueryExecModeCacheDescribe
	}
	return pgx.QueryExecModeCacheStatement
}

// choosesMode says whether the address itself tells the driver how to run
// statements, for instance because the pooler keeps prepared ones.
func choosesMode(dsn string) bool { return strings.Contains(dsn, "default_query_exec_mode=") }

// detectPooler compares the process id that the start-up message named with
// the one that answers: through pgbouncer they differ, in every pool mode.
func (s *Store) detectPooler(ctx context.Context, cfg *pgx.ConnConfig) error {
	c := cfg.Copy()
	c.DefaultQueryExecMode = pgx.QueryExecModeExec
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	conn, err := pgx.ConnectConfig(ctx, c)
	if err != nil {
		return classify("connect", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	pooled, err := isPooled(ctx, conn)
	if err != nil {
		return classify("ask the database who it is", err)
	}
	s.pooler.Store(pooled)
	return nil
}

// recheckPooler looks again at every new connection: an address may come to
// mean a pooler while the program runs. Such a connection is given up; the
// next one runs in the mode that suits.
func (s *Store) recheckPooler(ctx context.Context, conn *pgx.Conn) error {
	pooled, err := isPooled(ctx, conn)
	if err != nil {
		return err
	}
	// The mode of this connection was chosen before it was made: others that
	// are made at the same moment must go as well, not only the first.
	if pooled && conn.Config().DefaultQueryExecMode != pgx.QueryExecModeCacheDescribe {
		if !s.pooler.Swap(true) {
			go s.pool.Reset()
		}
		return errNowPooled
	}
	return nil
}

// errNowPooled gives a connection up; the transaction is run again on another.
var errNowPooled = errors.New("a pooler now stands before the database; reconnecting in the mode that suits it")

func isPooled(ctx context.Context, conn *pgx.Conn) (bool, error) {
	var pid uint32
	err := conn.QueryRow(ctx, "SELECT pg_backend_pid()", pgx.QueryExecModeSimpleProtocol).Scan(&pid)
	return pid != conn.PgConn().PID(), err
}
