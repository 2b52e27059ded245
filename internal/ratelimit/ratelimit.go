// Package ratelimit spends attempts from buckets and says when to come back.
// Guesses at an account are counted in the database, so that neither a restart
// nor a full cache forgets them; requests of an address are counted in memory, and
// by all nodes together where they share a place to count.
package ratelimit

import (
	"context"
	"time"
)

// Bucket holds attempts.
type Bucket struct {
	// Key is a keyed hash, so that the table names nobody.
	Key []byte
	// Limit attempts may fail within Per, counted from the first.
	Limit int
	Per   time.Duration
	// Streak failures in a row, over all windows, shut the bucket until it is
	// cleared (NIST SP 800-63B-4 section 3.2.2 allows at most 100).
	Streak int64
}

// Taken is the answer to one attempt.
type Taken struct {
	// OK means that the attempt may be evaluated.
	OK bool
	// Wait is when to come back, at least a second.
	Wait time.Duration
	// Shut means that coming back does not help: it wants an unlock or a reset.
	Shut bool
}

// Store keeps buckets.
type Store interface {
	// TakeAttempt spends one attempt by one conditional write.
	TakeAttempt(ctx context.Context, b Bucket, now time.Time) (Taken, error)
	// LookAtAttempts says what the next attempt of each bucket would be answered,
	// and spends none.
	LookAtAttempts(ctx context.Context, buckets []Bucket, now time.Time) ([]Taken, error)
	// ReturnAttempt gives one back.
	ReturnAttempt(ctx context.Context, key []byte) error
	// ClearAttempts empties buckets.
	ClearAttempts(ctx context.Context, keys ...[]byte) error
}
