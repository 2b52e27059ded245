package login

import (
	"context"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/cache"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/session"
	"github.com/aiwfe/aiwfe-auth/internal/token"
)

// Person is who asks: an account by a session that is alive now.
type Person struct {
	Session *session.Session
	// Scopes are what this credential may do: never more than the account may
	// now, so that a role taken away is gone from old tokens at once.
	Scopes []string
	// Bearer is set when a token was shown, not the cookie.
	Bearer bool
}

// User is the account.
func (p *Person) User() *account.User { return &p.Session.User }

// ByCookie finds the person by the session cookie.
func (s *Service) ByCookie(ctx context.Context, value string) (*Person, error) {
	one, reason, err := s.o.Sessions.BySecret(ctx, value)
	if err != nil {
		return nil, err
	}
	if reason == "" && one.Kind == session.KindPersonal {
		reason = "session_unknown" // a token is no cookie: a browser would send it along by itself
	}
	if reason != "" {
		return nil, ended(reason)
	}
	return &Person{Session: one, Scopes: one.User.Scopes()}, nil
}

// ByToken finds the person by an access token of either form. The signature
// alone is not enough: the session must be alive.
func (s *Service) ByToken(ctx context.Context, raw string, c Client) (*Person, error) {
	if strings.HasPrefix(raw, personalPrefix) {
		return s.byPersonal(ctx, raw)
	}
	t, err := s.parse(raw)
	if err != nil {
		return nil, err
	}
	if t.Form == token.FormLegacy {
		return s.byLegacy(ctx, t, c)
	}
	one, reason, err := s.o.Sessions.ByID(ctx, t.Claims.SessionID)
	if err != nil {
		return nil, err
	}
	if reason != "" {
		return nil, ended(reason)
	}
	if one.User.ID != t.Claims.Subject {
		return nil, fault.New(api.CodeTokenInvalid, "subject_not_of_session", "This token is not valid. Please sign in again.")
	}
	s.watchDevice(t, one, c)
	return &Person{Session: one, Scopes: both(t.Claims.Scopes, one.User.Scopes()), Bearer: true}, nil
}

// parse remembers tokens that verified, by their hash, until they expire.
func (s *Service) parse(raw string) (*token.Parsed, error) {
	k := cache.Key(secret.Digest(raw))
	if t, ok := s.parsed.Get(k); ok && s.o.Now().Before(t.ExpiresAt) {
		return t, nil
	}
	t, err := s.o.Tokens.Parse(raw)
	if err == nil && t.Form == token.FormCurrent {
		s.parsed.Put(k, t)
	}
	return t, err
}

// byLegacy reads the old form, which names the account twice: both must lead
// to the same one. It becomes a session keyed by its hash, so that it can be
// listed and revoked like any other.
func (s *Service) byLegacy(ctx context.Context, t *token.Parsed, c Client) (*Person, error) {
	invalid := func(reason string) error {
		return fault.New(api.CodeTokenInvalid, reason, "This token is not valid. Please sign in again.")
	}
	user, ok, err := s.o.Store.UserByID(ctx, t.Claims.Subject)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, invalid("legacy_unknown_user")
	}
	claimed, err := account.Canonical(t.Claims.Email)
	if err != nil {
		return nil, invalid("legacy_address_malformed")
	}
	held, err := account.Canonical(user.Email)
	switch {
	case err != nil || claimed != held:
		return nil, invalid("legacy_address_and_id_disagree")
	case user.IsAdmin():
		return nil, invalid("legacy_not_for_admins")
	case user.SecondFactor:
		return nil, invalid("legacy_not_with_second_factor")
	case !t.MadeAt.After(user.TokensAfter):
		return nil, ended("legacy_made_before_change")
	case user.Refusal() != "":
		return nil, ended(user.Refusal())
	}
	id := "legacy_" + hex.EncodeToString(t.Sum[:16])
	one, reason, err := s.o.Sessions.ByID(ctx, id)
	if err == nil && reason == "session_unknown" {
		one, reason, err = s.adopt(ctx, id, t, user, c)
	}
	if err != nil {
		return nil, err
	}
	if reason != "" {
		return nil, ended(reason)
	}
	row := s.row(audit.EventLegacySession, c.Client)
	row.Detail = "use"
	s.heard(row)
	return &Person{Session: one, Scopes: user.Scopes(), Bearer: true}, nil
}

func (s *Service) adopt(ctx context.Context, id string, t *token.Parsed, user account.User, c Client) (*session.Session, string, error) {
	row := s.row(audit.EventLegacySession, c.Client)
	row.User, row.Address, row.Session = user.ID, user.Email, id
	err := s.o.Store.Adopt(ctx, session.Session{
		ID: id, Kind: session.KindLegacy, Method: "legacy_token", User: user,
		IP: c.IP, UserAgent: c.UserAgent, CreatedAt: t.MadeAt, ExpiresAt: t.ExpiresAt,
	}, row)
	if err != nil {
		return nil, "", err
	}
	return s.o.Sessions.ByID(ctx, id)
}

// watchDevice flags a token that turns up on another device than it was given
// to. By itself it refuses nothing: a device id is no proof.
func (s *Service) watchDevice(t *token.Parsed, one *session.Session, c Client) {
	if c.DeviceCookie == "" {
		return
	}
	id := s.browserDevice(c)
	if id == "" || s.deviceID(id, one.User.Email) == t.Claims.DeviceFingerprint {
		return
	}
	row := s.row(audit.EventDeviceMismatch, c.Client)
	row.Reason, row.User, row.Session = "device_mismatch", one.User.ID, one.ID
	s.o.Tally(row)
	s.heard(row)
	s.o.Log.Warn("an access token was shown by another device than it was given to",
		"session_id", one.ID, "user_id", string(one.User.ID), "client_ip", c.IP, "request_id", c.RequestID)
}

// both are the scopes of a that b has too; mostly all of them.
func both(a, b []string) []string {
	for i, x := range a {
		if slices.Contains(b, x) {
			continue
		}
		out := slices.Clone(a[:i])
		for _, x := range a[i+1:] {
			if slices.Contains(b, x) {
				out = append(out, x)
			}
		}
		return out
	}
	return slices.Clip(a)
}
