package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"testing"

	"github.com/emersion/go-smtp"
)

// TestCertificateIsSeenEvenIfNobodyTrustsIt: the one that has ended is the one
// to tell of.
func TestCertificateIsSeenEvenIfNobodyTrustsIt(t *testing.T) {
	stranger := newAuthority(t, "127.0.0.1")
	for _, c := range []struct {
		scheme, query string
		implicit, tls bool
		none          bool
	}{
		{"smtp", "", false, true, false},
		{"smtp", "?starttls=opportunistic", false, true, false},
		{"smtps", "", true, true, false},
		{"smtp", "?starttls=none", false, false, true},
		{"smtp", "?starttls=opportunistic", false, false, true},
	} {
		p := new(post).open(t, func(s *smtp.Server) {
			if c.tls {
				s.TLSConfig = stranger.server
			}
			if c.implicit {
				s.Addr = "implicit"
			}
		})
		leaf, err := sender(t, c.scheme+"://"+p.addr+c.query, SMTPOptions{TLS: &tls.Config{}}).Certificate(t.Context())
		if c.none && !errors.Is(err, ErrNoTLS) || !c.none && (err != nil || leaf == nil || leaf.NotAfter.IsZero()) {
			t.Errorf("%s%s: %v, %v", c.scheme, c.query, leaf, err)
		}
		if len(p.passwords()) > 0 || len(p.letters()) > 0 {
			t.Errorf("%s%s: something was sent", c.scheme, c.query)
		}
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := sender(t, "smtp://127.0.0.1:1", SMTPOptions{}).Certificate(gone); err == nil {
		t.Error("where nobody listens there is a certificate")
	}
}
