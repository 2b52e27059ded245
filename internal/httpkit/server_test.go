package httpkit

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
)

func TestEveryAnswerHasTheHeaders(t *testing.T) {
	w := build(t, func(o *Options) { o.Aliases = []string{"old.example.com"} })
	want := map[string]string{
		"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin",
		"Cross-Origin-Opener-Policy": "same-origin", "Cache-Control": "no-store",
		"Strict-Transport-Security": "max-age=31536000",
	}
	alias := ask(http.MethodGet, "/", "")
	alias.Host = "old.example.com"
	for name, r := range map[string]*http.Response{
		"answer":    w.serve(ask(http.MethodGet, "/", ""), says("x")),
		"fault":     w.serve(ask(http.MethodGet, "/", ""), fails(fault.New(api.CodeForbidden, "", "x"))),
		"panic":     w.serve(ask(http.MethodGet, "/", ""), func(http.ResponseWriter, *http.Request) { panic("x") }),
		"preflight": w.serve(preflight(listed, "POST"), says("x")),
		"redirect":  w.serve(alias, says("x")),
		"nothing":   w.serve(ask(http.MethodGet, "/", ""), func(http.ResponseWriter, *http.Request) {}),
	} {
		for header, value := range want {
			if got := r.Header.Get(header); got != value {
				t.Errorf("%s: %s is %q, want %q", name, header, got, value)
			}
		}
		if got := r.Header.Get("Content-Security-Policy"); !strings.Contains(got, "frame-ancestors 'none'") || !strings.Contains(got, "default-src 'none'") {
			t.Errorf("%s: the CSP is %q", name, got)
		}
		if len(r.Header.Get("X-Request-Id")) != 16 {
			t.Errorf("%s: the request id is %q", name, r.Header.Get("X-Request-Id"))
		}
	}
}

func TestHSTSOnHTTPSOnly(t *testing.T) {
	for _, c := range []struct {
		public string
		wide   bool
		want   string
	}{
		{"http://localhost:8080", true, ""},
		{own, false, "max-age=31536000"},
		{own, true, "max-age=31536000; includeSubDomains"},
	} {
		w := build(t, func(o *Options) { o.PublicURL, o.HSTSSubdomains = must(o.PublicURL.Parse(c.public)), c.wide })
		if got := w.serve(ask(http.MethodGet, "/", ""), says("x")).Header.Get("Strict-Transport-Security"); got != c.want {
			t.Errorf("%s: %q, want %q", c.public, got, c.want)
		}
	}
}

func preflight(origin, method string) *http.Request {
	return ask(http.MethodOptions, "/api/v1/x", "", "Origin: "+origin, "Access-Control-Request-Method: "+method)
}

func TestOnlyListedOriginsMayReadAnswers(t *testing.T) {
	w := build(t)
	for _, c := range []struct {
		name, origin string
		allowed      bool
	}{
		{"listed", listed, true},
		{"our own needs none", own, false},
		{"foreign", "https://evil.example", false},
		{"null", "null", false},
		{"empty", "", false},
		{"listed, in another case", "https://APP.example.com", false},
		{"listed, with a port", listed + ":443", false},
		{"listed, as a beginning", listed + ".evil.example", false},
		{"listed, by http", "http://app.example.com", false},
	} {
		for _, r := range []*http.Response{
			w.serve(ask(http.MethodGet, "/", "", "Origin: "+c.origin), says("x")),
			w.serve(ask(http.MethodGet, "/", "", "Origin: "+c.origin), fails(fault.New(api.CodeForbidden, "", "x"))),
			w.serve(preflight(c.origin, "POST"), says("x")),
		} {
			allow, with := r.Header.Get("Access-Control-Allow-Origin"), r.Header.Get("Access-Control-Allow-Credentials")
			if (allow == c.origin && with == "true") != c.allowed || !c.allowed && (allow != "" || with != "") {
				t.Errorf("%s: allowed are %q, credentials %q", c.name, allow, with)
			}
			if r.Header.Values("Vary")[0] != "Origin" {
				t.Errorf("%s: Vary is %q, so a cache would give one origin the answer of another", c.name, r.Header.Values("Vary"))
			}
		}
	}
	two := ask(http.MethodGet, "/", "", "Origin: "+listed, "Origin: https://evil.example")
	if got := w.serve(two, says("x")).Header.Get("Access-Control-Allow-Origin"); got != "" {
		t.Errorf("two origins at once are allowed as %q", got)
	}
}

func TestPreflight(t *testing.T) {
	w := build(t)
	reached := 0
	next := func(http.ResponseWriter, *http.Request) { reached++ }
	for _, c := range []struct {
		name    string
		r       *http.Request
		status  int
		reached bool
	}{
		{"listed", preflight(listed, "DELETE"), 204, false},
		{"foreign", preflight("https://evil.example", "POST"), 403, false},
		{"our own", preflight(own, "POST"), 403, false}, // a browser asks none for its own origin
		{"no method asked for is no preflight", ask(http.MethodOptions, "/", "", "Origin: "+listed), 200, true},
		{"no origin is no preflight", ask(http.MethodOptions, "/", "", "Access-Control-Request-Method: POST"), 200, true},
	} {
		reached = 0
		r := w.serve(c.r, next)
		if r.StatusCode != c.status || (reached == 1) != c.reached {
			t.Errorf("%s: %d, reached %d times", c.name, r.StatusCode, reached)
		}
		if c.status == 204 && !strings.Contains(r.Header.Get("Access-Control-Allow-Headers"), "X-CSRF-TOKEN") {
			t.Errorf("%s: %v", c.name, r.Header)
		}
	}
}

func TestAliasRedirectsReadersOnly(t *testing.T) {
	w := build(t, func(o *Options) { o.Aliases = []string{"www.example.com"} })
	for _, c := range []struct {
		method, host, target string
		status               int
		location             string
	}{
		{"GET", "www.example.com", "/a?x=1", 308, own + "/a?x=1"},
		{"HEAD", "WWW.Example.com", "/a", 308, own + "/a"},
		// A body must not be sent on to another host.
		{"POST", "www.example.com", "/a", 200, ""},
		{"GET", "auth.example.com", "/a", 200, ""},
		{"GET", "evil.example", "/a", 200, ""},
		{"GET", "www.example.com", "//evil.example/a", 404, ""},
		// A request line without a path: what it has must not extend the host.
		{"GET", "www.example.com", "x:.evil.example", 404, ""},
		{"GET", "www.example.com", "x:@evil.example", 404, ""},
	} {
		r := ask(c.method, "/", "")
		var err error
		if r.URL, err = r.URL.Parse(c.target); strings.HasPrefix(c.target, "//") {
			r.URL.Host, r.URL.Path = "", c.target
		}
		if err != nil {
			t.Fatal(err)
		}
		r.Host = c.host
		got := w.serve(r, says("x"))
		if got.StatusCode != c.status || got.Header.Get("Location") != c.location {
			t.Errorf("%s %s%s: %d to %q", c.method, c.host, c.target, got.StatusCode, got.Header.Get("Location"))
		}
	}
}

func TestPanicIsAnAnswerAndTheProgramLives(t *testing.T) {
	w := build(t)
	s := httptest.NewServer(w.Server(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/panic" {
			panic("the secret of the panic")
		}
		_, _ = io.WriteString(rw, "fine")
	})))
	defer s.Close()
	var id string
	for _, path := range []string{"/panic", "/"} {
		r, err := s.Client().Get(s.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		_ = r.Body.Close()
		if path == "/" {
			if string(body) != "fine" {
				t.Errorf("afterwards it answers %q", body)
			}
			continue
		}
		var p api.Problem
		if err := json.Unmarshal(body, &p); err != nil || r.StatusCode != 500 || p.Code != api.CodeInternal {
			t.Fatalf("%d %s %v", r.StatusCode, body, err)
		}
		if p.RequestID == "" || p.RequestID != r.Header.Get("X-Request-Id") {
			t.Errorf("the request id is %q and %q", p.RequestID, r.Header.Get("X-Request-Id"))
		}
		if strings.Contains(string(body), "secret of the panic") {
			t.Error("the panic is told to the client")
		}
		id = p.RequestID
	}
	s.Close() // the log line comes after the answer
	if log := w.log.String(); !strings.Contains(log, "the secret of the panic") || strings.Count(log, id) != 2 {
		t.Errorf("the log does not lead to it: %s", log)
	}
}

// What a client sends in confidence must not be read in a log a year later.
func TestLogLineHoldsNoSecret(t *testing.T) {
	w := build(t)
	const hush = "s3cret-canary"
	requests := []*http.Request{
		ask(http.MethodPost, "/", `{"`+hush+`":1}`, "Content-Type: application/json"), // an unknown key: its sender alone is told its name
		ask(http.MethodGet, "/reset-password?token="+hush, ""),
		ask(http.MethodPost, "/", `{"password":"`+hush+`"`, "Content-Type: application/json"),
		ask(http.MethodGet, "/", "", "Authorization: Basic "+hush),
		ask(http.MethodGet, "/", "", "Cookie: __Host-aiwfe_session=\""+hush+"\""),
		ask(http.MethodPost, "/", "", "Origin: "+own, "X-Csrf-Token: "+hush, "Content-Type: application/json", "Cookie: __Host-aiwfe_csrf="+hush),
	}
	h := Endpoint(Rule{Role: Signed}, func(*Request, *shape) (Nothing, error) { return Nothing{}, nil })
	for i, r := range requests {
		r := w.serve(r, h.ServeHTTP)
		body, err := io.ReadAll(r.Body)
		if err != nil || i > 0 && strings.Contains(string(body), hush) {
			t.Errorf("the answer gives it back: %s %v", body, err)
		}
	}
	if lines := strings.Count(w.log.String(), `"msg":"request"`); lines != len(requests) {
		t.Errorf("%d lines for %d requests", lines, len(requests))
	}
	if strings.Contains(w.log.String(), hush) {
		t.Error(w.log.String())
	}
}

func TestLogLineTellsWhoWhatAndWhy(t *testing.T) {
	w := build(t)
	next := func(rw http.ResponseWriter, _ *http.Request) {
		w.now = w.now.Add(1500 * time.Millisecond)
		From(rw).Fail(fault.New(api.CodeStorageFull, "disk_full", "x").Because(errors.New("no space left")))
	}
	r := ask(http.MethodPost, "/a%0Ab", "")
	r.RemoteAddr = "203.0.113.5:80"
	w.serve(r, next)
	var line map[string]any
	if err := json.Unmarshal(w.log.Bytes(), &line); err != nil {
		t.Fatalf("not one line: %s", w.log)
	}
	for name, want := range map[string]any{
		"level": "ERROR", "method": "POST", "path": "/a\nb", "status": 503.0, "duration_ms": 1500.0, "client_ip": "203.0.113.5",
		"code": "storage_full", "reason": "disk_full", "cause": "no space left",
	} {
		if d := cmp.Diff(want, line[name]); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	if d := cmp.Diff([]Done{{Method: "POST", Status: 503, At: w.now, Took: 1500 * time.Millisecond, Code: api.CodeStorageFull, Reason: "disk_full"}}, w.done); d != "" {
		t.Error(d)
	}
}

func TestRefusalsBeforeACredentialAreTallied(t *testing.T) {
	for code, want := range map[api.Code]bool{
		api.CodeCSRFTokenInvalid: true, api.CodeOriginNotAllowed: true, api.CodeBodyTooLarge: true, api.CodeTooManyAttempts: true,
		api.CodeForbidden: true,
		// These have an audit row of their own, or say nothing of an attack.
		api.CodeInvalidCredentials: false, api.CodeNotAuthenticated: false, api.CodeNotFound: false, api.CodeInternal: false,
	} {
		w := build(t)
		w.serve(ask(http.MethodPost, "/", ""), fails(fault.New(code, "why", "x")))
		if (len(w.refused) == 1) != want {
			t.Errorf("%s: %d rows", code, len(w.refused))
		}
		if want && (w.refused[0].Reason != "why" || w.refused[0].At.IsZero()) {
			t.Errorf("%s: %+v", code, w.refused[0])
		}
	}
}

func TestMuxServesOnlyCleanPathsAndKnownMethods(t *testing.T) {
	w := build(t)
	mux := http.NewServeMux()
	mux.Handle("GET /a/{id}", says("a"))
	mux.Handle("DELETE /a/{id}", says("a"))
	mux.Handle("GET /{$}", says("root"))
	h := Mux(mux, func(q *Request, f *fault.Error) { q.Fail(f) })
	for _, c := range []struct {
		method, path string
		status       int
	}{
		{"GET", "/a/1", 200},
		{"HEAD", "/a/1", 200},
		{"GET", "/", 200},
		{"POST", "/a/1", 405},
		{"PROPFIND", "/a/1", 405},
		{"GET", "/b", 404},
		{"POST", "/b", 404},
		{"GET", "/a/1/", 404},
		// What a proxy checked must be what is served: no path is corrected.
		{"GET", "//a/1", 404},
		{"GET", "/a//1", 404},
		{"GET", "/a/./1", 404},
		{"GET", "/b/../a/1", 404},
		{"POST", "/b/../a/1", 404},
		{"GET", "/a/..", 404},
		{"GET", "/a/1\x00", 404},
		{"GET", "*", 404},
		{"GET", "", 404},
	} {
		r := ask(c.method, "/", "")
		r.URL.Path = c.path
		got := w.serve(r, h.ServeHTTP)
		if got.StatusCode != c.status {
			t.Errorf("%s %q: %d, want %d", c.method, c.path, got.StatusCode, c.status)
		}
		if allow := got.Header.Get("Allow"); (allow == "DELETE, GET, HEAD") != (c.status == 405) {
			t.Errorf("%s %q: Allow is %q", c.method, c.path, allow)
		}
		if got.Header.Get("Location") != "" {
			t.Errorf("%s %q: redirected to %s", c.method, c.path, got.Header.Get("Location"))
		}
	}
	if d := w.done[0]; d.Route != "GET /a/{id}" {
		t.Errorf("the metrics hear the route %q", d.Route)
	}
}

// A client must not take half an answer for the whole.
func TestPanicAmidTheAnswerCutsTheConnection(t *testing.T) {
	w := build(t)
	s := httptest.NewServer(w.Server(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(rw, "half of it")
		if err := http.NewResponseController(rw).Flush(); err != nil {
			t.Error(err)
		}
		panic("amid")
	})))
	defer s.Close()
	r, err := s.Client().Get(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close() //nolint:errcheck // the test is over
	if body, err := io.ReadAll(r.Body); err == nil {
		t.Errorf("%q looks complete", body)
	}
	s.Close()
	if !strings.Contains(w.log.String(), "amid") || len(w.done) != 1 {
		t.Errorf("%d requests are counted, the log says %s", len(w.done), w.log)
	}
}
