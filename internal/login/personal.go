package login

import (
	"context"
	"encoding/base64"
	"slices"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/session"
)

// A personal access token is a session of its own kind: it is checked, cached,
// revoked and swept like any other, it ends with its account, and it never
// counts as a proof of who is there.

// personalPrefix lets people and secret scanners know a leaked token.
const personalPrefix = "aiwfe_pat_"

const (
	maxTokens = 50
	// maxTokenLife is the longest life of one; forever is not offered.
	maxTokenLife = 366 * 24 * time.Hour
)

// NewToken is a personal access token to be made.
type NewToken struct {
	Name   string
	Scopes []string
	// Life is how long it is good.
	Life time.Duration
}

// MakeToken makes a personal access token. The text is shown once.
func (s *Service) MakeToken(ctx context.Context, p *Person, in NewToken, c Client) (text string, one session.Session, err error) {
	if err := s.Recent(p); err != nil {
		return "", one, err
	}
	name, err := factorName(in.Name)
	if err != nil {
		return "", one, err
	}
	user := *p.User()
	switch {
	case name == "":
		return "", one, fault.Invalid("/name", "required", "Please say what the token is for.")
	case len(in.Scopes) == 0:
		return "", one, fault.Invalid("/scopes", "required", "Please choose what the token may do.")
	case in.Life < time.Minute || in.Life > maxTokenLife:
		return "", one, fault.Invalid("/expires_in_days", "out_of_range", "A token is good for 1 to 366 days.")
	}
	for _, scope := range in.Scopes {
		if !slices.Contains(user.Scopes(), scope) {
			return "", one, fault.Invalid("/scopes", "not_allowed", "A token can do no more than you: "+strings.Join(user.Scopes(), ", ")+".")
		}
	}
	if err := s.seldom(ctx, "tokens", user.ID, tokensLimit); err != nil {
		return "", one, err
	}
	text = personalPrefix + base64.RawURLEncoding.EncodeToString(secret.Random(32))
	now := s.o.Now().UTC()
	one = session.Session{
		ID: "pat_" + secret.RandomText(16), Kind: session.KindPersonal, Method: "personal_token", SecretHash: secret.Hash(text),
		Name: name, Scopes: slices.Compact(slices.Sorted(slices.Values(in.Scopes))), IP: c.IP, UserAgent: c.UserAgent,
		CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(in.Life), User: user,
	}
	row := s.row(audit.EventTokenMade, c.Client)
	row.User, row.Session, row.Detail = user.ID, one.ID, strings.Join(one.Scopes, " ")
	letters, links, err := s.notice(user, c, mail.Message{Kind: mail.KindTokenMade, Factor: name})
	if err != nil {
		return "", one, err
	}
	kept, err := s.o.Store.PutToken(ctx, one, maxTokens, letters, links, row)
	if err != nil {
		return "", one, err
	}
	if !kept {
		return "", one, fault.New(api.CodeTokenLimit, "", "An account has at most 50 access tokens. Please revoke one first.")
	}
	s.heard(row)
	return text, one, nil
}

// Tokens lists the own personal access tokens.
func (s *Service) Tokens(ctx context.Context, p *Person) ([]session.Session, error) {
	return s.o.Store.ListTokens(ctx, p.User().ID, s.o.Now())
}

// RevokeToken ends an own personal access token. It needs no recent proof: it
// takes only something away.
func (s *Service) RevokeToken(ctx context.Context, p *Person, id string, c Client) error {
	row := s.row(audit.EventTokenEnded, c.Client)
	row.Reason = session.EndedByUser
	done := false
	var err error
	if strings.HasPrefix(id, "pat_") {
		done, err = s.o.Store.EndSession(ctx, p.User().ID, id, session.EndedByUser, row)
	}
	if err == nil && !done {
		err = notFound("token_unknown", "There is no such access token.")
	}
	if err == nil {
		s.heard(row)
	}
	return err
}

// byPersonal finds the person of a personal access token.
func (s *Service) byPersonal(ctx context.Context, raw string) (*Person, error) {
	one, reason, err := s.o.Sessions.BySecret(ctx, raw)
	if err != nil {
		return nil, err
	}
	switch {
	case reason == "session_unknown", one != nil && one.Kind != session.KindPersonal:
		return nil, fault.New(api.CodeTokenInvalid, "personal_token_unknown", "This token is not valid.")
	case reason != "":
		return nil, ended(reason)
	}
	return &Person{Session: one, Scopes: both(one.Scopes, one.User.Scopes()), Bearer: true}, nil
}
