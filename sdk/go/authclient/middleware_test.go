package authclient

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// fake answers /status as the server does, by what it is shown.
type fake struct {
	*httptest.Server
	asked atomic.Int64
	// instead, when set, answers.
	instead atomic.Pointer[http.HandlerFunc]
	seen    sync.Map // headers that were handed on
}

func newFake(t *testing.T) *fake {
	f := &fake{}
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.asked.Add(1)
		for name := range r.Header {
			f.seen.Store(name, r.Header.Get(name))
		}
		if h := f.instead.Load(); h != nil {
			(*h)(w, r)
			return
		}
		who := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ") + strings.TrimPrefix(r.Header.Get("Cookie"), "aiwfe_session=")
		if who == "dead" {
			problem(w, 401, "session_ended", "")
			return
		}
		w.Header().Set("Content-Type", "application/json")
		role := "user"
		if who == "root" {
			role = "admin"
		}
		_ = json.NewEncoder(w).Encode(Status{
			Authenticated: true, User: User{ID: who, Role: role}, Scopes: []string{"read"},
			Session: Session{ID: "ses_" + who, ExpiresAt: time.Now().Add(time.Hour)},
		})
	}))
	t.Cleanup(f.Close)
	return f
}

func problem(w http.ResponseWriter, status int, code, after string) {
	w.Header().Set("Content-Type", "application/problem+json")
	if after != "" {
		w.Header().Set("Retry-After", after)
	}
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"status": status, "code": code, "title": "T", "request_id": "req_1"})
}

func (f *fake) answers(status int, code string) {
	h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { problem(w, status, code, "7") })
	f.instead.Store(&h)
}

func (f *fake) verifier(t *testing.T, o StatusOptions) Verifier {
	c, err := NewClient(f.URL, WithPatience(0))
	if err != nil {
		t.Fatal(err)
	}
	return AskStatus(c, o)
}

// page says who it is.
var page = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	who, ok := FromContext(r.Context())
	if !ok {
		who = &Identity{ID: "a stranger"}
	}
	_, _ = w.Write([]byte(who.ID))
})

func ask(h http.Handler, method string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://app.example.com/page?a=b", nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestMiddleware(t *testing.T) {
	f := newFake(t)
	v := f.verifier(t, StatusOptions{Remember: -1, Origins: []string{"https://www.example.com"}})
	for _, tt := range []struct {
		what   string
		guard  Guard
		method string
		header []string
		status int
		body   string
	}{
		{"a bearer", Require(v), "GET", []string{"Authorization", "Bearer ada"}, 200, "ada"},
		{"a cookie", Require(v), "GET", []string{"Cookie", "x=y; aiwfe_session=ada"}, 200, "ada"},
		{"a bearer beside a cookie", Require(v), "GET", []string{"Authorization", "Bearer ada", "Cookie", "aiwfe_session=bob"}, 200, "ada"},
		{"a bad bearer beside a cookie", Require(v), "GET", []string{"Authorization", "Bearer dead", "Cookie", "aiwfe_session=bob"}, 401, "not_authenticated"},
		{"another scheme beside a cookie", Require(v), "GET", []string{"Authorization", "Basic eDp5", "Cookie", "aiwfe_session=bob"}, 401, "not_authenticated"},
		{"two bearers", Require(v), "GET", []string{"Authorization", "Bearer ada", "Authorization", "Bearer bob"}, 401, "not_authenticated"},
		{"a stranger", Require(v), "GET", nil, 401, "not_authenticated"},
		{"who claims to be somebody", Require(v), "GET", []string{"Remote-User", "root", "X-Auth-Request-User", "root", "X-Auth-Session-Id", "ses_1"}, 401, "not_authenticated"},
		{"a dead session", Require(v), "GET", []string{"Authorization", "Bearer dead"}, 401, "not_authenticated"},
		{"a stranger where all may", Optional(v), "GET", nil, 200, "a stranger"},
		{"a dead session where all may", Optional(v), "GET", []string{"Cookie", "aiwfe_session=dead"}, 200, "a stranger"},
		{"somebody where all may", Optional(v), "GET", []string{"Cookie", "aiwfe_session=ada"}, 200, "ada"},
		{"POST of another site", Require(v), "POST", []string{"Cookie", "aiwfe_session=ada", "Origin", "https://evil.example"}, 403, "origin_not_allowed"},
		{"POST of a sibling", Optional(v), "POST", []string{"Cookie", "aiwfe_session=ada", "Sec-Fetch-Site", "same-site"}, 403, "origin_not_allowed"},
		{"POST of nowhere", Require(v), "POST", []string{"Cookie", "aiwfe_session=ada", "Origin", "null"}, 403, "origin_not_allowed"},
		{"WebSocket of another site", Require(v), "GET", []string{"Cookie", "aiwfe_session=ada", "Origin", "https://evil.example", "Upgrade", "websocket"}, 403, "origin_not_allowed"},
		{"POST of its own", Require(v), "POST", []string{"Cookie", "aiwfe_session=ada", "Origin", "http://app.example.com"}, 200, "ada"},
		{"POST of a friend", Require(v), "POST", []string{"Cookie", "aiwfe_session=ada", "Origin", "https://www.example.com"}, 200, "ada"},
		{"POST with a bearer", Require(v), "POST", []string{"Authorization", "Bearer ada", "Origin", "https://evil.example"}, 200, "ada"},
		{"the role", roleOf(v, "admin"), "GET", []string{"Authorization", "Bearer root"}, 200, "root"},
		{"not the role", roleOf(v, "admin"), "GET", []string{"Authorization", "Bearer ada"}, 403, "forbidden"},
		{"role without Require", RequireRole("admin"), "GET", []string{"Authorization", "Bearer root"}, 401, "not_authenticated"},
		{"not the scope", scopeOf(v, "read", "write"), "GET", []string{"Authorization", "Bearer ada"}, 403, "forbidden"},
		{"the scope", scopeOf(v, "read"), "GET", []string{"Authorization", "Bearer ada"}, 200, "ada"},
		{"a page to log in for", RequireOrLogin(v, "https://auth.example.com", "https://app.example.com"), "GET", []string{"Accept", "text/html"}, 302, ""},
		{"a script there", RequireOrLogin(v, "https://auth.example.com", "https://app.example.com"), "GET", []string{"Accept", "*/*"}, 401, "not_authenticated"},
		{"a form there", RequireOrLogin(v, "https://auth.example.com", "https://app.example.com"), "POST", []string{"Accept", "text/html"}, 401, "not_authenticated"},
	} {
		w := ask(tt.guard(page), tt.method, tt.header...)
		if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.body) || tt.status == 401 && w.Header().Get("WWW-Authenticate") == "" {
			t.Errorf("%s: %d %s", tt.what, w.Code, w.Body)
		}
		if to := w.Header().Get("Location"); tt.status == 302 && to != "https://auth.example.com/login?next=https%3A%2F%2Fapp.example.com%2Fpage%3Fa%3Db" {
			t.Error(to)
		}
	}
	for _, name := range []string{"Remote-User", "X-Auth-Request-User", "Origin"} {
		if value, there := f.seen.Load(name); there {
			t.Errorf("%s: %s was handed on", name, value)
		}
	}
}

func roleOf(v Verifier, role string) Guard {
	return func(next http.Handler) http.Handler { return Require(v)(RequireRole(role)(next)) }
}

func scopeOf(v Verifier, scopes ...string) Guard {
	return func(next http.Handler) http.Handler { return Require(v)(RequireScope(scopes...)(next)) }
}

func TestWhatCannotBeFoundOutIsNoSignOut(t *testing.T) {
	f := newFake(t)
	for what, breakIt := range map[string]func(){
		"the database is away": func() { f.answers(503, "database_unavailable") },
		"too many attempts":    func() { f.answers(429, "too_many_attempts") },
		"a page of a proxy": func() {
			h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) })
			f.instead.Store(&h)
		},
		"an answer about nobody": func() {
			h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				_, _ = w.Write([]byte(`{"authenticated":true}`))
			})
			f.instead.Store(&h)
		},
		"a redirect": func() {
			h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/login", http.StatusFound) })
			f.instead.Store(&h)
		},
	} {
		breakIt()
		v := f.verifier(t, StatusOptions{})
		for name, guard := range map[string]Guard{"Require": Require(v), "Optional": Optional(v), "RequireOrLogin": RequireOrLogin(v, f.URL, "http://app.example.com")} {
			w := ask(guard(page), "GET", "Cookie", "aiwfe_session=ada", "Accept", "text/html")
			if w.Code != 503 || w.Header().Get("Retry-After") == "" || w.Header().Get("Set-Cookie") != "" {
				t.Errorf("%s, %s: %d %v", what, name, w.Code, w.Header())
			}
		}
	}
	v := f.verifier(t, StatusOptions{})
	f.Close()
	if w := ask(Require(v)(page), "GET", "Cookie", "aiwfe_session=ada"); w.Code != 503 {
		t.Errorf("nobody listens: %d", w.Code)
	}
}

func TestAnswersAreRememberedForAMoment(t *testing.T) {
	f := newFake(t)
	v := f.verifier(t, StatusOptions{Remember: 2 * time.Hour, Entries: 4}).(*statusVerifier)
	if v.o.Remember != mostRemembered {
		t.Errorf("remembers for %s", v.o.Remember)
	}
	v.kept.life = time.Hour // so that no clock decides this test
	show := func(name string) string {
		return ask(Require(v)(page), "GET", "Authorization", "Bearer "+name).Body.String()
	}
	for range 3 {
		if show("ada") != "ada" || show("bob") != "bob" {
			t.Error("crossed")
		}
	}
	if f.asked.Load() != 2 {
		t.Errorf("asked %d times for two", f.asked.Load())
	}
	if got := ask(Require(v)(page), "GET", "Cookie", "aiwfe_session=ada").Body.String(); got != "ada" || f.asked.Load() != 3 {
		t.Error("a cookie is taken for a bearer of the same text")
	}
	for range 3 {
		show("dead")
	}
	if f.asked.Load() != 6 {
		t.Error("a refusal is remembered")
	}
	for i := range 100 {
		show(strings.Repeat("x", i+1))
	}
	if n := len(v.kept.now) + len(v.kept.past); n > 4 {
		t.Errorf("%d are kept where 4 may be", n)
	}
	who, _ := v.Verify(with())
	if who != nil {
		t.Error("a stranger is somebody")
	}
	r := with()
	r.Header.Set("Authorization", "Bearer root")
	for range 3 {
		who, err := v.Verify(r)
		if err != nil || who.Groups[0] != "admin" {
			t.Fatal("what is remembered can be changed")
		}
		who.Groups[0] = "changed by whoever got it"
	}
}

func TestOneQuestionPerCredentialAtATime(t *testing.T) {
	f := newFake(t)
	hold := make(chan struct{})
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		<-hold
		w.Header().Set("Content-Type", "application/json")
		who := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		_ = json.NewEncoder(w).Encode(Status{Authenticated: true, User: User{ID: who}, Session: Session{ID: "s"}})
	})
	f.instead.Store(&h)
	v := f.verifier(t, StatusOptions{}).(*statusVerifier)
	v.kept.life = time.Hour // who comes when the answers are there is given them
	var wg sync.WaitGroup
	for i := range 100 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			name := []string{"ada", "bob"}[i%2]
			if got := ask(Require(v)(page), "GET", "Authorization", "Bearer "+name).Body.String(); got != name {
				t.Errorf("%s is taken for %s", name, got)
			}
		}()
	}
	for f.asked.Load() < 2 {
		time.Sleep(time.Millisecond)
	}
	close(hold)
	wg.Wait()
	if n := f.asked.Load(); n != 2 {
		t.Errorf("100 callers of two credentials asked %d times", n)
	}
}
