package login

import (
	"context"
	"encoding/base64"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// How long one-time links live (ASVS 6.4.1; a reset at most an hour).
const (
	setupLife  = 24 * time.Hour
	inviteLife = 7 * 24 * time.Hour
	resetLife  = time.Hour
)

// newLink makes a link of 256 bits; the token leaves, the hash stays.
func (s *Service) newLink(kind string, user account.ID, life time.Duration) (string, Link) {
	now := s.o.Now().UTC()
	text := base64.RawURLEncoding.EncodeToString(secret.Random(32))
	return text, Link{Hash: secret.Hash(text), Kind: kind, User: user, CreatedAt: now, ExpiresAt: now.Add(life)}
}

// LinkWorks says whether a link of that kind is alive, and whose it is. It
// takes nothing: opening a link, by a person or by a mail scanner, is free.
func (s *Service) LinkWorks(ctx context.Context, kind, token string) (account.User, bool, error) {
	l, ok, err := s.o.Store.FindLink(ctx, secret.Hash(token), kind, s.o.Now())
	if err != nil || !ok || l.User == "" {
		return account.User{}, ok, err
	}
	return s.o.Store.UserByID(ctx, l.User)
}

// Opened notes that a link was opened for the first time. A mail scanner does
// that early; it takes nothing, and the row tells the two apart later.
func (s *Service) Opened(ctx context.Context, token string, c Client) error {
	row := s.row(audit.EventLinkOpened, c.Client)
	first, err := s.o.Store.LinkOpened(ctx, secret.Hash(token), row)
	if first {
		s.heard(row)
	}
	return err
}

// SetupToken makes the link for the first administrator, or reuses the given
// one while it is alive. "" when an administrator has existed.
func (s *Service) SetupToken(ctx context.Context, kept string) (string, error) {
	ever, err := s.o.Store.AdminEver(ctx)
	if err != nil || ever {
		return "", err
	}
	if kept != "" {
		if _, ok, err := s.LinkWorks(ctx, LinkSetup, kept); err != nil || ok {
			return kept, err
		}
	}
	text, link := s.newLink(LinkSetup, "", setupLife)
	row := s.actorRow(audit.EventSetupIssued, Host())
	if err := s.o.Store.PutLink(ctx, link, row); err != nil {
		return "", err
	}
	s.heard(row)
	return text, nil
}

// buckets are the attempt buckets of an address that strangers fill.
func (s *Service) buckets(email string) [][]byte {
	canonical, err := account.Canonical(email)
	if err != nil {
		return nil
	}
	return [][]byte{s.accountBucket("", canonical)}
}

var linkPages = map[string]string{
	LinkSetup: "/setup", LinkInvite: "/invitation", LinkReset: "/reset-password", LinkVerify: "/verify-email",
	LinkEmail: "/verify-email", LinkUnlock: "/unlock", LinkAlarm: "/not-me",
}

// LinkPath is the page at which a link of that kind is opened.
func LinkPath(kind, token string) string {
	return linkPages[kind] + "?token=" + token
}
