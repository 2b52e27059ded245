package mail

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/brand"
	"github.com/aiwfe/aiwfe-auth/internal/i18n"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

var noon = time.Date(2026, time.November, 2, 12, 0, 0, 0, time.UTC)

const (
	public = "https://auth.example.com"
	link   = public + "/verify-email?token=mXb3v9sQ1nY7"
	secure = public + "/secure?token=aLq8Wc2Kd0Zt"
)

// box is a sealer with the manners of the real one: the bound names are part of
// what is authenticated.
type box struct{ cipher.AEAD }

func newBox(t testing.TB) box {
	t.Helper()
	block, err := aes.NewCipher(secret.Random(32))
	if err != nil {
		t.Fatal(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	return box{gcm}
}

func (b box) Seal(plain []byte, bound ...string) []byte {
	nonce := make([]byte, b.NonceSize())
	_, _ = rand.Read(nonce)
	return b.AEAD.Seal(nonce, nonce, plain, []byte(strings.Join(bound, "\x00")))
}

func (b box) Open(sealed []byte, bound ...string) (secret.Value, error) {
	nonce, rest := sealed[:b.NonceSize()], sealed[b.NonceSize():]
	plain, err := b.AEAD.Open(nil, nonce, rest, []byte(strings.Join(bound, "\x00")))
	return secret.New(plain), err
}

func composer(t testing.TB, s Sealer) *Composer {
	t.Helper()
	catalog, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	c, err := New(Options{
		Look: brand.Look{Name: "Example"}, PublicURL: public, Text: catalog.Text, Sealer: s, Now: func() time.Time { return noon },
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// full is a message with everything that one may have.
func full(k Kind) Message {
	m := Message{
		Kind: k, To: "ada@example.org", Lang: "en", Name: "Ada Lovelace", Alarm: secure,
		Device: "Firefox on Windows", IP: "203.0.113.7", At: noon, Factor: "Blue key", Left: 3,
	}
	if plans[k].action {
		m.Link, m.Life = link, time.Hour
	}
	if k == KindEmailConfirm || k == KindEmailNotice {
		m.Address = "ada@new.example"
	}
	return m
}

// shelf is a store in memory, with the manners of the real one.
type shelf struct {
	mu    sync.Mutex
	rows  map[string]*row
	moved chan struct{} // gets a token for each letter that ended or failed
	// leasing is laid over LeaseLetters; may be nil.
	leasing error
}

type row struct {
	Stored
	due, leased time.Time
	sent, gone  bool
	cause       string
	next        time.Time
}

func newShelf() *shelf { return &shelf{rows: map[string]*row{}, moved: make(chan struct{}, 1000)} }

func (s *shelf) put(l Letter, at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rows[l.ID] = &row{Stored: Stored{Letter: l, CreatedAt: at}, due: at}
}

func (s *shelf) row(id string) row {
	s.mu.Lock()
	defer s.mu.Unlock()
	return *s.rows[id]
}

func (s *shelf) LeaseLetters(_ context.Context, now, until time.Time, limit int) ([]Stored, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.leasing != nil {
		return nil, s.leasing
	}
	var all []Stored
	for _, r := range s.rows {
		if r.sent || r.gone || r.due.After(now) || r.leased.After(now) || len(all) == limit {
			continue
		}
		r.leased, r.Tries = until, r.Tries+1
		all = append(all, r.Stored)
	}
	return all, nil
}

func (s *shelf) LetterSent(ctx context.Context, id string, _ time.Time) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	s.mu.Lock()
	s.rows[id].sent = true
	s.mu.Unlock()
	s.moved <- struct{}{}
	return nil
}

func (s *shelf) LetterFailed(ctx context.Context, id string, next time.Time, gaveUp bool, cause string, _ time.Time) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	s.mu.Lock()
	r := s.rows[id]
	r.next, r.due, r.gone, r.cause, r.leased = next, next, gaveUp, cause, time.Time{}
	s.mu.Unlock()
	s.moved <- struct{}{}
	return nil
}

// page is a log that a test can read.
type page struct {
	mu sync.Mutex
	b  strings.Builder
}

func (p *page) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.b.Write(b)
}

func (p *page) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.b.String()
}

func newLog() (*slog.Logger, *page) {
	p := &page{}
	return slog.New(slog.NewTextHandler(p, nil)), p
}
