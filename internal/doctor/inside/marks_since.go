package inside

import (
	"context"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// SigningSince tells since when servers sign with the key of this fingerprint;
// zero where none of them started with it.
func SigningSince(ctx context.Context, db *store.Store, print string) (time.Time, error) {
	text, err := db.Fact(ctx, factSigning)
	if err != nil {
		return time.Time{}, err
	}
	for _, s := range parseSteps(text) {
		if s.Value == print {
			return s.Since, nil
		}
	}
	return time.Time{}, nil
}
