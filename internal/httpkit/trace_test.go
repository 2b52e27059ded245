package httpkit

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/session"
	"github.com/aiwfe/aiwfe-auth/internal/trace"
)

// tracer keeps what it was told.
type tracer struct {
	counted          []string
	remembered, kept []trace.Row
	last             int64
}

func (t *tracer) Counted(browser string, _ time.Time) { t.counted = append(t.counted, browser) }
func (t *tracer) LastCounted(string) int64            { return t.last }
func (t *tracer) Remember(r trace.Row)                { t.remembered = append(t.remembered, r) }
func (t *tracer) Keep(r trace.Row)                    { t.kept = append(t.kept, r) }

// traced serves one request and returns what was told of it.
func traced(t *testing.T, r *http.Request, pattern string, next http.HandlerFunc) *tracer {
	t.Helper()
	heard := &tracer{last: 77}
	w := build(t, func(o *Options) { o.Trace = heard })
	w.serve(r, func(rw http.ResponseWriter, r *http.Request) {
		From(rw).r.Pattern = pattern
		next(rw, r)
	})
	return heard
}

func TestRefusedRequestLeavesARow(t *testing.T) {
	const browser = "abcdefghijklmnopqrstuvwxyz234567"
	r := ask(http.MethodPost, "/login?password=in-the-address", "",
		"Origin: https://evil.example", "Sec-Fetch-Site: cross-site", "User-Agent: Firefox", "Authorization: Bearer x", "X-Csrf-Token: t",
		"Cookie: __Host-aiwfe_csrf="+browser+"; __Host-aiwfe_session=a; __Host-aiwfe_session=b; other=c; __Host-aiwfe_lang=de",
		"X-Forwarded-For: 203.0.113.5", "X-Forwarded-Proto: https", "X-Forwarded-Host: auth.example.com", "X-Request-Id: from-the-proxy")
	r.RemoteAddr, r.Host = "10.0.0.1:80", "backend:8080"
	heard := traced(t, r, "POST /login", func(w http.ResponseWriter, _ *http.Request) {
		q := From(w)
		_ = q.CheckToken(Usual, "t")
		q.SetSession("a-new-session", noon.Add(time.Hour))
		q.ClearSession()
		q.Fail(fault.New(api.CodeInvalidCredentials, "wrong_password", "No.").Because(http.ErrBodyNotAllowed).About("ada@example.com"))
	})
	if len(heard.kept) != 1 || len(heard.remembered) != 0 {
		t.Fatalf("%+v", heard)
	}
	got := heard.kept[0]
	if !strings.HasPrefix(got.RequestID, "from-the-proxy") || got.Browser != trace.Hash("browser", browser) || got.Network != "203.0.113.5" || got.Place == "" {
		t.Errorf("named as %+v", got)
	}
	want := trace.Facts{
		Method: "POST", Route: "POST /login", Status: 401, Code: api.CodeInvalidCredentials, Reason: "wrong_password",
		Cause: http.ErrBodyNotAllowed.Error(), Address: "ada@example.com", IP: "203.0.113.5", Peer: "10.0.0.1", Agent: "Firefox",
		Proxied: true, Forwarded: true, Scheme: "https", Host: "auth.example.com", Sent: "backend:8080",
		Origin: "https://evil.example", FetchSite: "cross-site", Token: "header", Bearer: true, Good: 77, Micros: noon.UnixMicro(),
		Came: []trace.Cookie{
			{Name: "__Host-aiwfe_csrf", Mark: trace.Mark(browser)},
			{Name: "__Host-aiwfe_session", Count: 2, Mark: trace.Mark("a")},
		},
		Set: []trace.SetCookie{
			{Name: "__Host-aiwfe_session", Secure: true, Mark: trace.Mark("a-new-session")},
			{Name: "__Host-aiwfe_session", Secure: true, Cleared: true},
			{Name: "__Host-aiwfe_csrf", Secure: true, Cleared: true},
		},
	}
	if d := cmp.Diff(want, got.Facts); d != "" {
		t.Error(d)
	}
}

// An id that a stranger sends is none: it would let anybody write into the
// story of another.
func TestTraceTakesTheRequestIDOfATrustedProxyOnly(t *testing.T) {
	for peer, taken := range map[string]bool{"10.0.0.1:80": true, "203.0.113.5:80": false} {
		r := ask(http.MethodGet, "/x", "", "X-Request-Id: chosen")
		r.RemoteAddr = peer
		heard := traced(t, r, "", fails(fault.New(api.CodeNotFound, "no_such_route", "No.")))
		if got := heard.kept[0].RequestID; (got == "chosen") != taken {
			t.Errorf("from %s the id is %q", peer, got)
		}
	}
}

func TestWhatWentWellIsKeptOnlyWhereItIsAStory(t *testing.T) {
	for pattern, want := range map[string][2]int{
		"GET /login": {1, 0}, "POST /login": {0, 1}, "GET /api/v1/auth/status": {0, 0}, "GET /static/": {0, 0}, "": {0, 0},
	} {
		heard := traced(t, ask(http.MethodGet, "/", ""), pattern, says("fine"))
		if len(heard.remembered) != want[0] || len(heard.kept) != want[1] {
			t.Errorf("%s: %d remembered, %d kept", pattern, len(heard.remembered), len(heard.kept))
		}
	}
	// Who looks for ids pushes nothing out.
	heard := traced(t, ask(http.MethodGet, "/", ""), "", fails(fault.New(api.CodeNotFound, ReasonUnexplained, "No.")))
	if len(heard.kept) != 0 {
		t.Error("a search for an unknown id left a row")
	}
}

// The check of a session runs thousands of times a second.
func TestSessionThatCountsCostsNoAllocation(t *testing.T) {
	store := struct{ trace.Writer }{}
	rec, err := trace.NewRecorder(store, build(t).o.Log, func() time.Time { return noon })
	if err != nil {
		t.Fatal(err)
	}
	w := build(t, func(o *Options) { o.Trace = rec })
	q := w.look(ask(http.MethodGet, "/api/v1/auth/status", "", "Cookie: __Host-aiwfe_csrf=abc"))
	q.byCookie = identity{known: true, person: &login.Person{Session: &session.Session{}}}
	q.r.Pattern, q.status = "GET /api/v1/auth/status", http.StatusOK
	if n := testing.AllocsPerRun(100, func() { w.trace(q, noon, time.Millisecond) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
	if rec.LastCounted("abc") != noon.UnixMicro() {
		t.Error("it was not noted")
	}
}
