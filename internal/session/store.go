package session

import (
	"context"
	"time"
)

// Store is what sessions need kept.
type Store interface {
	// SessionBySecret and SessionByID find a session dead or alive; nil if none.
	SessionBySecret(ctx context.Context, hash []byte) (*Session, error)
	SessionByID(ctx context.Context, id string) (*Session, error)
	// Touch writes when sessions were last seen, in one transaction.
	Touch(ctx context.Context, seen map[string]time.Time) error
	// Expire ends for good those sessions whose time is over by the clock of the
	// store too.
	Expire(ctx context.Context, ids []string, idle time.Duration) error
	// Revocations returns what was revoked within the given time, by the clock of
	// the store and no other, and whatever has a number above after. Zero is a
	// reader who knows nothing yet, and needs nothing older.
	Revocations(ctx context.Context, after int64, within time.Duration) ([]Revocation, error)
}
