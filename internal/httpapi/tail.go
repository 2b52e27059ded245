package httpapi

import (
	"context"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
)

// auditReader reads the audit.
type auditReader interface {
	AuditRows(context.Context, audit.Query) ([]audit.Row, error)
}

const (
	// settled is when every row numbered so long ago is sure to have committed:
	// transactions of the store take five seconds at most. PostgreSQL numbers
	// rows before they commit, so a smaller number may appear after a greater.
	settled = 6 * time.Second
	// tailBatch rows are read at a time, and about tailMost told of at once:
	// whoever asks to begin long ago gets there poll by poll.
	tailBatch = 500
	tailMost  = 1000
)

// tail reads rows as they are written, each once, also those that commit late.
type tail struct {
	from  auditReader
	query audit.Query
	// newest is the greatest number seen, told the greatest that the client was
	// told of; seen are those above query.After.
	newest int64
	told   int64
	seen   map[int64]bool
	// past are the greatest numbers of the last polls, and when they were.
	past []mark
}

type mark struct {
	at     time.Time
	newest int64
}

func newTail(from auditReader, q audit.Query) *tail {
	q.OldestFirst, q.Limit, q.Before = true, tailBatch, 0
	return &tail{from: from, query: q, newest: q.After, told: q.After, seen: map[int64]bool{}}
}

// next are the rows that were not there before, oldest first.
func (t *tail) next(ctx context.Context, now time.Time) (fresh []audit.Row, err error) {
	q := t.query
	for {
		rows, err := t.from.AuditRows(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			if !t.seen[r.ID] {
				t.seen[r.ID] = true
				fresh = append(fresh, r)
			}
			q.After = r.ID
		}
		if len(rows) < tailBatch || len(fresh) >= tailMost {
			break
		}
	}
	t.newest = max(t.newest, q.After)
	t.settle(now)
	return fresh, nil
}

// settle moves the beginning of the next read past what no longer changes.
func (t *tail) settle(now time.Time) {
	t.past = append(t.past, mark{now, t.newest})
	for len(t.past) > 0 && now.Sub(t.past[0].at) >= settled {
		t.query.After = t.past[0].newest
		t.past = t.past[1:]
	}
	for id := range t.seen {
		if id <= t.query.After {
			delete(t.seen, id)
		}
	}
}
