package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"strings"

	"github.com/wneessen/go-mail/smtp"
)

// ErrNoTLS is met where the conversation with the mail server is not encrypted.
var ErrNoTLS = errors.New("no TLS is used")

// Certificate is the one that the mail server shows. It is looked at and not
// judged, so that one which has ended can be told of; nothing is sent through
// it but a good-bye.
func (s *SMTP) Certificate(ctx context.Context) (*x509.Certificate, error) {
	if !s.implicit && s.starttls == startNone {
		return nil, ErrNoTLS
	}
	look := *s
	look.tls = s.tls.Clone()
	look.tls.InsecureSkipVerify = true // whoever sends letters judges it
	ctx, cancel := context.WithTimeout(ctx, s.connect+s.connect)
	defer cancel()
	conn, err := look.dial(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	if secure, ok := conn.(*tls.Conn); ok {
		return leaf(secure.ConnectionState())
	}
	t := &talk{s: &look}
	if t.c, err = smtp.NewClient(conn, s.host); err != nil {
		return nil, err
	}
	_, domain, _ := strings.Cut(s.from.Address, "@")
	if err := t.c.Hello(domain); err != nil {
		return nil, err
	}
	if err := t.encrypt(); err != nil {
		return nil, err
	}
	state, encrypted := t.c.TLSConnectionState()
	if !encrypted {
		return nil, ErrNoTLS
	}
	_ = t.c.Quit()
	return leaf(state)
}

func leaf(state tls.ConnectionState) (*x509.Certificate, error) {
	if len(state.PeerCertificates) == 0 {
		return nil, errors.New("the server showed no certificate")
	}
	return state.PeerCertificates[0], nil
}
