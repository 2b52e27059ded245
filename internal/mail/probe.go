package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"time"
)

// What a probe can end with, beside nil for a server that would take letters.
const (
	Unreachable = "unreachable"     // nobody answers as a mail server
	TLSMismatch = "tls_mismatch"    // one side begins with TLS and the other does not
	Untrusted   = "untrusted"       // the certificate
	NoLogin     = "refuses_login"   // user or password, or none was given
	NoSender    = "refuses_sender"  // MAIL_FROM
	Later       = "try_again_later" // the server asks for patience
)

// Probe leads the conversation as far as the sender and takes it back: no
// letter is sent and no recipient is named. The error is a *Refusal, with the
// kind beside it.
func (s *SMTP) Probe(ctx context.Context) (kind string, err error) {
	t := &talk{s: s}
	ctx, cancel := context.WithTimeout(ctx, s.whole)
	defer cancel()
	conn, err := s.dial(ctx)
	if err != nil {
		return kindOf("connect", 0, err), t.failed(ctx, "connect", err)
	}
	defer func() { _ = conn.Close() }()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	conn, silent := s.listen(ctx, conn)
	if silent {
		return TLSMismatch, &Refusal{
			Host:   s.address(),
			Step:   "greeting",
			Detail: "the server says nothing and waits for TLS; use smtps:// for a port that speaks TLS from the first byte",
		}
	}
	step, err := t.open(conn)
	if err == nil {
		step, err = "MAIL FROM", t.c.Mail("<"+s.from.Address+">")
	}
	if err != nil {
		refusal := t.failed(ctx, step, err)
		var r *Refusal
		_ = errors.As(refusal, &r)
		return kindOf(step, r.Code, err), refusal
	}
	_ = t.c.Reset()
	_ = conn.SetDeadline(time.Now().Add(time.Second))
	_ = t.c.Quit()
	return "", nil
}

// patience is how long a greeting may take before TLS is tried beside it; many
// servers let strangers wait on purpose.
const patience = 1500 * time.Millisecond

// listen waits for the first byte of the greeting. A server that says nothing
// to a plain client and shakes hands with one that begins with TLS is of the
// other kind; so is one that hangs up.
func (s *SMTP) listen(ctx context.Context, conn net.Conn) (heard net.Conn, silent bool) {
	if s.implicit {
		return conn, false
	}
	first := make([]byte, 1)
	_ = conn.SetReadDeadline(time.Now().Add(patience))
	n, err := conn.Read(first)
	_ = conn.SetReadDeadline(time.Time{})
	if n == 0 && err != nil && s.speaksTLS(ctx) {
		return conn, true
	}
	return &begun{conn, first[:n]}, false
}

func (s *SMTP) speaksTLS(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	open := s.tls.Clone()
	open.InsecureSkipVerify = true // whose certificate it is comes later; nothing is sent
	conn, err := (&tls.Dialer{Config: open}).DialContext(ctx, "tcp", s.address())
	if err != nil {
		return false
	}
	return conn.Close() == nil
}

// begun is a connection of which the first byte was read.
type begun struct {
	net.Conn
	first []byte
}

func (b *begun) Read(p []byte) (int, error) {
	if len(b.first) > 0 && len(p) > 0 {
		n := copy(p, b.first)
		b.first = b.first[n:]
		return n, nil
	}
	return b.Conn.Read(p)
}

// kindOf sorts a failure of a step. Reply codes are those of RFC 5321 and 4954.
func kindOf(step string, code int, err error) string {
	var untrusted *tls.CertificateVerificationError
	var notTLS tls.RecordHeaderError
	switch {
	case errors.As(err, &untrusted):
		return Untrusted
	case errors.As(err, &notTLS), errors.Is(err, errNoStartTLS), errors.Is(err, errPlainAuth):
		return TLSMismatch
	case errors.Is(err, errNoAuth):
		return NoLogin
	case code == 530 && strings.Contains(strings.ToUpper(err.Error()), "TLS"):
		return TLSMismatch
	case code >= 530 && code <= 538 && step == "MAIL FROM":
		return NoLogin
	case code/100 == 4 && step != "greeting":
		return Later
	case step == "AUTH":
		return NoLogin
	case step == "MAIL FROM" && code != 0:
		return NoSender
	case step == "STARTTLS" && !gone(err):
		return TLSMismatch
	case step == "connect" && strings.Contains(err.Error(), "tls: "):
		return TLSMismatch
	}
	return Unreachable
}

func gone(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET) ||
		errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, net.ErrClosed)
}
