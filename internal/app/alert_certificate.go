package app

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"sync"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/alert"
)

// What visitors are shown by whoever stands in front is looked at seldom, and
// not while a server is just starting.
const (
	shownFirst = time.Minute
	shownEvery = 6 * time.Hour
	shownAgain = 10 * time.Minute
	shownLimit = 5 * time.Second
)

// shownCertificate is what the public address showed last.
type shownCertificate struct {
	mu   sync.Mutex
	next time.Time
	leaf *x509.Certificate
}

// certificate is the one that visitors are shown: this server's, or that of
// PUBLIC_URL where something in front speaks TLS.
func (a *alerts) certificate(ctx context.Context, now time.Time) (alert.Certificate, bool) {
	name := a.s.Config.PublicURL.Hostname()
	var leaf *x509.Certificate
	switch {
	case a.s.cert != nil:
		if pair, err := a.s.cert.get(nil); err == nil {
			leaf = pair.Leaf
		}
	case a.s.Config.PublicURL.Scheme == "https" && !a.s.Config.Environment.Relaxed():
		leaf = a.shown.look(ctx, now, net.JoinHostPort(name, portOr(a.s.Config.PublicURL.Port(), "443")), name)
	}
	if leaf == nil {
		return alert.Certificate{}, false
	}
	return alert.Certificate{Name: name, From: leaf.NotBefore, Until: leaf.NotAfter}, true
}

func portOr(port, usual string) string {
	if port == "" {
		return usual
	}
	return port
}

// look asks when it is time to, beside whoever waits for what was seen last.
func (c *shownCertificate) look(ctx context.Context, now time.Time, address, name string) *x509.Certificate {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.next.IsZero():
		c.next = now.Add(shownFirst)
	case now.After(c.next):
		c.next = now.Add(shownAgain)
		go c.ask(ctx, address, name)
	}
	return c.leaf
}

// ask only reads how long the certificate is good. Whether it can be trusted is
// the doctor's question, and nothing is sent to whoever shows it.
func (c *shownCertificate) ask(ctx context.Context, address, name string) {
	ctx, cancel := context.WithTimeout(ctx, shownLimit)
	defer cancel()
	conn, err := (&tls.Dialer{Config: &tls.Config{
		ServerName: name, InsecureSkipVerify: true, MinVersion: tls.VersionTLS12, //nolint:gosec // see above
	}}).DialContext(ctx, "tcp", address)
	if err != nil {
		return // the doctor tells of an address that nobody reaches
	}
	defer func() { _ = conn.Close() }()
	shown := conn.(*tls.Conn).ConnectionState().PeerCertificates
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(shown) > 0 {
		c.leaf, c.next = shown[0], time.Now().Add(shownEvery)
	}
}
