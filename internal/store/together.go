package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sync"
)

// company is how many transactions share one commit at most, so that the first
// of them does not wait for long.
const company = 64

// together lets transactions that wait for SQLite's one writer share a commit.
// To make sure that it survives a power cut takes longer than all the rest of a
// small transaction, and as long for many as for one: in a storm of sign-ins the
// disk would else be what everybody waits for. Nobody waits for company: what
// comes while one commit is under way goes into the next.
type together struct {
	mu      sync.Mutex
	led     bool
	waiting []*piece
	commits int
}

// piece is one transaction among others.
type piece struct {
	ctx context.Context
	run func(context.Context, *tx) error
	// turn is told false when it is over, and true when it is to lead the next.
	turn chan bool

	tx       *tx
	undone   bool
	err      error
	panicked any
}

// writeTogether is writeOnce for SQLite.
func (s *Store) writeTogether(ctx context.Context, f func(context.Context, *tx) error) (undone bool, err error) {
	p := &piece{ctx: ctx, run: f, turn: make(chan bool, 1), undone: true}
	if !s.together.join(p) {
		lead := false
		select {
		case lead = <-p.turn:
		case <-ctx.Done():
			if s.together.leave(p) {
				return true, ctx.Err()
			}
			lead = <-p.turn
		}
		if !lead {
			return s.over(p)
		}
	}
	s.lead(p)
	return s.over(p)
}

// lead runs its own piece and those that wait, and leaves the next to another.
func (s *Store) lead(p *piece) {
	batch := s.together.take(p)
	defer s.together.handOn()
	defer func() {
		for _, other := range batch[1:] {
			other.turn <- false
		}
	}()
	if len(batch) == 1 {
		s.alone(p)
		return
	}
	if s.shared(batch) {
		return
	}
	for _, p := range batch { // the one that tore it is told so, and the others are not harmed
		s.alone(p)
	}
}

// over tells what was to be told after the commit.
func (s *Store) over(p *piece) (undone bool, err error) {
	if p.panicked != nil {
		panic(p.panicked)
	}
	if p.err != nil {
		return p.undone, p.err
	}
	s.tell(p.tx)
	return false, nil
}

// alone runs a piece as a transaction of its own.
func (s *Store) alone(p *piece) {
	t, err := s.rw.BeginTx(p.ctx, nil)
	if err != nil {
		p.undone, p.err = true, err
		return
	}
	p.in(p.ctx, t, s)
	if p.err != nil {
		_ = t.Rollback()
		p.undone = true
		return
	}
	p.err, p.undone = t.Commit(), false
	s.together.count()
}

// shared runs all pieces in one transaction, each within a savepoint. It is false
// when nothing was kept because the transaction itself was lost on the way: SQLite
// ends it by itself on some errors. A client who goes away must not be one of
// them, so no piece can be called back.
func (s *Store) shared(batch []*piece) bool {
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	t, err := s.rw.BeginTx(ctx, nil)
	if err != nil {
		for _, p := range batch {
			p.undone, p.err = true, err
		}
		return true
	}
	defer func() { _ = t.Rollback() }()
	for _, p := range batch {
		if p.err = p.ctx.Err(); p.err != nil {
			continue
		}
		if !p.within(t, s) {
			return false
		}
	}
	err = t.Commit()
	s.together.count()
	for _, p := range batch {
		if err != nil { // also for a refusal, which may have gone by what another wrote
			p.undone, p.err = false, err
		}
	}
	return true
}

// within runs a piece in a savepoint, and takes back what one wrote that failed.
func (p *piece) within(t *sql.Tx, s *Store) bool {
	ctx := context.WithoutCancel(p.ctx)
	if _, err := t.ExecContext(ctx, `SAVEPOINT piece`); err != nil {
		return false
	}
	p.in(ctx, t, s)
	if p.err != nil {
		if _, err := t.ExecContext(ctx, `ROLLBACK TO piece`); err != nil {
			return false
		}
	}
	_, err := t.ExecContext(ctx, `RELEASE piece`)
	return err == nil
}

// in runs a piece in a transaction. It may run again, in another one. A panic is
// kept for the one whose piece it is.
func (p *piece) in(ctx context.Context, t *sql.Tx, s *Store) {
	p.tx, p.err, p.undone = &tx{Tx: t, s: s}, nil, true
	defer func() {
		if p.panicked = recover(); p.panicked != nil {
			p.err = errors.Join(errPanicked, fmt.Errorf("%v", p.panicked))
		}
	}()
	p.err = p.run(ctx, p.tx)
}

var errPanicked = errors.New("a transaction panicked")

// join is true for who leads, and else has the piece wait.
func (g *together) join(p *piece) (lead bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.led {
		g.led = true
		return true
	}
	g.waiting = append(g.waiting, p)
	return false
}

// leave is false when the piece waits no more.
func (g *together) leave(p *piece) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	i := slices.Index(g.waiting, p)
	if i < 0 {
		return false
	}
	g.waiting = slices.Delete(g.waiting, i, i+1)
	return true
}

// take gives the leader's piece and those that go with it.
func (g *together) take(p *piece) []*piece {
	g.mu.Lock()
	defer g.mu.Unlock()
	n := min(len(g.waiting), company-1)
	batch := append([]*piece{p}, g.waiting[:n]...)
	g.waiting = slices.Delete(g.waiting, 0, n)
	return batch
}

// handOn makes the first who waits the leader.
func (g *together) handOn() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.waiting) == 0 {
		g.led = false
		return
	}
	g.waiting[0].turn <- true
	g.waiting = slices.Delete(g.waiting, 0, 1)
}

func (g *together) count() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.commits++
}
