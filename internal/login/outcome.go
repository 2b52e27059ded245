package login

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"slices"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// Outcome is what a proven first factor is worth: a session, or what is still
// owed for one. Exactly one of the two is set.
type Outcome struct {
	Grant     *Grant
	Challenge *Challenge
}

// Challenge is what is owed before a session begins.
type Challenge struct {
	// Token names the pending login; it opens nothing but the next step.
	Token string
	// Methods are the ways to answer, the one used last first; for Enroll, the
	// kinds of factor that may be set up.
	Methods []string
	// Enroll says that policy demands a factor and none is set up yet.
	Enroll    bool
	ExpiresIn time.Duration
}

// Methods of answering a challenge.
const (
	MethodTOTP     = "totp"
	MethodWebAuthn = "webauthn"
	MethodBackup   = "backup_code"
)

// challengeLife is how long a login may wait for its second factor (ASVS 6.6.3:
// at most ten minutes).
const challengeLife = 10 * time.Minute

// pendingLogin is the state of a login that waits.
type pendingLogin struct {
	// Proven is the hash of the password hash that was proven.
	Proven  []byte `json:"proven"`
	Upgrade string `json:"upgrade,omitempty"`
	Method  string `json:"method"`
	// TokensOnly is the OAuth2 form's: no cookie at the end.
	TokensOnly bool `json:"tokens_only,omitempty"`
	// Browser is the hash of the browser id that began it, nil for a client
	// without one; nobody else may go on.
	Browser []byte `json:"browser,omitempty"`
	// Cleared are the buckets that the end of the login empties.
	Cleared [][]byte `json:"cleared,omitempty"`
}

// next is the one place that decides what follows a proven first factor,
// whichever path it came by.
func (s *Service) next(ctx context.Context, b beginning) (*Outcome, error) {
	kind := ""
	switch {
	case b.user.SecondFactor:
		trusted, err := s.trusts(ctx, b)
		if err != nil {
			return nil, err
		}
		if !trusted {
			kind = ChallengeLogin
		}
		b.weak = true // of two factors one was shown now
	case s.demanded(&b.user):
		kind = ChallengeEnroll
	}
	if kind == "" {
		g, err := s.begin(ctx, b)
		if err != nil {
			return nil, err
		}
		return &Outcome{Grant: g}, nil
	}
	c, err := s.owe(ctx, kind, b)
	if err != nil {
		return nil, err
	}
	return &Outcome{Challenge: c}, nil
}

// demanded says whether policy asks a second factor of this account.
func (s *Service) demanded(u *account.User) bool { return slices.Contains(s.o.FactorRoles, u.Role) }

// trusts says whether this browser need not show the second factor.
func (s *Service) trusts(ctx context.Context, b beginning) (bool, error) {
	id := s.browserDevice(b.client)
	if id == "" {
		return false, nil
	}
	return s.o.Store.Trusted(ctx, b.user.ID, s.deviceID(id, b.user.Email), s.o.Now())
}

// owe keeps the pending login and says how to go on.
func (s *Service) owe(ctx context.Context, kind string, b beginning) (*Challenge, error) {
	out := &Challenge{Enroll: kind == ChallengeEnroll, ExpiresIn: challengeLife}
	var err error
	if out.Methods, err = s.methods(ctx, kind, b.user.ID); err != nil {
		return nil, err
	}
	state := pendingLogin{
		Proven: secret.Hash(b.hash), Upgrade: b.upgrade, Method: b.method, TokensOnly: b.tokensOnly, Cleared: b.cleared,
	}
	if b.client.BrowserID != "" {
		state.Browser = secret.Hash(b.client.BrowserID)
	}
	text, err := json.Marshal(state)
	if err != nil {
		return nil, err
	}
	out.Token = base64.RawURLEncoding.EncodeToString(secret.Random(32))
	now := s.o.Now().UTC()
	err = s.o.Store.PutChallenge(ctx, PendingChallenge{
		Hash: secret.Hash(out.Token), Kind: kind, User: b.user.ID, State: string(text), CreatedAt: now, ExpiresAt: now.Add(challengeLife),
	})
	if err != nil {
		return nil, err
	}
	row := s.row(audit.EventFactorOwed, b.client.Client)
	row.User, row.Address, row.Detail = b.user.ID, b.user.Email, kind+" after "+b.method
	if err := s.o.Store.Record(ctx, row); err != nil {
		return nil, err
	}
	s.heard(row)
	return out, nil
}

// methods lists how a challenge can be answered, the factor used last first.
func (s *Service) methods(ctx context.Context, kind string, user account.ID) ([]string, error) {
	if kind == ChallengeEnroll {
		list := []string{MethodTOTP}
		if s.o.Passkeys.Unusable() == "" {
			list = append(list, MethodWebAuthn)
		}
		return list, nil
	}
	factors, err := s.o.Store.Factors(ctx, user)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(factors, func(a, b Factor) int { return b.UsedAt.Compare(a.UsedAt) })
	var list []string
	for _, f := range factors {
		if !f.Pending && !slices.Contains(list, f.Kind) {
			list = append(list, f.Kind)
		}
	}
	left, _, err := s.o.Store.CodesLeft(ctx, user)
	if err == nil && left > 0 {
		list = append(list, MethodBackup)
	}
	return list, err
}

// waiting is a pending login, read back.
type waiting struct {
	PendingChallenge
	state pendingLogin
	user  account.User
}

func challengeExpired(reason string) error {
	return fault.New(api.CodeChallengeExpired, reason, "This sign-in took too long or was finished already. Please start again.")
}

// resume finds a pending login of one of the kinds. The account must be as it
// was proven, and the browser the one that began.
func (s *Service) resume(ctx context.Context, token string, c Client, kinds ...string) (*waiting, error) {
	if token == "" || len(token) > 200 {
		return nil, challengeExpired("challenge_malformed")
	}
	pending, ok, err := s.o.Store.FindChallenge(ctx, secret.Hash(token), s.o.Now())
	if err != nil {
		return nil, err
	}
	if !ok || !slices.Contains(kinds, pending.Kind) {
		return nil, challengeExpired("challenge_unknown")
	}
	w := &waiting{PendingChallenge: pending}
	if err := json.Unmarshal([]byte(pending.State), &w.state); err != nil {
		return nil, err
	}
	if w.state.Browser != nil && !secret.New(w.state.Browser).Equal(secret.New(secret.Hash(c.BrowserID))) {
		return nil, challengeExpired("challenge_of_another_browser")
	}
	w.user, ok, err = s.o.Store.UserByID(ctx, pending.User)
	switch {
	case err != nil:
		return nil, err
	case !ok:
		return nil, challengeExpired("user_unknown")
	case w.user.Refusal() != "":
		return nil, challengeExpired(w.user.Refusal())
	case !bytes.Equal(w.state.Proven, secret.Hash(w.user.Hash)):
		return nil, challengeExpired("account_changed")
	}
	return w, nil
}

// Pending says what a challenge still asks, for a page that shows it again.
func (s *Service) Pending(ctx context.Context, token string, c Client) (*Challenge, account.User, error) {
	w, err := s.resume(ctx, token, c, ChallengeLogin, ChallengeEnroll)
	if err != nil {
		return nil, account.User{}, err
	}
	out := &Challenge{Token: token, Enroll: w.Kind == ChallengeEnroll, ExpiresIn: w.ExpiresAt.Sub(s.o.Now())}
	out.Methods, err = s.methods(ctx, w.Kind, w.user.ID)
	return out, w.user, err
}

// beginning of the session that a pending login was for.
func (w *waiting) beginning(c Client) beginning {
	return beginning{
		user: w.user, hash: w.user.Hash, upgrade: w.state.Upgrade, client: c, method: w.state.Method,
		tokensOnly: w.state.TokensOnly, cleared: w.state.Cleared,
	}
}
