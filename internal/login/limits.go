package login

import (
	"context"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/ratelimit"
)

// Limited says how the attempts at one account stand, for whoever asks why
// somebody is told to wait. A device known to the account has buckets of its
// own, which are not looked at: they shut nobody else out.
type Limited struct {
	// Password and Factor are the two gates: before the password, and before the
	// second factor.
	Password, Factor Gate
}

// Gate is one of them.
type Gate struct {
	// Open: the next attempt is let in.
	Open bool
	// Shut: so many failed in a row that waiting does not help; it wants an
	// unlock or a new password by mail.
	Shut bool
	// Until is when the next attempt is let in; zero where it is open or shut.
	Until time.Time
}

// Any says whether one of the gates refuses.
func (l Limited) Any() bool { return !l.Password.Open || !l.Factor.Open }

// Limits looks at the attempts of accounts, in their order. It spends none.
func (s *Service) Limits(ctx context.Context, users ...account.User) ([]Limited, error) {
	buckets := make([]ratelimit.Bucket, 0, 2*len(users))
	for i := range users {
		name := s.gateName(&users[i])
		buckets = append(buckets, s.limit(s.accountBucket("", name)), s.limit(s.accountBucket("factor ", name)))
	}
	now := s.o.Now().UTC()
	found, err := s.o.Attempts.LookAtAttempts(ctx, buckets, now)
	if err != nil {
		return nil, err
	}
	out := make([]Limited, len(users))
	for i := range users {
		out[i] = Limited{Password: gate(found[2*i], now), Factor: gate(found[2*i+1], now)}
	}
	return out, nil
}

func (s *Service) limit(key []byte) ratelimit.Bucket {
	return ratelimit.Bucket{Key: key, Limit: s.o.AccountLimit, Per: s.o.AccountWindow, Streak: shutAfter}
}

func gate(t ratelimit.Taken, now time.Time) Gate {
	g := Gate{Open: t.OK, Shut: t.Shut}
	if !t.OK && !t.Shut {
		g.Until = now.Add(t.Wait)
	}
	return g
}

// LeastPassword is how many characters a new password of that role has at
// least, and whether policy demands a second factor beside it.
func (s *Service) LeastPassword(role string) (characters int, factor bool) {
	factor = s.demanded(&account.User{Role: role})
	return s.o.Policy.Least(factor), factor
}
