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
// both sides agree on TLS. The library would only say that it failed. The error
// is a *Trouble.
func Reach(ctx context.Context, t Target) error {
	err := greet(ctx, t, t.TLS)
	switch trouble, _ := errors.AsType[*Trouble](err); {
	case err == nil:
		return nil
	case trouble.Kind == Stranger && !t.TLS && speaksTLS(ctx, t):
		return &Trouble{TLSWanted, "PING without TLS was answered with: " + trouble.Said + "; a TLS handshake at the same place succeeds"}
	case trouble.Kind == TLSUnknown:
		if plain := greet(ctx, t, false); plain != nil && !In(plain, Login, Loading, Protected) {
			return &Trouble{Stranger, "no TLS: " + trouble.Said + "; without TLS: " + plain.Error()}
		}
		return &Trouble{TLSUnknown, "a TLS handshake was answered with: " + trouble.Said + "; PING without TLS is answered"}
	}
	return err
}

// greet says PING and judges what comes back.
func greet(ctx context.Context, t Target, secure bool) error {
	conn, err := dial(ctx, t)
	if err != nil {
		return network(err)
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(answerLimit))
	if secure {
		c := tls.Client(conn, t.tls())
		if err := c.HandshakeContext(ctx); err != nil {
			return handshake(err)
		}
		conn = c
	}
	if _, err := conn.Write([]byte("PING\r\n")); err != nil {
		return network(err)
	}
	line, err := bufio.NewReaderSize(conn, 512).ReadString('\n')
	if err != nil && line == "" {
		if isTimeout(err) {
			return &Trouble{Silent, fmt.Sprintf("%s takes the connection and does not answer PING within %s", t.Address(), answerLimit)}
		}
		if secure {
			return handshake(err)
		}
		return &Trouble{Stranger, "the connection was closed: " + err.Error()}
	}
	return understood(strings.TrimSpace(line))
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
