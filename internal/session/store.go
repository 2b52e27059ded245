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
	// Revocations returns what was revoked since the given moment.
	Revocations(ctx context.Context, since time.Time) ([]Revocation, error)
}
