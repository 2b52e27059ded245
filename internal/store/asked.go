package store

import (
	"context"
	"time"
)

// Asked is a read or a transaction that is over.
type Asked struct {
	// Step says what it was for, in words of ours and none of a stranger's.
	Step  string
	Began time.Time
	// Err is nil where it was answered, a fault where the database is away.
	Err error
}

// OnAsked sets who hears of each; call it before serving. Some requests wait for
// it, so it must cost nothing.
func (s *Store) OnAsked(f func(context.Context, Asked)) { s.asked = f }

// persist runs one read or transaction until it succeeds, fails for good or
// its time is over. once says with an error whether nothing can have been kept.
func (s *Store) persist(ctx context.Context, step string, once func(context.Context) (undone bool, err error)) error {
	began := time.Now()
	err := s.insist(ctx, step, once)
	s.asked(ctx, Asked{step, began, err})
	return err
}
