package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
	"github.com/aiwfe/aiwfe-auth/internal/ratelimit"
	"github.com/aiwfe/aiwfe-auth/internal/session"
)

// Engines.
const (
	SQLite   = "sqlite"
	Postgres = "postgres"
)

// The interfaces that this package fulfils.
var (
	_ login.Store     = (*Store)(nil)
	_ session.Store   = (*Store)(nil)
	_ ratelimit.Store = (*Store)(nil)
	_ mail.Store      = (*Store)(nil)
)

// Options is what a store needs.
type Options struct {
	// Engine is SQLite or Postgres.
	Engine string
	// DSN is a file path or ":memory:" for SQLite, a connection string for PostgreSQL.
	DSN string
	// MaxConns bounds the connections to PostgreSQL; idle ones are kept up to
	// the same number, since opening one costs more than a query.
	MaxConns int
	Log      *slog.Logger
	// Revoked, when set, hears of each revocation after its commit.
	Revoked func(session.Revocation)
}

// Store is the open database.
type Store struct {
	engine string
	// rw takes all writes; for SQLite it is one connection, so that writers
	// queue here and not in the database's lock. ro takes reads.
	rw, ro *sql.DB
	points *points
	// together is for SQLite, pool for PostgreSQL.
	together together
	pool     *pgxpool.Pool
	pooler   atomic.Bool
	breaker  breaker
	// renewed is when all connections were last given up, in Unix milliseconds.
	renewed atomic.Int64
	revoked func(session.Revocation)
	posted  func()
	asked   func(context.Context, Asked)
	// refused hears that the login of now is refused.
	refused func()
	login   atomic.Pointer[as]
	log     *slog.Logger
	// marks are the keys with which rows of the audit are marked; nil before they are known.
	marks atomic.Pointer[audit.Keys]
	// fit is what an adopted users table asks of us.
	fit atomic.Pointer[fit]
}

// Open connects, and finds out by itself whether a pooler stands in between.
// It does not migrate. Errors are faults with code database_unavailable, or
// plain sentences about what cannot be opened.
func Open(ctx context.Context, o Options) (*Store, error) {
	if o.Log == nil {
		return nil, errors.New("store: a log is needed")
	}
	s := &Store{engine: o.Engine, log: o.Log, revoked: o.Revoked, posted: func() {}, refused: func() {}, asked: func(context.Context, Asked) {}}
	if s.revoked == nil {
		s.revoked = func(session.Revocation) {}
	}
	var err error
	switch o.Engine {
	case SQLite:
		err = s.openSQLite(o.DSN)
	case Postgres:
		err = s.openPostgres(ctx, o.DSN, o.MaxConns)
	default:
		err = fmt.Errorf("store: no engine %q", o.Engine)
	}
	if err != nil {
		return nil, err
	}
	if err := s.learn(ctx); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// OnRevoke sets who hears of revocations; call it before serving.
func (s *Store) OnRevoke(f func(session.Revocation)) { s.revoked = f }

// OnPost sets who hears that letters wait to be sent; call it before serving.
func (s *Store) OnPost(f func()) { s.posted = f }

// MarkAudit sets the keys with which rows of the audit are marked from now on.
func (s *Store) MarkAudit(k *audit.Keys) { s.marks.Store(k) }

// Close ends all connections.
func (s *Store) Close() {
	s.points.close()
	if s.ro != nil && s.ro != s.rw {
		_ = s.ro.Close()
	}
	if s.rw != nil {
		_ = s.rw.Close()
	}
	if s.pool != nil {
		s.pool.Close()
	}
}

// Engine is SQLite or Postgres.
func (s *Store) Engine() string { return s.engine }

// Pooled says whether a pooler such as pgbouncer stands in between.
func (s *Store) Pooled() bool { return s.pooler.Load() }
