package httpkit

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/csrf"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

const (
	own    = "https://auth.example.com"
	listed = "https://app.example.com"
)

var noon = time.Date(2026, time.November, 2, 12, 0, 0, 0, time.UTC)

// world is a kit with what it told.
type world struct {
	*Kit
	now     time.Time
	log     *bytes.Buffer
	refused []audit.Row
	done    []Done
}

// build makes a kit for https://auth.example.com that trusts 10.0.0.0/8.
func build(t testing.TB, edit ...func(*Options)) *world {
	t.Helper()
	w := &world{now: noon, log: &bytes.Buffer{}}
	o := Options{
		PublicURL: must(url.Parse(own)), TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")},
		Login: new(login.Service), SessionMax: 24 * time.Hour, Now: func() time.Time { return w.now },
		Log:     slog.New(slog.NewJSONHandler(w.log, nil)),
		Refused: func(r audit.Row) { w.refused = append(w.refused, r) },
		Done:    func(d Done) { d.Request = nil; w.done = append(w.done, d) },
	}
	for _, f := range edit {
		f(&o)
	}
	origins, err := csrf.NewOrigins(o.PublicURL, []string{listed}, false)
	if err != nil {
		t.Fatal(err)
	}
	o.CSRF, err = csrf.New(csrf.Options{
		Key: secret.FromString(strings.Repeat("k", 32)), TTL: time.Hour, Now: o.Now, Origins: origins,
	})
	if err != nil {
		t.Fatal(err)
	}
	if w.Kit, err = New(o); err != nil {
		t.Fatal(err)
	}
	return w
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// ask makes a request. Headers are given as "Name: value", one a line.
func ask(method, target, body string, headers ...string) *http.Request {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Add(name, value)
	}
	return r
}

// look is the request as the kit sees it.
func (w *world) look(r *http.Request) *Request {
	q := &Request{kit: w.Kit, w: httptest.NewRecorder(), r: r}
	q.look()
	return q
}

// serve sends a request through Server to next.
func (w *world) serve(r *http.Request, next http.HandlerFunc) *http.Response {
	rec := httptest.NewRecorder()
	w.Server(next).ServeHTTP(rec, r)
	return rec.Result()
}

// fails is a handler that answers a fault.
func fails(err error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { From(w).Fail(err) }
}

func says(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, text) }
}

// read decodes the answer.
func read[T any](t *testing.T, r *http.Response) (v T) {
	t.Helper()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatalf("%q: %v", body, err)
	}
	return v
}

// codeOf is the fault of an error, as "code (reason)"; "" for none.
func codeOf(err error) string {
	if err == nil {
		return ""
	}
	f := fault.From(err)
	if f.Reason == string(f.Code) {
		return f.Reason
	}
	return string(f.Code) + " (" + f.Reason + ")"
}
