package store

import (
	"context"
	"database/sql"
	"errors"
	"runtime"
	"sync"

	"github.com/aiwfe/aiwfe-auth/internal/cache"
	"github.com/aiwfe/aiwfe-auth/internal/session"
)

// points read one session of an SQLite file, for the check that a request waits
// for: by statements that stay prepared, since to prepare one takes longer than
// all the rest, and on connections of their own, so that no search stands before
// them. PostgreSQL's driver keeps statements by itself, where a pooler lets it.
type points struct {
	db *sql.DB
	// free has a place for each connection, so that nobody waits within the pool,
	// where only a context with an end could call them back: such a one costs two
	// goroutines for each read, and the read itself cannot be called back.
	free chan struct{}

	// known are sessions as they were read, with the print of all their columns.
	known *cache.Of[string, *printed]

	mu       sync.Mutex
	prepared map[string]*sql.Stmt
}

func newPoints(db *sql.DB) *points {
	n := min(readers, max(2, runtime.GOMAXPROCS(0)))
	db.SetMaxOpenConns(n)
	db.SetMaxIdleConns(n)
	return &points{db: db, free: make(chan struct{}, n), known: cache.By[string, *printed](knownMost), prepared: map[string]*sql.Stmt{}}
}

func (p *points) close() {
	if p != nil {
		_ = p.db.Close()
	}
}

// session returns nil where there is none.
func (p *points) session(ctx context.Context, query string, arg any) (*session.Session, error) {
	if err := p.wait(ctx); err != nil {
		return nil, err
	}
	defer func() { <-p.free }()
	row, err := p.row(ctx, query, arg)
	if err != nil {
		return nil, err
	}
	s, err := scanSession(row)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return &s, err
}

func (p *points) row(ctx context.Context, query string, arg any) (*sql.Row, error) {
	s, err := p.statement(query)
	if err != nil {
		return nil, err
	}
	return s.QueryRowContext(context.WithoutCancel(ctx), arg), nil
}

func (p *points) wait(ctx context.Context) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	select {
	case p.free <- struct{}{}:
		return nil
	default:
	}
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	select {
	case p.free <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *points) statement(query string) (*sql.Stmt, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s := p.prepared[query]; s != nil {
		return s, nil
	}
	s, err := p.db.PrepareContext(context.Background(), query)
	if err != nil {
		return nil, err
	}
	p.prepared[query] = s
	return s, nil
}
