package storetest

import (
	"sync"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/session"
)

// noon is when the tests play; the store never reads a clock by itself.
var noon = time.Date(2026, time.November, 2, 12, 0, 0, 0, time.UTC)

const (
	idle  = time.Hour
	hash  = "$2b$12$KIXIDhgmyaMMoRmWyAyhyuaFtDIYu5L1XSjNvVcqhHSrm2DgN0m.2"
	agent = "Mozilla/5.0 (X11; Linux x86_64)"
)

// unknownIDs are texts that name nobody: no number at all, a number that fits
// no column, the id of another kind of table, and what no text column takes.
var unknownIDs = []account.ID{
	"", "nonsense", "0", "-1", "99999999999999999999", "8b0f5a52-3c0e-4b6f-9d0e-2f1d6f0c9a11", "1\x00", "\xff", "1; DROP TABLE users",
}

func address() string { return "p" + secret.RandomText(10) + "@example.com" }

func must[T any](t *testing.T) func(T, error) T {
	t.Helper()
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func newUser() login.NewUser {
	return login.NewUser{
		Now: noon, Email: address(), Name: "Ada", Hash: hash, Role: account.RoleUser, Status: account.StatusActive,
		Verified: true, Row: row(audit.EventUserCreated, noon),
	}
}

// create makes an account, changed by edit where one is given.
func (g ground) create(t *testing.T, edit ...func(*login.NewUser)) account.User {
	t.Helper()
	n := newUser()
	for _, f := range edit {
		f(&n)
	}
	u, made, err := g.CreateUser(t.Context(), n)
	if err != nil || !made {
		t.Fatalf("create %s: made %v, %v", n.Email, made, err)
	}
	return u
}

func admin(n *login.NewUser) { n.Role = account.RoleAdmin }

func row(e audit.Event, at time.Time) audit.Row {
	r := audit.Succeeded(e, audit.Client{IP: "192.0.2.7", UserAgent: agent, RequestID: secret.RandomText(10)})
	r.At = at
	return r
}

func newSession(u account.User, at time.Time) session.Session {
	return session.Session{
		ID: secret.RandomText(10), Kind: session.KindBrowser, Device: secret.RandomText(10), Method: "password",
		SecretHash: secret.Random(32), BrowserHash: secret.Random(32), IP: "192.0.2.7", UserAgent: agent,
		CreatedAt: at, AuthAt: at, ExpiresAt: at.Add(24 * time.Hour), DeviceName: "Firefox on Linux", DeviceKind: "computer", User: u,
	}
}

func beginOf(s session.Session) login.Begin {
	return login.Begin{
		Now: s.CreatedAt, ProvenHash: s.User.Hash, Session: s, Limit: 5, Evict: true, Idle: idle,
		Rows: []audit.Row{row(audit.EventLogin, s.CreatedAt)}, EvictedRow: row(audit.EventSessionEnded, s.CreatedAt),
	}
}

// begin starts a session that must begin.
func (g ground) begin(t *testing.T, b login.Begin) session.Session {
	t.Helper()
	out, err := g.Begin(t.Context(), b)
	if err != nil || out.Stale || out.Full {
		t.Fatalf("begin: %+v, %v", out, err)
	}
	return b.Session
}

// signIn starts a plain session.
func (g ground) signIn(t *testing.T, u account.User, at time.Time) session.Session {
	t.Helper()
	return g.begin(t, beginOf(newSession(u, at)))
}

func (g ground) session(t *testing.T, id string) *session.Session {
	t.Helper()
	return must[*session.Session](t)(g.SessionByID(t.Context(), id))
}

// reason is why the session no longer counts, or "".
func (g ground) reason(t *testing.T, id string, at time.Time) string {
	t.Helper()
	s := g.session(t, id)
	if s == nil {
		return "gone"
	}
	return s.Refusal(at, idle)
}

// live are the ids of the user's live sessions.
func (g ground) live(t *testing.T, u account.User, at time.Time) map[string]bool {
	t.Helper()
	ids := map[string]bool{}
	for _, s := range must[[]session.Session](t)(g.ListSessions(t.Context(), u.ID, at, idle)) {
		ids[s.ID] = true
	}
	return ids
}

// rows are the audit rows of the user with that event, newest first.
func (g ground) rows(t *testing.T, u account.ID, e audit.Event) []audit.Row {
	t.Helper()
	return must[[]audit.Row](t)(g.AuditRows(t.Context(), audit.Query{User: u, Event: e, Limit: 100}))
}

func (g ground) byID(t *testing.T, id account.ID) account.User {
	t.Helper()
	u, ok, err := g.UserByID(t.Context(), id)
	if err != nil || !ok {
		t.Fatalf("account %s: found %v, %v", id, ok, err)
	}
	return u
}

// atOnce runs f n times at the same moment and waits for all.
func atOnce(n int, f func(i int)) {
	var ready, done sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		ready.Add(1)
		done.Go(func() {
			ready.Done()
			<-start
			f(i)
		})
	}
	ready.Wait()
	close(start)
	done.Wait()
}

func ptr[T any](v T) *T { return &v }
