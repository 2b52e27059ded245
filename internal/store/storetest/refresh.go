package storetest

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/session"
)

var refreshChecks = []check{
	{"RefreshTokenGivesItsChild", rotateGives},
	{"LostAnswerIsGivenAgain", rotateRetry},
	{"SecondUseEndsTheSession", rotateReuse},
	{"DeadSessionBurnsNoToken", rotateEnded},
	{"ThirtyAtOnceGetOneChild", rotateAtOnce},
	{"NoAuditRowNoRotation", noRowNoRotation},
}

const grace = 10 * time.Second

// withRefresh begins a token session and gives the rotation of its token.
func (g ground) withRefresh(t *testing.T) (session.Session, login.Rotation) {
	t.Helper()
	s := newSession(g.create(t), noon)
	s.Kind, s.SecretHash, s.BrowserHash = session.KindToken, nil, nil
	b := beginOf(s)
	b.RefreshHash = secret.Random(32)
	g.begin(t, b)
	return s, login.Rotation{
		Now: noon.Add(time.Minute), Hash: b.RefreshHash, Child: secret.Random(32), UsedBy: secret.Random(32),
		Grace: grace, Idle: idle, Client: audit.Client{IP: "192.0.2.9", UserAgent: agent, RequestID: secret.RandomText(10)},
	}
}

// next is the rotation of the child of r.
func next(r login.Rotation) login.Rotation {
	r.Now = r.Now.Add(time.Second)
	r.Hash, r.Child = r.Child, secret.Random(32)
	return r
}

// rotated is what came out, in a word.
func rotated(r login.Rotated) string {
	switch {
	case r.Unknown:
		return "unknown"
	case r.Reused:
		return "reused"
	case r.Ended != "":
		return r.Ended
	case r.Session != nil:
		return "session " + r.Session.ID
	}
	return "nothing"
}

func (g ground) rotate(t *testing.T, r login.Rotation) string {
	t.Helper()
	return rotated(must[login.Rotated](t)(g.Rotate(t.Context(), r)))
}

func rotateGives(t *testing.T, g ground) {
	s, r := g.withRefresh(t)
	unknown := r
	unknown.Hash = secret.Random(32)
	if got := g.rotate(t, unknown); got != "unknown" {
		t.Errorf("a token never given out is %q", got)
	}
	for range 3 {
		if got := g.rotate(t, r); got != "session "+s.ID {
			t.Fatalf("a rotation answers %q", got)
		}
		if at := g.session(t, s.ID).SeenAt; !at.Equal(r.Now) {
			t.Errorf("the session was last seen %s, not %s", at, r.Now)
		}
		r = next(r)
	}
	rows := g.rows(t, s.User.ID, audit.EventRefresh)
	if len(rows) != 3 || rows[0].Session != s.ID || rows[0].Device != s.Device || rows[0].Client != r.Client {
		t.Errorf("the audit tells %+v", rows)
	}
}

func rotateRetry(t *testing.T, g ground) {
	s, r := g.withRefresh(t)
	for i := range 3 { // the last one exactly at the end of the grace
		if got := g.rotate(t, r); got != "session "+s.ID {
			t.Fatalf("try %d answers %q", i, got)
		}
		r.Now = noon.Add(time.Minute + time.Duration(i)*grace/2)
	}
	if got := g.rotate(t, r); got != "session "+s.ID {
		t.Errorf("at the end of the grace: %q", got)
	}
	if n := len(g.rows(t, s.User.ID, audit.EventRefresh)); n != 1 {
		t.Errorf("the audit tells of %d rotations of one token", n)
	}
	if got := g.rotate(t, next(r)); got != "session "+s.ID {
		t.Errorf("the child, given out more than once, answers %q", got)
	}
}

func rotateReuse(t *testing.T, g ground) {
	for _, c := range []struct {
		note  string
		spoil func(t *testing.T, r *login.Rotation)
	}{
		{"after the grace", func(_ *testing.T, r *login.Rotation) { r.Now = r.Now.Add(grace + time.Millisecond) }},
		{"from another device", func(_ *testing.T, r *login.Rotation) { r.UsedBy = secret.Random(32) }},
		{"from no device at all", func(_ *testing.T, r *login.Rotation) { r.UsedBy = nil }},
		{"for another child", func(_ *testing.T, r *login.Rotation) { r.Child = secret.Random(32) }},
		{"when the child was used", func(t *testing.T, r *login.Rotation) { g.rotate(t, next(*r)) }},
	} {
		s, r := g.withRefresh(t)
		g.rotate(t, r)
		again := r
		c.spoil(t, &again)
		if got := g.rotate(t, again); got != "reused" {
			t.Errorf("%s: %q", c.note, got)
		}
		if got := g.reason(t, s.ID, again.Now); got != "ended_refresh_reuse" || g.heard.count(session.RevokedSession, s.ID) != 1 {
			t.Errorf("%s: the session is %q", c.note, got)
		}
		rows := g.rows(t, s.User.ID, audit.EventRefreshReuse)
		if len(rows) != 1 || rows[0].Session != s.ID || rows[0].Outcome != audit.Refused {
			t.Errorf("%s: the audit tells %+v", c.note, rows)
		}
		// Thief and owner alike are out, and it is not told again.
		for _, tried := range []login.Rotation{r, again, next(r)} {
			if got := g.rotate(t, tried); got != "ended_refresh_reuse" && got != "unknown" {
				t.Errorf("%s: a token of the session answers %q", c.note, got)
			}
		}
		if n := len(g.rows(t, s.User.ID, audit.EventRefreshReuse)); n != 1 {
			t.Errorf("%s: it was told %d times", c.note, n)
		}
	}
}

func rotateEnded(t *testing.T, g ground) {
	s, r := g.withRefresh(t)
	locked := "locked"
	if _, err := g.ChangeUser(t.Context(), login.Change{ID: s.User.ID, Now: noon, Status: &locked}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if got := g.rotate(t, r); got != "account_locked" {
			t.Errorf("while the account is locked: %q", got)
		}
	}
	active := "active"
	if _, err := g.ChangeUser(t.Context(), login.Change{ID: s.User.ID, Now: noon, Status: &active}); err != nil {
		t.Fatal(err)
	}
	if got := g.rotate(t, r); got != "session "+s.ID {
		t.Errorf("unlocked again, the token answers %q", got)
	}
	late := next(r)
	late.Now = r.Now.Add(idle)
	if got := g.rotate(t, late); got != "idle_end" {
		t.Errorf("after an idle hour: %q", got)
	}
}

func rotateAtOnce(t *testing.T, g ground) {
	s, r := g.withRefresh(t)
	var same atomic.Int64
	atOnce(30, func(int) {
		got, err := g.Rotate(t.Context(), r)
		if err != nil || rotated(got) != "session "+s.ID {
			t.Errorf("one of thirty: %q, %v", rotated(got), err)
			return
		}
		same.Add(1)
	})
	if n := len(g.rows(t, s.User.ID, audit.EventRefresh)); n != 1 || same.Load() != 30 {
		t.Errorf("%d answers, %d audit rows", same.Load(), n)
	}
	// The one child works once, for whoever of the thirty comes first.
	if got := g.rotate(t, next(r)); got != "session "+s.ID {
		t.Errorf("the child answers %q", got)
	}

	// With a child each, at most one may live on, and the theft is seen.
	s, r = g.withRefresh(t)
	atOnce(8, func(int) {
		mine := r
		mine.Child = secret.Random(32)
		if _, err := g.Rotate(t.Context(), mine); err != nil {
			t.Error(err)
		}
	})
	want := map[string]int{"reuse": 1, "rotations": 1}
	got := map[string]int{
		"reuse":     len(g.rows(t, s.User.ID, audit.EventRefreshReuse)),
		"rotations": len(g.rows(t, s.User.ID, audit.EventRefresh)),
	}
	if diff := cmp.Diff(want, got); diff != "" || g.reason(t, s.ID, r.Now) != "ended_refresh_reuse" {
		t.Errorf("the session is %q (-want +got):\n%s", g.reason(t, s.ID, r.Now), diff)
	}
}

func noRowNoRotation(t *testing.T, g ground) {
	s, r := g.withRefresh(t)
	bad := r
	bad.Now = time.Time{} // which no audit row may carry
	if got, err := g.Rotate(t.Context(), bad); err == nil {
		t.Errorf("rotated without an audit row: %q", rotated(got))
	}
	other := r
	other.UsedBy, other.Child = secret.Random(32), secret.Random(32)
	if got := g.rotate(t, other); got != "session "+s.ID {
		t.Errorf("the token, never used, answers %q", got)
	}
}
