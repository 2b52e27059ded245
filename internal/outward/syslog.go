package outward

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strconv"
	"time"
)

// SyslogOptions is what a way to a syslog server needs.
type SyslogOptions struct {
	// URL is udp://host:514, tcp://host:601, tls://host:6514 or unix:///dev/log.
	URL string
	// Facility is that of every line: 10 is security, 13 audit.
	Facility int
	// Host, App and Process name the sender.
	Host, App, Process string
	// Roots are the authorities trusted for tls; nil for those of the system.
	Roots *x509.CertPool
}

// Syslog sends lines of RFC 5424 to one server. It is safe for concurrent use.
type Syslog struct {
	o        SyslogOptions
	network  string
	address  string
	host     string
	patience time.Duration
}

// NewSyslog checks the address.
func NewSyslog(o SyslogOptions) (*Syslog, error) {
	u, err := url.Parse(o.URL)
	if err != nil {
		return nil, errors.New("the address of a syslog server cannot be read; such as tls://logs.example.com:6514")
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("the address of a syslog server has a scheme, a host and a port, and nothing else")
	}
	s := &Syslog{o: o, network: u.Scheme, host: u.Hostname(), patience: patience}
	port := map[string]string{"udp": "514", "tcp": "601", "tls": "6514"}[u.Scheme]
	switch {
	case u.Scheme == "unix" && u.Host == "" && u.Path != "":
		s.address = u.Path
	case port == "" || s.host == "" || u.Path != "" && u.Path != "/":
		return nil, errors.New("the address of a syslog server must be udp://, tcp:// or tls://host:port, or unix:///path")
	default:
		if u.Port() != "" {
			port = u.Port()
		}
		s.address = net.JoinHostPort(s.host, port)
	}
	return s, nil
}

// Send sends lines in their order and knows at its end whether they were taken,
// where the way can tell: over tcp and tls the other side has read all of them
// once it closes the connection after us, so it is waited for. A datagram over
// udp may be lost and nobody knows. Its error is a Fault.
func (s *Syslog) Send(ctx context.Context, lines ...Line) error {
	ctx, cancel := context.WithTimeout(ctx, s.patience)
	defer cancel()
	conn, err := s.dial(ctx)
	if err != nil {
		return unreached("the syslog server could not be reached", err)
	}
	defer func() { _ = conn.Close() }()
	end := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	defer end()
	stream, whole := conn.(interface{ CloseWrite() error })
	for _, l := range lines {
		text := l.format(s.o)
		if whole { // octet counting (RFC 6587, 3.4.1), which RFC 5425 demands
			text = append([]byte(strconv.Itoa(len(text))+" "), text...)
		}
		if _, err := conn.Write(text); err != nil {
			return unreached("the syslog server did not take a line", err)
		}
	}
	if !whole {
		return nil
	}
	return finish(conn, stream.CloseWrite)
}

// finish ends our half and waits for the other side to end its own. A server
// that dies with lines unread resets the connection instead.
func finish(conn net.Conn, closeWrite func() error) error {
	if err := closeWrite(); err != nil {
		return unreached("the connection to the syslog server broke", err)
	}
	_, err := io.Copy(io.Discard, io.LimitReader(conn, mostAnswer))
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) { // many end TLS without a farewell
		return unreached("the syslog server did not close the connection after our last line, which it may not have read", err)
	}
	return nil
}

func (s *Syslog) dial(ctx context.Context) (net.Conn, error) {
	d := &net.Dialer{Timeout: patience / 2}
	switch s.network {
	case "unix":
		conn, err := d.DialContext(ctx, "unixgram", s.address)
		if err == nil {
			return datagrams{conn}, nil
		}
		if stream, other := d.DialContext(ctx, "unix", s.address); other == nil {
			return stream, nil
		}
		return nil, err
	case "tls":
		return (&tls.Dialer{NetDialer: d, Config: &tls.Config{
			ServerName: s.host, RootCAs: s.o.Roots, MinVersion: tls.VersionTLS12,
		}}).DialContext(ctx, "tcp", s.address)
	case "tcp", "udp":
		return d.DialContext(ctx, s.network, s.address)
	}
	return nil, fmt.Errorf("no way to a syslog server over %q", s.network)
}

// datagrams hides that a local socket could close one half.
type datagrams struct{ net.Conn }
