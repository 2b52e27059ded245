package mail

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/brand"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// Options is what a Composer needs; all of it.
type Options struct {
	// Look has the name that letters are signed with, one line, and their colour. A
	// logo is left out: what a letter loads tells others that it was opened.
	Look brand.Look
	// PublicURL is the address of this server; every link must lead below it.
	PublicURL string
	// Text finds sentences: i18n.Catalog.Text.
	Text   func(lang, key string, pairs ...any) string
	Sealer Sealer
	Now    func() time.Time
}

// Composer writes letters.
type Composer struct {
	o      Options
	look   atomic.Pointer[brand.Look]
	public *url.URL
	pages  pages
}

// New refuses when something is missing.
func New(o Options) (*Composer, error) {
	if o.Text == nil || o.Sealer == nil || o.Now == nil {
		return nil, errors.New("mail: every need of the composer must be given")
	}
	if o.Look.Name == "" || strings.ContainsFunc(o.Look.Name, unprintable) {
		return nil, errors.New("mail: the product's name must be one line of plain text")
	}
	public, err := url.Parse(o.PublicURL)
	if err != nil || public.Host == "" || (public.Scheme != "https" && public.Scheme != "http") || public.User != nil ||
		public.RawQuery != "" || public.Fragment != "" {
		return nil, errors.New("mail: the public URL must be an address such as https://auth.example.com")
	}
	p, err := parsePages()
	if err != nil {
		return nil, err
	}
	c := &Composer{o: o, public: public, pages: p}
	c.Wear(o.Look)
	return c, nil
}

// Wear changes the name and the colour of the letters that are written from now on.
func (c *Composer) Wear(l brand.Look) { c.look.Store(&l) }

// Compose writes and seals a letter. An error is a mistake of the caller: an
// unknown kind, more or less than one address, a link that is missing or leads
// elsewhere. It names the fault, not the link.
func (c *Composer) Compose(m Message) (Letter, error) {
	e, err := c.Envelope(m)
	if err != nil {
		return Letter{}, err
	}
	return seal(c.o.Sealer, e)
}

// Envelope writes a letter to be sent at once, as `mail test` does; everybody
// else stores what Compose gives.
func (c *Composer) Envelope(m Message) (Envelope, error) {
	if err := c.check(m); err != nil {
		return Envelope{}, fmt.Errorf("mail: compose %q: %w", m.Kind, err)
	}
	now := c.o.Now()
	if m.At.IsZero() {
		m.At = now
	}
	v := c.view(m)
	text, html, err := c.pages.write(v)
	if err != nil {
		return Envelope{}, fmt.Errorf("mail: compose %q: %w", m.Kind, err)
	}
	e := Envelope{ID: secret.RandomText(20), Kind: m.Kind, To: m.To, Subject: v.Subject, Text: text, HTML: html, At: now}
	if m.Life > 0 {
		e.Until = m.At.Add(m.Life)
	}
	return e, nil
}

func (c *Composer) check(m Message) error {
	p, known := plans[m.Kind]
	switch {
	case !known:
		return errors.New("there is no such kind of letter")
	case m.Link == "" && p.action:
		return errors.New("the letter needs a link")
	case m.Link != "" && !below(c.public, m.Link), m.Alarm != "" && !below(c.public, m.Alarm):
		return errors.New("a link does not lead to this server")
	case m.Address != "" && one(m.Address) != nil:
		return fmt.Errorf("the new address: %w", errAddress)
	}
	return one(m.To)
}
