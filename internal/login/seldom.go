package login

import (
	"context"
	"math"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/ratelimit"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// How often within an hour one account may ask for what costs others: ten slow
// hashes, or a letter that this server sends. Nobody needs it more often, and
// with open registration anybody has an account.
const (
	codesLimit  = 10
	tokensLimit = 60
	movesLimit  = 10
)

// seldom spends one of the times that an account may do something in an hour.
func (s *Service) seldom(ctx context.Context, what string, user account.ID, limit int) error {
	taken, err := s.o.Attempts.TakeAttempt(ctx, ratelimit.Bucket{
		Key:   secret.Sum(s.o.Keys.Attempts, []byte("seldom"), []byte(what), []byte(user)),
		Limit: limit, Per: time.Hour, Streak: math.MaxInt64,
	}, s.o.Now())
	if err == nil && !taken.OK {
		err = tooMany(what+"_limit", taken.Wait)
	}
	return err
}
