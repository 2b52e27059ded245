package login_test

import (
	"context"
	"io"
	"log/slog"
	"net/url"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/passkey"
	"github.com/aiwfe/aiwfe-auth/internal/password"
	"github.com/aiwfe/aiwfe-auth/internal/ratelimit"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/session"
	"github.com/aiwfe/aiwfe-auth/internal/store"
	"github.com/aiwfe/aiwfe-auth/internal/token"
)

const (
	right = "three green lanterns"
	other = "seven quiet harbours"
)

var (
	noon   = time.Date(2026, time.November, 2, 12, 0, 0, 0, time.UTC)
	jwtKey = secret.FromString("a signing key of the tests, of 32 bytes and more")
	policy = sync.OnceValues(func() (*password.Policy, error) { return password.NewPolicy(password.PolicyOptions{}) })
)

// world is a sign-in flow over a real SQLite file, with a clock that only the
// test moves.
type world struct {
	*login.Service
	t        *testing.T
	db       *store.Store
	sessions *session.Service
	tokens   *token.Tokens
	now      atomic.Int64
	// broken is laid over the store; its fields may be set at any time.
	broken *broken
	// post are the letters, where the world has mail; see withMail.
	post *post

	mu    sync.Mutex
	heard []audit.Row
	tally []audit.Row
}

func (w *world) clock() time.Time        { return time.UnixMilli(w.now.Load()).UTC() }
func (w *world) forward(d time.Duration) { w.now.Add(d.Milliseconds()) }

// broken is the store, with what a test lays over it.
type broken struct {
	*store.Store
	userByEmail    func() error
	begin          func() error
	took, returned atomic.Int64
	// wrote is called after an account was made or changed.
	wrote func()
}

func (b *broken) CreateUser(ctx context.Context, n login.NewUser) (account.User, bool, error) {
	u, made, err := b.Store.CreateUser(ctx, n)
	b.written()
	return u, made, err
}

func (b *broken) ChangeUser(ctx context.Context, c login.Change) (login.Changed, error) {
	out, err := b.Store.ChangeUser(ctx, c)
	b.written()
	return out, err
}

func (b *broken) written() {
	if b.wrote != nil {
		b.wrote()
	}
}

// soon is the context of one call that holds its answer for a while, so that
// known and unknown addresses take the same time: the client goes away once the
// account is written, and the test need not wait.
func (w *world) soon() context.Context {
	ctx, cancel := context.WithCancel(w.t.Context())
	w.broken.wrote = cancel
	w.t.Cleanup(cancel)
	return ctx
}

func (b *broken) UserByEmail(ctx context.Context, email string) (account.User, bool, error) {
	if b.userByEmail != nil {
		if err := b.userByEmail(); err != nil {
			return account.User{}, false, err
		}
	}
	return b.Store.UserByEmail(ctx, email)
}

func (b *broken) Begin(ctx context.Context, in login.Begin) (login.Begun, error) {
	if b.begin != nil {
		if err := b.begin(); err != nil {
			return login.Begun{}, err
		}
	}
	return b.Store.Begin(ctx, in)
}

func (b *broken) TakeAttempt(ctx context.Context, k ratelimit.Bucket, now time.Time) (ratelimit.Taken, error) {
	b.took.Add(1)
	return b.Store.TakeAttempt(ctx, k, now)
}

func (b *broken) ReturnAttempt(ctx context.Context, key []byte) error {
	b.returned.Add(1)
	return b.Store.ReturnAttempt(ctx, key)
}

// build makes a world. Limits are wide unless a test narrows them.
func build(t *testing.T, edit ...func(*login.Options)) *world {
	t.Helper()
	w := &world{t: t}
	w.now.Store(noon.UnixMilli())
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	var err error
	w.db, err = store.Open(t.Context(), store.Options{Engine: store.SQLite, DSN: filepath.Join(t.TempDir(), "auth.db"), Log: log})
	w.must(err)
	t.Cleanup(w.db.Close)
	_, err = w.db.Migrate(t.Context())
	w.must(err)
	hasher, err := password.New(password.Options{
		Upgrade: true, Argon: password.Params{Memory: 8, Time: 1, Lanes: 1}, Stretch: password.Params{Memory: 8, Time: 1, Lanes: 1},
	})
	w.must(err)
	t.Cleanup(hasher.Close)
	rules, err := policy()
	w.must(err)
	w.sessions, err = session.New(session.Options{Store: w.db, Idle: time.Hour, Max: 24 * time.Hour, Now: w.clock, Log: log})
	w.must(err)
	w.db.OnRevoke(w.sessions.Revoked)
	w.tokens, err = token.New(token.Options{
		Issuer: "https://auth.example.com", Audience: "aiwfe", Key: jwtKey, TTL: 15 * time.Minute, Now: w.clock,
		LegacyUntil: noon.Add(24 * time.Hour),
	})
	w.must(err)
	w.broken = &broken{Store: w.db}
	o := login.Options{
		Store: w.broken, Attempts: w.broken, Passwords: hasher, Policy: rules, Sessions: w.sessions, Tokens: w.tokens,
		Keys:         login.Keys{Attempts: key("attempts"), Devices: key("devices"), Refresh: key("refresh")},
		AccountLimit: 5, AccountWindow: 15 * time.Minute, Addresses: ratelimit.NewLocal(10_000, time.Minute),
		Passkeys: passkeys(t, w.clock), Seals: sealer(t), PublicURL: "https://auth.example.com", Product: "aiwfe",
		Recent: 10 * time.Minute, Trust: 30 * 24 * time.Hour,
		SessionLimit: 10, Evict: true, Grace: 10 * time.Second, Lanes: 2, Registration: "open", Now: w.clock, Log: log,
		Heard: func(r audit.Row) { w.mu.Lock(); w.heard = append(w.heard, r); w.mu.Unlock() },
		Tally: func(r audit.Row) { w.mu.Lock(); w.tally = append(w.tally, r); w.mu.Unlock() },
	}
	for _, f := range edit {
		f(&o)
	}
	w.Service, err = login.New(o)
	w.must(err)
	return w
}

func key(label string) secret.Value { return secret.Derive(jwtKey, "test "+label) }

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// person makes an account that can sign in with the right password.
func (w *world) person(email, role string) account.User {
	w.t.Helper()
	u, err := w.CreateWithPassword(w.t.Context(), login.Host(), login.Invitee{Email: email, Name: "Ada", Role: role}, right)
	w.must(err)
	return u
}

// curl is a client without cookies, a browser one that keeps them.
func curl() login.Client {
	return login.Client{Client: audit.Client{IP: "192.0.2.7", UserAgent: "curl/8.0", RequestID: "req"}, Network: "192.0.2.7"}
}

func browser(id string) login.Client {
	c := curl()
	c.UserAgent, c.Browser, c.BrowserID = "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0", true, id
	return c
}

func (w *world) try(email, text string, c login.Client) (*login.Grant, error) {
	out, err := w.Password(w.t.Context(), login.Attempt{Email: email, Password: text, Client: c})
	if err != nil {
		return nil, err
	}
	return out.Grant, nil
}

func passkeys(t *testing.T, clock func() time.Time) *passkey.Service {
	t.Helper()
	s, err := passkey.New(passkey.Options{
		PublicURL: &url.URL{Scheme: "https", Host: "auth.example.com"}, Product: "aiwfe", Now: clock,
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func sealer(t *testing.T) *secret.Sealer {
	t.Helper()
	s, err := secret.NewSealer(key("seals"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (w *world) signIn(email string, c login.Client) *login.Grant {
	w.t.Helper()
	g, err := w.try(email, right, c)
	w.must(err)
	return g
}

// whoIs is the person of a grant's access token.
func (w *world) whoIs(g *login.Grant) *login.Person {
	w.t.Helper()
	p, err := w.ByToken(w.t.Context(), g.AccessToken, curl())
	w.must(err)
	return p
}

// wantFault fails unless err is that fault.
func wantFault(t *testing.T, err error, code api.Code, reason string) *fault.Error {
	t.Helper()
	if err == nil {
		t.Fatalf("nothing was refused, want %s (%s)", code, reason)
	}
	f := fault.From(err)
	if f.Code != code || f.Reason != reason {
		t.Fatalf("got %v, want %s (%s)", err, code, reason)
	}
	return f
}

// wantEnded fails unless the grant's session is over for that reason.
func (w *world) wantEnded(g *login.Grant, reason string) {
	w.t.Helper()
	_, err := w.ByToken(w.t.Context(), g.AccessToken, curl())
	wantFault(w.t, err, api.CodeSessionEnded, reason)
}

// rows are the audit rows of an event, newest first.
func (w *world) rows(e audit.Event) []audit.Row {
	w.t.Helper()
	rows, err := w.db.AuditRows(w.t.Context(), audit.Query{Event: e, Limit: 200})
	w.must(err)
	return rows
}

func ref[T any](v T) *T { return &v }

// weakHash is one of an older system.
func weakHash(t *testing.T, text string) string {
	t.Helper()
	h, err := password.New(password.Options{Algorithm: password.Bcrypt, BcryptCost: 4})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	hash, err := h.Hash(t.Context(), text)
	if err != nil {
		t.Fatal(err)
	}
	return hash
}
