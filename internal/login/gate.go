package login

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/ratelimit"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// laneWait is how long a guess waits for others at the same account: the bound
// of the hash queue, the guide's target for a login. What is waited here is not
// waited there again.
const laneWait = 2 * time.Second

// ticket is the permission to evaluate one guess at one account.
type ticket struct {
	s    *Service
	key  []byte
	done func()
	// shut is the bucket of the device, where it is shut and key is the
	// account's instead. A success empties both.
	shut []byte
	// device is the record of a device that signed in to the account before; "" for any other.
	device string
}

// pass is the one gate that every path goes through before it looks at a
// credential: login in all its forms, the change of a password, and what is
// still to come. It decides before the account is looked up, from the address
// as sent, so that known and unknown ones are told the same.
//
// The attempt is spent here, by one conditional write; a success clears the
// bucket, and what is our fault gives it back.
func (s *Service) pass(ctx context.Context, email string, c Client) (*ticket, error) {
	return s.enter(ctx, "", email, c)
}

// passFactor is the same gate for second factors, with buckets of their own:
// the right password empties none of them, and neither does a new one that was
// set through the mailbox (CVE-2026-35597). Only a whole login or an
// administrator does.
func (s *Service) passFactor(ctx context.Context, u *account.User, c Client) (*ticket, error) {
	return s.enter(ctx, "factor ", s.gateName(u), c)
}

// gateName is the address that attempts at an account are counted under; a row
// made by hand may hold none.
func (s *Service) gateName(u *account.User) string {
	if email, err := account.Canonical(u.Email); err == nil {
		return email
	}
	return string(u.ID)
}

func (s *Service) enter(ctx context.Context, purpose, email string, c Client) (*ticket, error) {
	if wait, ok := s.o.Addresses.Spend(c.Network, s.o.Now()); !ok {
		return nil, tooMany("address_limit", wait)
	}
	if err := s.o.Passwords.Room(ctx); err != nil {
		return nil, err
	}
	key, device, err := s.bucket(ctx, purpose, email, c)
	if err != nil {
		return nil, err
	}
	wait, cancel := context.WithTimeout(ctx, laneWait)
	defer cancel()
	leave, err := s.lanes.Enter(wait, hex.EncodeToString(key))
	if err != nil {
		return nil, s.crowded(ctx, email, err)
	}
	if err := s.o.Passwords.Keep(ctx); err != nil {
		leave()
		return nil, err
	}
	t := &ticket{s: s, key: key, device: device, done: func() { s.o.Passwords.Leave(ctx); leave() }}
	taken, err := s.take(ctx, key)
	// A device that failed too often is one like any other from then on: what
	// opens the account, a reset or an unlock, must let its owner in here too.
	if whole := s.accountBucket(purpose, email); err == nil && taken.Shut && !bytes.Equal(key, whole) {
		t.key, t.shut = whole, key
		taken, err = s.take(ctx, whole)
	}
	if err != nil {
		t.leave()
		return nil, err
	}
	if !taken.OK {
		t.leave()
		reason := "account_limit"
		if taken.Shut {
			reason = "account_shut"
		}
		return nil, tooMany(reason, taken.Wait).About(email)
	}
	return t, nil
}

func (s *Service) take(ctx context.Context, key []byte) (ratelimit.Taken, error) {
	return s.o.Attempts.TakeAttempt(ctx, ratelimit.Bucket{
		Key: key, Limit: s.o.AccountLimit, Per: s.o.AccountWindow, Streak: shutAfter,
	}, s.o.Now())
}

// bucket is the one of the address, or of this device at this address, if
// somebody signed in from here before: strangers then cannot lock the owner
// out, and the device's cookie buys no endless guesses.
func (s *Service) bucket(ctx context.Context, purpose, email string, c Client) (key []byte, device string, err error) {
	if id := s.browserDevice(c); id != "" {
		record := s.deviceID(id, email)
		known, err := s.o.Store.KnownDevice(ctx, record)
		if err != nil {
			return nil, "", err
		}
		if known {
			return secret.Sum(s.o.Keys.Attempts, []byte(purpose+"device"), []byte(email), []byte(record)), record, nil
		}
	}
	return s.accountBucket(purpose, email), "", nil
}

func (s *Service) accountBucket(purpose, email string) []byte {
	return secret.Sum(s.o.Keys.Attempts, []byte(purpose+"account"), []byte(email))
}

// buckets are what a success empties.
func (t *ticket) buckets() [][]byte {
	if t.shut == nil {
		return [][]byte{t.key}
	}
	return [][]byte{t.key, t.shut}
}

// leave frees the lane; a refused guess does so before it is held, asleep.
func (t *ticket) leave() { t.done() }

// giveBackWait bounds that: mostly the database is what failed, and whoever
// waited for it once must not wait as long again.
const giveBackWait = 500 * time.Millisecond

// giveBack returns the attempt when the guess was never evaluated. The request
// may be over, so its context no longer counts.
func (t *ticket) giveBack(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), giveBackWait)
	defer cancel()
	if err := t.s.o.Attempts.ReturnAttempt(ctx, t.key); err != nil {
		t.s.o.Log.Warn("an attempt that was not evaluated could not be given back", "error", err)
	}
}

func tooMany(reason string, wait time.Duration) *fault.Error {
	return fault.New(api.CodeTooManyAttempts, reason,
		"There were too many attempts. Please wait before you try again.").After(wait)
}

// crowded tells apart a client that went away and a lane that stayed full.
func (s *Service) crowded(ctx context.Context, email string, err error) error {
	if ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return fault.New(api.CodeOverloaded, "account_lane_full",
		"Too many sign-ins for this account are running at this moment. Please try again shortly.").After(time.Second).About(email)
}
