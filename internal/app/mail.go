package app

import (
	"context"
	"fmt"
	"log/slog"
	netmail "net/mail"
	"sync/atomic"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/brand"
	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/i18n"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// Mail is everything about letters.
type Mail struct {
	Composer *mail.Composer
	Sender   mail.Sender
	Outbox   *mail.Outbox
	// Mailbox holds what was written, in development and test without a mail
	// server; else nil.
	Mailbox *mail.Mailbox
	carrier *carrier
}

// carrier is a sender that can be changed while letters are being sent.
type carrier struct {
	now  atomic.Pointer[mail.Sender]
	told func(began time.Time, err error) // may be nil
}

func (c *carrier) Send(ctx context.Context, e mail.Envelope) error {
	began := time.Now()
	err := (*c.now.Load()).Send(ctx, e)
	if c.told != nil {
		c.told(began, err)
	}
	return err
}

// mailEvery is how often letters are looked for that another process wrote, or
// whose time to be tried again has come.
const mailEvery = 2 * time.Second

func (c *Core) buildWords() error {
	var err error
	c.words, err = i18n.New()
	return err
}

// buildMail makes what writes and sends letters, and the outbox between.
func (c *Core) buildMail(seals *secret.Sealer) error {
	m, err := newMail(c.Config, c.Log, c.words, seals)
	if err != nil || m == nil {
		return err
	}
	m.carrier = &carrier{told: c.hooks.Mailed}
	m.carrier.now.Store(&m.Sender)
	m.Outbox, err = mail.NewOutbox(mail.OutboxOptions{
		Store: c.Store, Sender: m.carrier, Sealer: seals, Log: c.Log, Now: time.Now, Every: mailEvery,
	})
	if err != nil {
		return err
	}
	c.Mail = m
	c.Store.OnPost(m.Outbox.Wake)
	return nil
}

// newMail makes what writes and sends letters. Outside development and test
// there is none without SMTP_URL.
func newMail(cfg *config.Config, log *slog.Logger, words *i18n.Catalog, seals *secret.Sealer) (*Mail, error) {
	if cfg.SMTPURL.Empty() && !cfg.Environment.Relaxed() {
		return nil, nil
	}
	m := &Mail{}
	var err error
	m.Composer, err = mail.New(mail.Options{
		Look: cfg.Look(), PublicURL: Issuer(cfg), Text: words.Text, Sealer: seals, Now: time.Now,
	})
	if err != nil {
		return nil, err
	}
	if cfg.SMTPURL.Empty() {
		m.Mailbox, err = mail.NewMailbox(log, time.Now)
		m.Sender = m.Mailbox
	} else {
		m.Sender, err = newSMTP(cfg)
	}
	if err != nil {
		return nil, err
	}
	return m, nil
}

// sender is MAIL_FROM, with the product's name where somebody gave one and MAIL_FROM
// has none of its own.
func sender(cfg *config.Config) string {
	a, err := netmail.ParseAddress(cfg.MailFrom)
	if err != nil || a.Name != "" || cfg.ProductName == brand.DefaultName {
		return cfg.MailFrom
	}
	a.Name = cfg.ProductName
	return a.String()
}

func newSMTP(cfg *config.Config) (mail.Sender, error) {
	s, err := mail.NewSMTP(cfg.SMTPURL, sender(cfg), mail.SMTPOptions{AllowPlain: cfg.Environment.Relaxed()})
	if err != nil {
		return nil, fmt.Errorf("SMTP_URL or MAIL_FROM cannot be used: %w", err)
	}
	return s, nil
}

// OpenMail makes what writes and sends one letter at once: no database, no key
// of this installation, no outbox. It is nil where there is no mail.
func OpenMail(cfg *config.Config, log *slog.Logger) (*Mail, error) {
	words, err := i18n.New()
	if err != nil {
		return nil, err
	}
	seals, err := secret.NewSealer(secret.New(secret.Random(32))) // nothing is kept, so nothing is sealed
	if err != nil {
		return nil, err
	}
	return newMail(cfg, log, words, seals)
}

// sendMail sends what waits until ctx ends.
func (c *Core) sendMail(ctx context.Context) {
	if c.Mail != nil {
		c.Mail.Outbox.Run(ctx)
	}
}
