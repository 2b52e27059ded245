package store

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

// speaks connects, asks for TLS as every driver does, and finds out who is
// there before any name or password is sent.
func (r *Reach) speaks(ctx context.Context, network, addr string, cfg *pgx.ConnConfig) bool {
	conn, err := dial(ctx, network, addr)
	if err != nil {
		r.Step, r.Err = StepConnect, err
		return false
	}
	defer func() { _ = conn.Close() }()
	if network == "unix" {
		r.identify(conn, cfg)
		return true
	}
	first, err := askTLS(conn)
	switch {
	case len(first) == 1 && first[0] == 'S':
		r.OffersTLS = true
		if secure := r.handshake(ctx, conn, cfg.Host); secure != nil {
			r.identify(secure, cfg)
		}
		return true
	case len(first) == 1 && first[0] == 'N':
		if !r.AsksTLS {
			r.identify(conn, cfg)
			return true
		}
		r.identify(conn, cfg) // it sends the names alone, and stops before a password is asked
		r.Step, r.Err = StepTLS, errors.New("it answered the request for TLS with N, for no")
		return false
	case len(first) > 0 && first[0] == 'E' && (len(first) < 5 || first[1] == 0):
		return true // a refusal in PostgreSQL's own form: the login will show it whole
	}
	if silent(err) {
		first = talk(ctx, network, addr)
	}
	r.Speaks = language(first)
	r.Step, r.Err = StepSpeak, err
	if r.Speaks == "" {
		r.Step = StepConnect
		r.Err = fmt.Errorf("it takes the connection and then says nothing that could be read: %w", errOr(err, io.EOF))
	}
	return false
}

func errOr(err, other error) error {
	if err == nil {
		return other
	}
	return err
}

func dial(ctx context.Context, network, addr string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, dialLimit)
	defer cancel()
	var d net.Dialer
	return d.DialContext(ctx, network, addr)
}

// askTLS sends SSLRequest and gives what comes back: one letter from PostgreSQL.
func askTLS(conn net.Conn) ([]byte, error) {
	_ = conn.SetDeadline(time.Now().Add(askLimit))
	msg, err := (&pgproto3.SSLRequest{}).Encode(nil)
	if err != nil {
		return nil, err
	}
	if _, err := conn.Write(msg); err != nil {
		return nil, err
	}
	buf := make([]byte, 512)
	n, err := conn.Read(buf)
	return buf[:n], err
}

func silent(err error) bool { return errors.Is(err, os.ErrDeadlineExceeded) }

// talk says a line to something that did not understand SSLRequest: what waits
// for text answers now.
func talk(ctx context.Context, network, addr string) []byte {
	conn, err := dial(ctx, network, addr)
	if err != nil {
		return nil
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(speakLimit))
	if _, err := io.WriteString(conn, "GET / HTTP/1.0\r\n\r\n"); err != nil {
		return nil
	}
	buf := make([]byte, 512)
	n, _ := conn.Read(buf)
	return buf[:n]
}

// language names what the first bytes of an answer are written in.
func language(first []byte) string {
	text := string(first)
	switch {
	case text == "":
		return ""
	case strings.HasPrefix(text, "HTTP/"), strings.HasPrefix(text, "<"):
		return "a web server"
	case strings.HasPrefix(text, "SSH-"):
		return "an SSH server"
	case strings.HasPrefix(text, "220 "), strings.HasPrefix(text, "220-"), strings.HasPrefix(text, "554 "):
		return "a mail or FTP server"
	case strings.HasPrefix(text, "-ERR"), strings.HasPrefix(text, "-NOAUTH"), strings.HasPrefix(text, "-DENIED"), strings.HasPrefix(text, "$-1"):
		return "a Redis or Valkey server"
	case len(first) > 5 && first[4] == 10, len(first) > 5 && first[4] == 0xff:
		return "a MySQL or MariaDB server"
	case first[0] == 0x15 && len(first) > 1 && first[1] == 3:
		return "a server that speaks TLS from the first byte on"
	}
	return "a server whose answer is none of PostgreSQL's"
}

// handshake looks at the certificate without judging it; what is verified is
// for the login to say.
func (r *Reach) handshake(ctx context.Context, conn net.Conn, host string) net.Conn {
	_ = conn.SetDeadline(time.Now().Add(speakLimit))
	secure := tls.Client(conn, &tls.Config{ServerName: host, InsecureSkipVerify: true}) //nolint:gosec // nothing is sent through it but names
	if err := secure.HandshakeContext(ctx); err != nil {
		return nil
	}
	if certs := secure.ConnectionState().PeerCertificates; len(certs) > 0 {
		r.Shown = certs[0]
	}
	return secure
}

// identify begins a session with a parameter that PostgreSQL takes and
// pgbouncer refuses, and hangs up at the first answer, before a password.
func (r *Reach) identify(conn net.Conn, cfg *pgx.ConnConfig) {
	_ = conn.SetDeadline(time.Now().Add(speakLimit))
	msg, err := (&pgproto3.StartupMessage{ProtocolVersion: pgproto3.ProtocolVersion30, Parameters: map[string]string{
		"user": cfg.User, "database": cfg.Database, "aiwfe.doctor": "asks",
	}}).Encode(nil)
	if err != nil {
		return
	}
	if _, err := conn.Write(msg); err != nil {
		return
	}
	kind, body, err := message(bufio.NewReader(conn))
	switch {
	case err != nil:
	case kind == 'R', kind == 'v':
		r.Peer = PeerPostgres
	case kind == 'E':
		var e pgproto3.ErrorResponse
		if e.Decode(body) == nil {
			r.Peer = whoRefuses(pgconn.ErrorResponseToPgError(&e))
		}
	}
}

// whoRefuses tells a server's refusal from a pooler's: PostgreSQL names the
// place in its own source.
func whoRefuses(e *pgconn.PgError) string {
	if e.File != "" || e.Routine != "" {
		return PeerPostgres
	}
	return PeerPooler
}

func message(in io.Reader) (kind byte, body []byte, err error) {
	head := make([]byte, 5)
	if _, err := io.ReadFull(in, head); err != nil {
		return 0, nil, err
	}
	n := binary.BigEndian.Uint32(head[1:])
	if n < 4 || n > 1<<16 {
		return 0, nil, errors.New("a message of impossible length")
	}
	body = make([]byte, n-4)
	_, err = io.ReadFull(in, body)
	return head[0], body, err
}
