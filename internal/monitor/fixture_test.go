package monitor

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/csrf"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/passkey"
	"github.com/aiwfe/aiwfe-auth/internal/password"
	"github.com/aiwfe/aiwfe-auth/internal/ratelimit"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/session"
	"github.com/aiwfe/aiwfe-auth/internal/token"
)

const metricsToken = "a-token-for-the-scraper-0123456789"

// world is what the sources tell; tests change it.
type world struct {
	now                           time.Time
	database, schema, token, csrf error
	sessions                      error
	asked                         atomic.Int64
	pending, waiting              int
	pools                         map[string]Pool
	findings                      []api.Finding
	valkey                        *Valkey
	upstreams                     []Upstream
	audit                         Audit
	alerts                        []api.AlertFiring
}

func (w *world) sources() Sources {
	return Sources{
		Database: func(context.Context) (string, error) { w.asked.Add(1); return "3.50.4", w.database },
		Schema:   func(context.Context) (int64, int, error) { return 7, w.pending, w.schema },
		Pools:    func() map[string]Pool { return w.pools },
		Engine:   func() string { return "sqlite" }, Pooled: func() bool { return false },
		SessionsActive: func(context.Context) (int64, error) { return 3, w.sessions },
		TokenRoundTrip: func() error { return w.token }, CSRFRoundTrip: func() error { return w.csrf },
		HashStats: func() Hashing {
			wait := time.Duration(w.waiting) * 25 * time.Millisecond
			return Hashing{Workers: 2, Running: 1, Waiting: w.waiting, Cost: 50 * time.Millisecond, Wait: wait, Refused: 3, Left: 4}
		},
		Upstreams: func() []Upstream { return w.upstreams },
		KeyID:     func() string { return "c7k2m4q6w8xz" },
		Findings:  func() []api.Finding { return w.findings },
		Alerts:    func() []api.AlertFiring { return w.alerts },
		Audit:     func(context.Context) (Audit, error) { return w.audit, w.database },
		Valkey:    func() *Valkey { return w.valkey }, LinesLost: func() int64 { return 5 },
	}
}

// sessions is a store of two sessions, of an administrator and of a user.
type sessions struct{ now time.Time }

func (s sessions) SessionByID(_ context.Context, id string) (*session.Session, error) {
	role, ok := map[string]string{"ses_admin": account.RoleAdmin, "ses_user": account.RoleUser}[id]
	if !ok {
		return nil, nil
	}
	return &session.Session{
		ID: id, Kind: session.KindToken, CreatedAt: s.now, SeenAt: s.now, ExpiresAt: s.now.Add(time.Hour),
		User: account.User{ID: "1", Email: "a@example.com", Role: role, Status: account.StatusActive, Active: true},
	}, nil
}

func (sessions) SessionBySecret(context.Context, []byte) (*session.Session, error) { return nil, nil }
func (sessions) Touch(context.Context, map[string]time.Time) error                 { return nil }
func (sessions) Expire(context.Context, []string, time.Duration) error             { return nil }
func (sessions) Revocations(context.Context, int64, time.Duration) ([]session.Revocation, error) {
	return nil, nil
}

// fixture is a monitor behind the real kit.
type fixture struct {
	*Monitor
	w      *world
	h      http.Handler
	tokens *token.Tokens
	log    *bytes.Buffer
}

func set(t *testing.T, change func(*Options)) *fixture {
	t.Helper()
	f := &fixture{log: &bytes.Buffer{}, w: &world{
		now: time.Now(), pools: map[string]Pool{"main": {Size: 10, InUse: 2, Idle: 3, Waits: 4, WaitTime: 1500 * time.Millisecond}},
	}}
	clock := func() time.Time { return f.w.now }
	o := Options{
		Version: "1.2.3", Token: secret.FromString(metricsToken), Sources: f.w.sources(), Now: clock,
		Log: slog.New(slog.NewTextHandler(f.log, nil)),
	}
	if change != nil {
		change(&o)
	}
	f.Monitor = must(New(o))(t)
	kit := f.kit(t, clock)
	mux := http.NewServeMux()
	f.Register(mux)
	mux.HandleFunc("GET /api/v1/things/{id}", func(http.ResponseWriter, *http.Request) {})
	f.h = kit.Server(httpkit.Mux(mux, func(q *httpkit.Request, e *fault.Error) { q.Fail(e) }))
	return f
}

func (f *fixture) kit(t *testing.T, clock func() time.Time) *httpkit.Kit {
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	key := func(name string) secret.Value { return secret.Derive(secret.FromString(strings.Repeat("k", 40)), name) }
	public := must(url.Parse("http://localhost:8080"))(t)
	f.tokens = must(token.New(token.Options{Issuer: "http://localhost:8080", Audience: "aiwfe", Key: key("jwt"), TTL: time.Hour, Now: clock}))(t)
	forms := must(csrf.New(csrf.Options{
		Key: key("csrf"), TTL: time.Hour, Now: clock, Origins: must(csrf.NewOrigins(public, nil, true))(t),
	}))(t)
	hasher := must(password.New(password.Options{Argon: password.Params{Memory: 64, Time: 1, Lanes: 1}, Workers: 1}))(t)
	t.Cleanup(hasher.Close)
	flow := must(login.New(login.Options{
		Store: struct{ login.Store }{}, Attempts: struct{ ratelimit.Store }{}, Passwords: hasher,
		Policy:   must(password.NewPolicy(password.PolicyOptions{}))(t),
		Sessions: must(session.New(session.Options{Store: sessions{f.w.now}, Idle: time.Hour, Max: time.Hour, Now: clock, Log: quiet}))(t),
		Tokens:   f.tokens, Keys: login.Keys{Attempts: key("a"), Devices: key("d"), Refresh: key("r")},
		AccountLimit: 10, AccountWindow: time.Minute, Addresses: ratelimit.NewLocal(10, time.Minute), SessionLimit: 10, Lanes: 1,
		Passkeys: must(passkey.New(passkey.Options{PublicURL: public, Product: "aiwfe", Now: clock}))(t),
		Seals:    must(secret.NewSealer(key("seals")))(t), PublicURL: "http://localhost:8080", Product: "aiwfe",
		Recent: time.Minute, Trust: time.Hour, Now: clock, Log: quiet,
	}))(t)
	return must(httpkit.New(httpkit.Options{
		PublicURL: public, CSRF: forms, Login: flow, SessionMax: time.Hour, Log: quiet, Now: clock, Done: f.Done,
	}))(t)
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func (f *fixture) bearer(t *testing.T, id string) string {
	t.Helper()
	text, _, err := f.tokens.Make(token.Claims{
		Subject: "1", Email: "a@example.com", Scopes: []string{"read", "write", "admin"}, SessionID: id, DeviceFingerprint: "dev_1",
	}, f.w.now.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	return "Bearer " + text
}

// get asks from elsewhere, unless a header says otherwise: "peer" is where from.
func (f *fixture) get(path string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.RemoteAddr = "192.0.2.9:4711"
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "peer" {
			r.RemoteAddr = headers[i+1]
			continue
		}
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	f.h.ServeHTTP(w, r)
	return w
}

const asScraper = "Bearer " + metricsToken

func decode[T any](t *testing.T, w *httptest.ResponseRecorder) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
		t.Fatalf("%d %s: %v", w.Code, w.Body, err)
	}
	return v
}

var discard = slog.New(slog.DiscardHandler)
