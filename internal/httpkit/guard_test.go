package httpkit

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
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

// browser is a jar of cookies and the headers of a page of ours.
type browser struct {
	t       *testing.T
	w       *world
	cookies map[string]string
	page    bool
}

func (w *world) browser(t *testing.T) *browser {
	return &browser{t: t, w: w, cookies: map[string]string{}, page: true}
}

// do runs f as the endpoint of a request and keeps the cookies it sets.
func (b *browser) do(method string, f func(*Request)) {
	b.t.Helper()
	r := ask(method, "/", "")
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	if b.page {
		r.Header.Set("Origin", own)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	rec := httptest.NewRecorder()
	b.w.Server(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { f(From(w)) })).ServeHTTP(rec, r)
	for _, c := range rec.Result().Cookies() {
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
			continue
		}
		b.cookies[c.Name] = c.Value
	}
}

func (b *browser) token() (made string) {
	b.t.Helper()
	b.do(http.MethodGet, func(q *Request) {
		var err error
		if made, err = q.NewToken(); err != nil {
			b.t.Fatal(err)
		}
	})
	return made
}

// check is what an unsafe request with that token is answered; "" for passed.
func (b *browser) check(g Guard, token string) (answer string) {
	b.t.Helper()
	b.do(http.MethodPost, func(q *Request) { answer = codeOf(q.CheckToken(g, token)) })
	return answer
}

func (b *browser) signIn() {
	b.t.Helper()
	b.do(http.MethodPost, func(q *Request) {
		out, err := q.Kit().o.Login.Password(q.Context(), login.Attempt{Email: "ada@example.com", Password: right, Client: q.FormClient()})
		if err != nil {
			b.t.Fatal(err)
		}
		q.Signed(out.Grant)
	})
}

func (b *browser) signOut() {
	b.t.Helper()
	b.do(http.MethodPost, func(q *Request) {
		p, err := q.Person()
		if err == nil {
			err = q.Kit().o.Login.Logout(q.Context(), p, q.Client)
		}
		if err != nil {
			b.t.Fatal(err)
		}
		q.SignedOut()
	})
}

const right = "three green lanterns"

// withLogin gives the kit a real sign-in flow and one account.
func withLogin(t *testing.T) *world {
	t.Helper()
	fatal := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	clock := func() time.Time { return noon }
	db, err := store.Open(t.Context(), store.Options{Engine: store.SQLite, DSN: filepath.Join(t.TempDir(), "auth.db"), Log: log})
	fatal(err)
	t.Cleanup(db.Close)
	_, err = db.Migrate(t.Context())
	fatal(err)
	hasher, err := password.New(password.Options{Argon: password.Params{Memory: 8, Time: 1, Lanes: 1}})
	fatal(err)
	t.Cleanup(hasher.Close)
	policy, err := password.NewPolicy(password.PolicyOptions{})
	fatal(err)
	sessions, err := session.New(session.Options{Store: db, Idle: time.Hour, Max: 24 * time.Hour, Now: clock, Log: log})
	fatal(err)
	db.OnRevoke(sessions.Revoked)
	key := secret.FromString(strings.Repeat("j", 32))
	tokens, err := token.New(token.Options{Issuer: own, Audience: "aiwfe", Key: key, TTL: time.Hour, Now: clock})
	fatal(err)
	public, err := url.Parse(own)
	fatal(err)
	keys, err := passkey.New(passkey.Options{PublicURL: public, Product: "aiwfe", Now: clock})
	fatal(err)
	seals, err := secret.NewSealer(key)
	fatal(err)
	flow, err := login.New(login.Options{
		Store: db, Attempts: db, Passwords: hasher, Policy: policy, Sessions: sessions, Tokens: tokens,
		Keys:         login.Keys{Attempts: key, Devices: key, Refresh: key},
		AccountLimit: 100, AccountWindow: time.Hour, Addresses: ratelimit.NewLocal(1000, time.Minute),
		SessionLimit: 10, Evict: true, Lanes: 2, Registration: "closed", Now: clock, Log: log,
		Passkeys: keys, Seals: seals, PublicURL: own, Product: "aiwfe", Recent: time.Minute, Trust: time.Hour,
	})
	fatal(err)
	_, err = flow.CreateWithPassword(t.Context(), login.Host(), login.Invitee{Email: "ada@example.com"}, right)
	fatal(err)
	return build(t, func(o *Options) { o.Login = flow })
}

const (
	csrfCookie    = "__Host-aiwfe_csrf"
	sessionCookie = "__Host-aiwfe_session"

	missing   = "csrf_token_missing"
	noCookie  = "csrf_token_invalid (csrf_cookie_missing)"
	elsewhere = "csrf_token_invalid (bound_elsewhere)"
)

func TestTokenOfABrowser(t *testing.T) {
	w := withLogin(t)
	for _, c := range []struct {
		name string
		// play returns the token to send; the answer is want.
		play func(b *browser) string
		want string
	}{
		{"none", func(*browser) string { return "" }, missing},
		{"none, but a cookie", func(b *browser) string { b.token(); return "" }, missing},
		{"before login", func(b *browser) string { return b.token() }, ""},
		{"an older one, from another tab", func(b *browser) string { old := b.token(); b.token(); return old }, ""},
		{"without its cookie", func(b *browser) string { made := b.token(); clear(b.cookies); return made }, noCookie},
		{"of another browser", func(b *browser) string { b.token(); return w.browser(t).token() }, elsewhere},
		{"made up", func(b *browser) string { b.token(); return "x" }, "csrf_token_invalid (malformed)"},
		{"from before login, after it", func(b *browser) string { made := b.token(); b.signIn(); return made }, ""},
		{"from after login", func(b *browser) string { b.token(); b.signIn(); return b.token() }, ""},
		{"the first one ever, after login", func(b *browser) string { b.signIn(); return b.token() }, ""},
		// A sibling host cannot read our cookies, but it may be able to plant its own
		// csrf cookie, to which it holds a token.
		{"planted over a session", func(b *browser) string {
			evil := w.browser(t)
			made := evil.token()
			b.token()
			b.signIn()
			b.cookies[csrfCookie] = evil.cookies[csrfCookie]
			return made
		}, elsewhere},
		{"planted over a session that began without one", func(b *browser) string {
			evil := w.browser(t)
			made := evil.token()
			b.signIn()
			b.cookies[csrfCookie] = evil.cookies[csrfCookie]
			return made
		}, elsewhere},
		{"the victim's own, though another was planted", func(b *browser) string {
			b.token()
			b.signIn()
			b.cookies[csrfCookie] = strings.Repeat("a", 32)
			return b.token()
		}, ""},
		{"by the session, its csrf cookie lost", func(b *browser) string {
			b.signIn()
			made := b.token()
			delete(b.cookies, csrfCookie)
			return made
		}, ""},
		{"of another session of the same person", func(b *browser) string {
			other := w.browser(t)
			other.signIn()
			b.signIn()
			return other.token()
		}, elsewhere},
		{"of a page still open after logout", func(b *browser) string {
			b.token()
			b.signIn()
			made := b.token()
			b.signOut()
			return made
		}, noCookie},
		{"of a page still open after logout and a new start", func(b *browser) string {
			b.token()
			b.signIn()
			made := b.token()
			b.signOut()
			b.token()
			return made
		}, elsewhere},
		{"a dead session cookie is no session", func(b *browser) string { b.cookies[sessionCookie] = "dead"; return b.token() }, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := w.browser(t)
			sent := c.play(b)
			if got := b.check(Usual, sent); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if got := b.check(Unguarded, sent); got != "" {
				t.Errorf("what changes nothing is guarded: %q", got)
			}
		})
	}
}

func TestTokenIsOfOneLengthAndTheBrowserIDStays(t *testing.T) {
	w := withLogin(t)
	b := w.browser(t)
	first := b.token()
	id := b.cookies[csrfCookie]
	b.signIn()
	second := b.token()
	if len(first) != len(second) || first == second {
		t.Errorf("%d and %d characters", len(first), len(second))
	}
	if b.cookies[csrfCookie] != id || len(id) != browserIDLength {
		t.Errorf("the browser id changed from %q to %q", id, b.cookies[csrfCookie])
	}
	b.signOut()
	b.token()
	if b.cookies[csrfCookie] == id {
		t.Error("the browser id stays after logout, so that old pages still count")
	}
	b.cookies[csrfCookie] = "short" // planted: of no length that we write
	b.token()
	if len(b.cookies[csrfCookie]) != browserIDLength {
		t.Errorf("a planted id was kept: %q", b.cookies[csrfCookie])
	}
}

// A client without cookies and browser headers carries nothing of a victim's.
func TestTokenOfAProgram(t *testing.T) {
	w := withLogin(t)
	made := w.browser(t).token()
	for _, c := range []struct {
		name, token, want string
		guard             Guard
		headers           []string
	}{
		{"usual, none", "", "", Usual, nil},
		{"usual, a bad one is not looked at", "x", "", Usual, nil},
		{"always, none", "", missing, TokenAlways, nil},
		{"always, a bad one", "x", "csrf_token_invalid (malformed)", TokenAlways, nil},
		{"always, a signed one", made, "", TokenAlways, nil},
		{"bearer", "", "", Usual, []string{"Authorization: Bearer x"}},
		// A bearer token beside a cookie does not switch the guard off.
		{"bearer beside a cookie", "", missing, Usual, []string{"Authorization: Bearer x", "Cookie: " + csrfCookie + "=abc"}},
		{"a broken cookie of ours", "", missing, Usual, []string{"Cookie: " + sessionCookie + "=a%20b"}},
		{"cookies of others only", "", "", Usual, []string{"Cookie: theme=dark"}},
		{"a browser header, no cookie", "", missing, Usual, []string{"Sec-Fetch-Site: cross-site"}},
		{"Origin, no cookie", made, noCookie, TokenAlways, []string{"Origin: " + own}},
		{"two csrf cookies are none", made, noCookie, Usual, []string{"Cookie: " + csrfCookie + "=a; " + csrfCookie + "=b"}},
		{"an empty Origin is one", "", missing, Usual, []string{"Origin: "}},
	} {
		if got := codeOf(w.look(ask(http.MethodPost, "/", "", c.headers...)).CheckToken(c.guard, c.token)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	for _, method := range []string{"GET", "HEAD", "OPTIONS"} {
		if err := w.look(ask(method, "/", "", "Origin: "+own)).CheckToken(TokenAlways, ""); err != nil {
			t.Errorf("%s needs a token: %v", method, err)
		}
	}
}

func TestTokenExpires(t *testing.T) {
	w := build(t)
	b := w.browser(t)
	made := b.token()
	w.now = w.now.Add(time.Hour + time.Second)
	if got := b.check(Usual, made); got != "csrf_token_expired" {
		t.Error(got)
	}
	if got := b.check(Usual, b.token()); got != "" {
		t.Error(got)
	}
}

func TestOriginIsCheckedForUnsafeRequestsOfBrowsers(t *testing.T) {
	w := build(t)
	for _, c := range []struct {
		method  string
		guard   Guard
		headers []string
		allowed bool
	}{
		{"POST", Usual, nil, true},
		{"POST", Usual, []string{"Origin: " + own, "Sec-Fetch-Site: same-origin"}, true},
		{"POST", Usual, []string{"Origin: " + listed, "Sec-Fetch-Site: cross-site"}, true},
		{"POST", Usual, []string{"Origin: https://evil.example"}, false},
		{"POST", TokenAlways, []string{"Origin: null"}, false},
		{"POST", Usual, []string{"Sec-Fetch-Site: cross-site"}, false},
		{"POST", Usual, []string{"Origin: " + own, "Origin: https://evil.example"}, false},
		{"POST", Usual, []string{"Origin: "}, false},
		{"DELETE", Usual, []string{"Origin: https://evil.example"}, false},
		{"QUERY", Usual, []string{"Origin: https://evil.example"}, false}, // unknown methods are unsafe
		{"GET", Usual, []string{"Origin: https://evil.example"}, true},
		{"POST", Unguarded, []string{"Origin: https://evil.example"}, true},
	} {
		err := w.look(ask(c.method, "/", "", c.headers...)).CheckOrigin(c.guard)
		if (err == nil) != c.allowed {
			t.Errorf("%s %v: %v", c.method, c.headers, err)
		}
	}
}

// A program is told which header to send, a person what to do with the page.
func TestRefusedTokenIsExplainedToWhomItConcerns(t *testing.T) {
	w := build(t)
	program := []string{"Content-Type: application/json", "Origin: " + own}
	page := []string{"Content-Type: application/x-www-form-urlencoded", "Origin: " + own}
	for _, c := range []struct{ name, toProgram, toPage string }{
		{"missing", "", ""},
		{"malformed", "x", "csrf_token=x"},
	} {
		if c.toProgram != "" {
			program = append(program, "X-Csrf-Token: "+c.toProgram, "Cookie: __Host-aiwfe_csrf="+strings.Repeat("b", browserIDLength))
			page = append(page, "Cookie: __Host-aiwfe_csrf="+strings.Repeat("b", browserIDLength))
		}
		_, err := Receive[shape](w.look(ask(http.MethodPost, "/", "{}", program...)), Rule{})
		if got := fault.From(err).Detail; !strings.Contains(got, "X-CSRF-TOKEN") || strings.Contains(got, "load") {
			t.Errorf("%s: a program is told: %s", c.name, got)
		}
		_, err = w.look(ask(http.MethodPost, "/", c.toPage, page...)).ReceiveForm()
		if got := fault.From(err).Detail; strings.Contains(got, "X-CSRF-TOKEN") || !strings.Contains(got, "load the page once more") {
			t.Errorf("%s: a person is told: %s", c.name, got)
		}
	}
	_, err := w.look(ask(http.MethodPost, "/", "{}", program...)).ReceiveForm()
	if got := fault.From(err); got.Code != api.CodeUnsupportedMediaType || !strings.Contains(got.Detail, "application/x-www-form-urlencoded") {
		t.Errorf("JSON at a page is told: %v %s", got, got.Detail)
	}
}
