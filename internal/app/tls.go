package app

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

// certificate is read from files and read again when they change, so that a
// renewal drops no connection. A broken pair on disk keeps the old one.
type certificate struct {
	certFile, keyFile string
	log               *slog.Logger
	now               func() time.Time

	mu      sync.Mutex
	current *tls.Certificate
	stamp   [2]time.Time
	looked  time.Time
	// refused is why the files that lie there now are not used, and the stamp of
	// those: what is wrong with them is told once.
	refused error
	wrong   [2]time.Time
}

// lookEvery is how often the files are looked at, at most.
const lookEvery = 5 * time.Second

func newCertificate(certFile, keyFile string, log *slog.Logger) (*certificate, error) {
	c := &certificate{certFile: certFile, keyFile: keyFile, log: log, now: time.Now}
	if err := c.load(); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *certificate) load() error {
	stamp, err := c.stamps()
	if err != nil {
		return err
	}
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err != nil {
		return fmt.Errorf("TLS_CERT_FILE and TLS_KEY_FILE are no pair that can be used: %w", err)
	}
	c.current, c.stamp = &pair, stamp
	return nil
}

func (c *certificate) stamps() (stamp [2]time.Time, err error) {
	for i, name := range []string{c.certFile, c.keyFile} {
		info, err := os.Stat(name)
		if err != nil {
			return stamp, fmt.Errorf("the TLS file cannot be read: %w", err)
		}
		stamp[i] = info.ModTime()
	}
	return stamp, nil
}

// look has the files looked at before the next connection.
func (c *certificate) look() {
	c.mu.Lock()
	c.looked = time.Time{}
	c.mu.Unlock()
}

func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lookAgain()
	return c.current, nil
}

// check looks though nobody connects, and says whether there is something to
// tell, or nothing any more.
func (c *certificate) check() (turned bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	before := c.refused != nil
	c.lookAgain()
	return before != (c.refused != nil)
}

func (c *certificate) lookAgain() {
	now := c.now()
	if now.Sub(c.looked) < lookEvery {
		return
	}
	c.looked = now
	stamp, err := c.stamps()
	switch {
	case err == nil && stamp == c.stamp:
		c.refused = nil
		return
	case err == nil:
		err = c.load()
	}
	if err == nil {
		c.refused = nil
		c.log.Info("the TLS certificate was read anew", "not_after", c.current.Leaf.NotAfter)
		return
	}
	if c.refused == nil || stamp != c.wrong {
		c.log.Error("the new TLS certificate cannot be used; the old one stays", "error", err)
	}
	c.refused, c.wrong = err, stamp
}

// findings names files that cannot be used.
func (c *certificate) findings() []api.Finding {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.refused == nil {
		return nil
	}
	return []api.Finding{{
		Code: reloadRefused, Severity: api.Causes[reloadRefused].Severity, Title: api.Causes[reloadRefused].Title,
		Evidence: c.refused.Error(), Expected: "a certificate in " + c.certFile + " and its key in " + c.keyFile,
		Remedy: "Put a certificate and its key there that belong together. They are looked at every few seconds, and the old ones serve meanwhile.",
	}}
}
