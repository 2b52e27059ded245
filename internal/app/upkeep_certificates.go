package app

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"sync"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
	"github.com/aiwfe/aiwfe-auth/internal/store"
	"github.com/aiwfe/aiwfe-auth/internal/upkeep"
)

// lookFor bounds the look at one certificate.
const lookFor = 10 * time.Second

// errNone is met where there is no certificate to look at.
var errNone = errors.New("none")

// certificates looks at every one that this installation hangs on: its own
// file, what the public address shows, and what database and mail server show.
// They are looked at and not judged, so that one which has ended is told of.
func certificates(ctx context.Context, cfg *config.Config) []upkeep.Certificate {
	ctx, cancel := context.WithTimeout(ctx, lookFor)
	defer cancel()
	looks := []struct {
		what, renew string
		at          func(context.Context, *config.Config) (*x509.Certificate, error)
	}{
		{"TLS_CERT_FILE", "Put the new one into the file; the server reads it by itself.", ownFile},
		{cfg.PublicURL.Host, "Let what renews it run, and see its log.", shownAt},
		{"database", "Whoever runs the database renews it.", ofDatabase},
		{"mail server", "Whoever runs the mail server renews it.", ofMail},
	}
	found := make([]upkeep.Certificate, len(looks))
	var all sync.WaitGroup
	for i, l := range looks {
		all.Go(func() {
			leaf, err := l.at(ctx, cfg)
			found[i] = upkeep.Certificate{What: l.what, Renew: l.renew, Leaf: leaf, Err: err}
		})
	}
	all.Wait()
	var list []upkeep.Certificate
	for _, c := range found {
		if !errors.Is(c.Err, errNone) {
			list = append(list, c)
		}
	}
	return list
}

func ownFile(_ context.Context, cfg *config.Config) (*x509.Certificate, error) {
	if cfg.TLSCertFile == "" {
		return nil, errNone
	}
	pair, err := tls.LoadX509KeyPair(cfg.TLSCertFile, cfg.TLSKeyFile)
	return pair.Leaf, err
}

func shownAt(ctx context.Context, cfg *config.Config) (*x509.Certificate, error) {
	u := cfg.PublicURL
	if u.Scheme != "https" {
		return nil, errNone
	}
	//nolint:gosec // it is looked at, and nothing is sent
	dialer := tls.Dialer{Config: &tls.Config{ServerName: u.Hostname(), InsecureSkipVerify: true}}
	conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), "443")))
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }()
	secure, ok := conn.(*tls.Conn)
	if !ok || len(secure.ConnectionState().PeerCertificates) == 0 {
		return nil, errors.New("it showed none")
	}
	return secure.ConnectionState().PeerCertificates[0], nil
}

// ofDatabase is what the host shows that lets us in, where TLS is used.
func ofDatabase(ctx context.Context, cfg *config.Config) (*x509.Certificate, error) {
	if cfg.Database.Engine != config.Postgres {
		return nil, errNone
	}
	ways, err := store.WaysIn(ctx, string(cfg.Database.DSN.Reveal()))
	if err != nil {
		return nil, err
	}
	for _, w := range ways {
		switch {
		case w.Shown != nil && (w.Session.TLS || w.Step != store.StepIn):
			return w.Shown, nil
		case w.Step != store.StepIn && w.AsksTLS:
			err = w.Err
		}
	}
	return nil, cmp.Or(err, errNone)
}

func ofMail(ctx context.Context, cfg *config.Config) (*x509.Certificate, error) {
	if cfg.SMTPURL.Empty() {
		return nil, errNone
	}
	s, err := mail.NewSMTP(cfg.SMTPURL, cfg.MailFrom, mail.SMTPOptions{AllowPlain: cfg.Environment.Relaxed()})
	if err != nil {
		return nil, err
	}
	leaf, err := s.Certificate(ctx)
	if errors.Is(err, mail.ErrNoTLS) {
		return nil, errNone
	}
	return leaf, err
}
