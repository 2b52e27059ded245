package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// doorLimit bounds how long a new password is tried.
const doorLimit = 10 * time.Second

// tryDoors tries what opens something elsewhere before it is taken over: a key
// that does not open this database, or a password that is refused, leaves the
// old one in its place.
func (s *Server) tryDoors(ctx context.Context, old, next *config.Config) error {
	ctx, cancel := context.WithTimeout(ctx, doorLimit)
	defer cancel()
	if err := s.tryDataKey(ctx, old, next); err != nil {
		return err
	}
	if err := tryMailDoor(ctx, old, next); err != nil {
		return err
	}
	if next.Database.DSN.Equal(old.Database.DSN) {
		return nil
	}
	if err := s.Store.Relogin(ctx, string(next.Database.DSN.Reveal())); err != nil {
		return fmt.Errorf("the database %s does not let this server in with the new DATABASE_URL, and the old one stays: %w",
			next.Database.Masked, door(err))
	}
	return nil
}

// tryDataKey refuses a key that opens nothing here: whoever gave the new one
// forgot the old one.
func (s *Server) tryDataKey(ctx context.Context, old, next *config.Config) error {
	if next.DataEncryptionKey.Equal(old.DataEncryptionKey) {
		return nil
	}
	fact, err := s.Store.Fact(ctx, factDerived)
	if err != nil {
		return err
	}
	seals, err := secret.NewSealer(next.DataEncryptionKey, next.DataEncryptionPreviousKeys...)
	if err != nil {
		return err
	}
	if d, _ := openDerived(seals, fact); fact != "" && d == nil {
		return errors.New("the new DATA_ENCRYPTION_KEY does not open what this database holds; " +
			"put the key before into DATA_ENCRYPTION_PREVIOUS_KEYS")
	}
	return nil
}

// tryMailDoor refuses a login that the mail server refuses. One that cannot be
// reached now is taken over: letters wait for it.
func tryMailDoor(ctx context.Context, old, next *config.Config) error {
	if next.SMTPURL.Empty() || next.SMTPURL.Equal(old.SMTPURL) {
		return nil
	}
	smtp, err := mail.NewSMTP(next.SMTPURL, next.MailFrom, mail.SMTPOptions{AllowPlain: next.Environment.Relaxed()})
	if err != nil {
		return fmt.Errorf("SMTP_URL or MAIL_FROM cannot be used: %w", err)
	}
	if kind, err := smtp.Probe(ctx); kind == mail.NoLogin {
		return fmt.Errorf("the mail server does not let this server in with the new SMTP_URL, and the old one stays: %w", err)
	}
	return nil
}
