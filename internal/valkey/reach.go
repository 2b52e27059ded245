package valkey

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"
	"time"
)

// Limits of a connection. It is on the way of requests, so a server that does
// not answer is given up soon.
const (
	dialLimit   = 3 * time.Second
	answerLimit = 3 * time.Second
)

// Reach finds out, without logging in, whether a Valkey is there and whether
// both sides agree on TLS. A connection would only say that it failed. The error
// is a *Trouble.
func Reach(ctx context.Context, t Target) error {
	err := greet(ctx, t, t.TLS)
	switch trouble, _ := errors.AsType[*Trouble](err); {
	case err == nil:
		return nil
	case trouble.Kind == Stranger && !t.TLS && speaksTLS(ctx, t):
		return &Trouble{TLSWanted, "PING without TLS was answered with: " + trouble.Said + "; a TLS handshake at the same place succeeds"}
	case trouble.Kind == TLSUnknown, trouble.Kind == Silent && t.TLS:
		return plain(ctx, t, trouble)
	}
	return err
}

// plain asks without TLS what did not answer with it: Redis itself stays silent
// at a handshake, since it waits for the end of a line.
func plain(ctx context.Context, t Target, with *Trouble) error {
	without := greet(ctx, t, false)
	switch {
	case without == nil, In(without, Login, Loading, Protected):
		return &Trouble{TLSUnknown, "a TLS handshake ends with: " + with.Said + "; PING without TLS is answered"}
	case with.Kind == Silent:
		return with
	}
	return &Trouble{Stranger, "with TLS: " + with.Said + "; without: " + without.Error()}
}

// greet says PING and judges what comes back.
func greet(ctx context.Context, t Target, secure bool) error {
	conn, err := dial(ctx, t)
	if err != nil {
		return network(err)
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(answerLimit))
	wanted := false // a certificate of ours
	if secure {
		o := t.tls()
		o.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			wanted = true
			return &tls.Certificate{}, nil
		}
		c := tls.Client(conn, o)
		if err := c.HandshakeContext(ctx); err != nil {
			return handshake(err)
		}
		conn = c
	}
	line, err := ping(conn)
	switch {
	case line != "":
		return understood(strings.TrimSpace(line))
	case isTimeout(err):
		return &Trouble{Silent, fmt.Sprintf("%s takes the connection and does not answer PING within %s", t.Address(), answerLimit)}
	case wanted: // with TLS 1.3 the refusal comes after the handshake, often as a mere reset
		return &Trouble{ClientCert, "it asked for a client certificate and then ended the connection: " + err.Error()}
	}
	return &Trouble{Stranger, "the connection was closed: " + err.Error()}
}

func ping(conn net.Conn) (line string, err error) {
	if _, err = conn.Write([]byte("PING\r\n")); err != nil {
		return "", err
	}
	return bufio.NewReaderSize(conn, 512).ReadString('\n')
}

// understood judges the first line: PONG, an error that only this kind of
// server makes, or a stranger's talk.
func understood(line string) error {
	if line == "+PONG" || strings.HasPrefix(line, "-NOAUTH") || strings.HasPrefix(line, "-NOPERM") {
		return nil
	}
	if said, ok := strings.CutPrefix(line, "-"); ok {
		if t := judged(errors.New(said)); t.Kind != Other {
			return t
		}
	}
	return &Trouble{Stranger, fmt.Sprintf("%.80q", line)}
}

func dial(ctx context.Context, t Target) (net.Conn, error) {
	return (&net.Dialer{Timeout: dialLimit}).DialContext(ctx, t.Network, t.Addresses[0])
}

func (t Target) tls() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, ServerName: t.host()}
}

// speaksTLS asks only whether there is TLS; nothing is sent over it.
func speaksTLS(ctx context.Context, t Target) bool {
	conn, err := dial(ctx, t)
	if err != nil {
		return false
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(answerLimit))
	c := tls.Client(conn, &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10}) //nolint:gosec // nothing is sent
	return c.HandshakeContext(ctx) == nil
}

// handshake judges an error of TLS.
func handshake(err error) error {
	if e, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return &Trouble{Certificate, e.Err.Error()}
	}
	if e, ok := errors.AsType[x509.HostnameError](err); ok {
		return &Trouble{Certificate, e.Error()}
	}
	switch text := err.Error(); {
	case strings.Contains(text, "certificate required"), strings.Contains(text, "bad certificate"):
		return &Trouble{ClientCert, text}
	case isTimeout(err):
		return &Trouble{Silent, "no answer to a TLS handshake within " + answerLimit.String()}
	default:
		return &Trouble{TLSUnknown, text}
	}
}

// network judges an error of the connection itself.
func network(err error) *Trouble {
	if e, ok := errors.AsType[*net.DNSError](err); ok && !e.IsTimeout {
		return &Trouble{Unresolved, e.Error()}
	}
	switch {
	case isTimeout(err):
		return &Trouble{Silent, err.Error()}
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.ENOENT), errors.Is(err, syscall.EACCES),
		errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.ECONNRESET):
		return &Trouble{Refused, err.Error()}
	}
	return &Trouble{Other, err.Error()}
}

func isTimeout(err error) bool {
	e, ok := errors.AsType[net.Error](err)
	return ok && e.Timeout() || errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded)
}
