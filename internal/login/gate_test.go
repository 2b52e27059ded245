package login_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/ratelimit"
)

// spend uses up the attempts of an address with wrong guesses.
func (w *world) spend(email string, n int, c login.Client) {
	w.t.Helper()
	for range n {
		if _, err := w.try(email, "wrong", c); !fault.Is(err, api.CodeInvalidCredentials) {
			w.t.Fatal(err)
		}
	}
}

// Known or not, right password or not: the answer must tell nothing.
func TestAccountLimitIsTheSameForKnownAndUnknown(t *testing.T) {
	w := build(t)
	w.person("ada@example.com", account.RoleUser)
	for _, email := range []string{"ada@example.com", "nobody@example.com"} {
		w.spend(email, 5, curl())
		_, err := w.try(email, right, curl())
		f := wantFault(t, err, api.CodeTooManyAttempts, "account_limit")
		if f.RetryAfter != 15*time.Minute {
			t.Errorf("%s is told to wait %s", email, f.RetryAfter)
		}
	}
	w.forward(15 * time.Minute)
	w.signIn("ada@example.com", curl())
}

// Each spelling that leads to one account must lead to one bucket, or case and
// blanks multiply the guesses (CVE-2025-6004).
func TestSpellingsShareABucket(t *testing.T) {
	w := build(t)
	for _, email := range []string{"ada@example.com", "ADA@EXAMPLE.COM", " ada@Example.com ", "\u00a0ada@example.com", "Ada@example.com"} {
		w.spend(email, 1, curl())
	}
	for _, email := range []string{"ada@example.com", "aDa@example.com"} {
		_, err := w.try(email, right, curl())
		wantFault(t, err, api.CodeTooManyAttempts, "account_limit")
	}
}

func TestSuccessClearsTheBucket(t *testing.T) {
	w := build(t)
	w.person("ada@example.com", account.RoleUser)
	for range 3 {
		w.spend("ada@example.com", 4, curl())
		w.signIn("ada@example.com", curl())
	}
}

func TestOwnersDeviceIsNotLockedOutByStrangers(t *testing.T) {
	w := build(t)
	w.person("ada@example.com", account.RoleUser)
	w.person("bob@example.com", account.RoleUser)
	mine := browser("b")
	mine.DeviceCookie = w.signIn("ada@example.com", mine).Device
	w.spend("ada@example.com", 5, curl())
	w.signIn("ada@example.com", mine)

	// The cookie buys no endless guesses, and none at another account.
	w.spend("ada@example.com", 5, mine)
	_, err := w.try("ada@example.com", right, mine)
	wantFault(t, err, api.CodeTooManyAttempts, "account_limit")
	w.spend("bob@example.com", 5, curl())
	_, err = w.try("bob@example.com", right, mine)
	wantFault(t, err, api.CodeTooManyAttempts, "account_limit")

	// A cookie that we did not sign is none.
	forged := browser("b")
	forged.DeviceCookie = mine.DeviceCookie[:len(mine.DeviceCookie)-1] + "!"
	_, err = w.try("bob@example.com", right, forged)
	wantFault(t, err, api.CodeTooManyAttempts, "account_limit")
}

func TestLongStreakShutsUntilItIsUnlocked(t *testing.T) {
	w := build(t)
	u := w.person("ada@example.com", account.RoleUser)
	for range 20 {
		w.spend("ada@example.com", 5, curl())
		w.forward(15 * time.Minute)
	}
	_, err := w.try("ada@example.com", right, curl())
	f := wantFault(t, err, api.CodeTooManyAttempts, "account_shut")
	if f.RetryAfter < 15*time.Minute {
		t.Errorf("told to wait %s, which does not help", f.RetryAfter)
	}
	_, err = w.Unlock(t.Context(), login.Host(), u.ID)
	w.must(err)
	w.signIn("ada@example.com", curl())
}

func TestOwnFaultGivesTheAttemptBack(t *testing.T) {
	away := fault.New(api.CodeDatabaseUnavailable, "", "x")
	for _, c := range []struct {
		name   string
		breaks func(*broken)
	}{
		{"the account cannot be read", func(b *broken) { b.userByEmail = func() error { return away } }},
		{"the session cannot begin", func(b *broken) { b.begin = func() error { return away } }},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := build(t)
			w.person("ada@example.com", account.RoleUser)
			c.breaks(w.broken)
			for range 20 {
				_, err := w.try("ada@example.com", right, curl())
				wantFault(t, err, api.CodeDatabaseUnavailable, "database_unavailable")
			}
			if w.broken.returned.Load() != 20 {
				t.Errorf("%d of 20 were given back", w.broken.returned.Load())
			}
			w.broken.userByEmail, w.broken.begin = nil, nil
			w.signIn("ada@example.com", curl())
		})
	}
}

func TestClientThatGoesAwaySpendsNothing(t *testing.T) {
	w := build(t)
	w.person("ada@example.com", account.RoleUser)
	ctx, cancel := context.WithCancel(t.Context())
	w.broken.userByEmail = func() error { cancel(); return ctx.Err() }
	_, err := w.Password(ctx, login.Attempt{Email: "ada@example.com", Password: right, Client: curl()})
	if !errors.Is(err, context.Canceled) || w.broken.returned.Load() != 1 {
		t.Errorf("got %v, %d given back", err, w.broken.returned.Load())
	}
}

func TestAddressLimitCountsEveryPath(t *testing.T) {
	narrow := func(o *login.Options) { o.Addresses = ratelimit.NewLocal(2, time.Minute) }
	paths := map[string]func(w *world, c login.Client) error{
		"login": func(w *world, c login.Client) error { _, err := w.try("nobody@example.com", "wrong", c); return err },
		"register": func(w *world, c login.Client) error {
			_, err := w.Register(t.Context(), login.Joining{Token: "nonsense", Email: "eve@example.com", Password: right, Client: c})
			return err
		},
		"reset": func(w *world, c login.Client) error { return w.ResetPassword(t.Context(), "nonsense", right, c) },
	}
	for name, path := range paths {
		t.Run(name, func(t *testing.T) {
			w := build(t, narrow)
			for range 2 {
				if err := path(w, curl()); err == nil || fault.Is(err, api.CodeTooManyAttempts) {
					t.Fatal(err)
				}
			}
			f := wantFault(t, path(w, curl()), api.CodeTooManyAttempts, "address_limit")
			if f.RetryAfter != time.Minute {
				t.Errorf("told to wait %s", f.RetryAfter)
			}
			elsewhere := curl()
			elsewhere.Network = "2001:db8::/64"
			if err := path(w, elsewhere); fault.Is(err, api.CodeTooManyAttempts) {
				t.Error("another network is refused too")
			}
		})
	}
}

// Of many guesses at once only the limit is evaluated, and each is told apart
// from those never looked at.
func TestGuessesAtOnceAreEvaluatedUpToTheLimit(t *testing.T) {
	w := build(t)
	w.person("ada@example.com", account.RoleUser)
	var evaluated, refused atomic.Int64
	var all sync.WaitGroup
	for range 40 {
		all.Go(func() {
			switch _, err := w.try("ada@example.com", "wrong", curl()); {
			case fault.Is(err, api.CodeInvalidCredentials):
				evaluated.Add(1)
			case fault.Is(err, api.CodeTooManyAttempts):
				refused.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	all.Wait()
	if evaluated.Load() != 5 || refused.Load() != 35 {
		t.Errorf("%d evaluated and %d refused, want 5 and 35", evaluated.Load(), refused.Load())
	}
	if n := len(w.rows(audit.EventLogin)); n != 5 {
		t.Errorf("%d audit rows, want 5", n)
	}
}
