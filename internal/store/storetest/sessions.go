package storetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/session"
)

var sessionChecks = []check{
	{"SessionEndsOnceAndForItsOwnerOnly", endOne},
	{"AllSessionsEndButOne", endAll},
	{"NoAuditRowNoEnd", noRowNoEnd},
	{"ActivityNeverGoesBack", touchNeverBack},
	{"ListHoldsTheLivingLastSeenFirst", listLiving},
	{"RevocationsAreReadSinceAMoment", revocationFeed},
	{"OldTokenIsAdoptedOnce", adoptOnce},
}

func endOne(t *testing.T, g ground) {
	u, other := g.create(t), g.create(t)
	s := g.signIn(t, u, noon)
	end := row(audit.EventLogout, noon.Add(time.Minute))
	if ended, err := g.EndSession(t.Context(), other.ID, s.ID, session.EndedLogout, end); ended || err != nil {
		t.Errorf("somebody else ended it: %v, %v", ended, err)
	}
	for i, want := range []bool{true, false} {
		if ended, err := g.EndSession(t.Context(), u.ID, s.ID, session.EndedLogout, end); ended != want || err != nil {
			t.Errorf("end %d answers %v, %v", i, ended, err)
		}
	}
	got := g.session(t, s.ID)
	if got.EndReason != session.EndedLogout || !got.EndedAt.Equal(end.At) {
		t.Errorf("it ended at %s for %q", got.EndedAt, got.EndReason)
	}
	rows := g.rows(t, u.ID, audit.EventLogout)
	if len(rows) != 1 || rows[0].Session != s.ID || g.heard.count(session.RevokedSession, s.ID) != 1 {
		t.Errorf("its end is told in %d rows and %d times to nodes", len(rows), g.heard.count(session.RevokedSession, s.ID))
	}
}

func endAll(t *testing.T, g ground) {
	u, other := g.create(t), g.create(t)
	kept, one, two, foreign := g.signIn(t, u, noon), g.signIn(t, u, noon), g.signIn(t, u, noon), g.signIn(t, other, noon)
	later := noon.Add(time.Minute)
	n, err := g.EndSessions(t.Context(), u.ID, kept.ID, session.EndedByUser, row(audit.EventSessionsEnded, later))
	if err != nil || n != 2 {
		t.Errorf("ended %d, %v", n, err)
	}
	for id, want := range map[string]string{
		kept.ID: "", one.ID: "ended_by_user", two.ID: "ended_by_user", foreign.ID: "",
	} {
		if r := g.reason(t, id, later); r != want {
			t.Errorf("a session is %q, not %q", r, want)
		}
	}
	if !g.byID(t, u.ID).TokensAfter.Equal(later) || !g.byID(t, other.ID).TokensAfter.IsZero() {
		t.Error("the date before which old tokens are void is not that of this account alone")
	}
	if len(g.rows(t, u.ID, audit.EventSessionsEnded)) != 1 || g.heard.count(session.RevokedUser, string(u.ID)) != 1 {
		t.Error("it was not told once")
	}
}

func noRowNoEnd(t *testing.T, g ground) {
	u := g.create(t)
	s := g.signIn(t, u, noon)
	if ended, err := g.EndSession(t.Context(), u.ID, s.ID, session.EndedLogout, row(audit.EventLogout, time.Time{})); ended || err == nil {
		t.Errorf("it ended without its audit row: %v, %v", ended, err)
	}
	if r := g.reason(t, s.ID, noon); r != "" || g.heard.count(session.RevokedSession, s.ID) != 0 {
		t.Errorf("the session is %q", r)
	}
}

func touchNeverBack(t *testing.T, g ground) {
	u := g.create(t)
	one, two := g.signIn(t, u, noon), g.signIn(t, u, noon)
	later := noon.Add(10 * time.Minute)
	for _, seen := range []map[string]time.Time{
		{one.ID: later, two.ID: noon.Add(time.Minute), "unknown": later},
		{one.ID: later.Add(-time.Minute)}, // a node that reports late
		{},
	} {
		if err := g.Touch(t.Context(), seen); err != nil {
			t.Fatal(err)
		}
	}
	if at := g.session(t, one.ID).SeenAt; !at.Equal(later) {
		t.Errorf("last seen %s, not %s", at, later)
	}
	if at := g.session(t, two.ID).SeenAt; !at.Equal(noon.Add(time.Minute)) {
		t.Errorf("the other was last seen %s", at)
	}
	// Many nodes report the same sessions in any order, and none may fail.
	seen := map[string]time.Time{}
	for range 5 {
		seen[g.signIn(t, u, noon).ID] = noon
	}
	atOnce(8, func(i int) {
		mine := map[string]time.Time{}
		for id := range seen {
			mine[id] = noon.Add(time.Duration(i) * time.Second)
		}
		if err := g.Touch(t.Context(), mine); err != nil {
			t.Error(err)
		}
	})
	for _, s := range must[[]session.Session](t)(g.ListSessions(t.Context(), u.ID, noon, idle)) {
		if _, mine := seen[s.ID]; mine && !s.SeenAt.Equal(noon.Add(7*time.Second)) {
			t.Errorf("last seen %s", s.SeenAt)
		}
	}
}

func listLiving(t *testing.T, g ground) {
	u, other := g.create(t), g.create(t)
	first, second := g.signIn(t, u, noon), g.signIn(t, u, noon.Add(time.Minute))
	short := newSession(u, noon)
	short.ExpiresAt = noon.Add(2 * time.Minute)
	g.begin(t, beginOf(short))
	g.signIn(t, other, noon)
	at := noon.Add(2 * time.Minute)
	ids := func(at time.Time) (ids []string) {
		for _, s := range must[[]session.Session](t)(g.ListSessions(t.Context(), u.ID, at, idle)) {
			ids = append(ids, s.ID)
		}
		return ids
	}
	if diff := cmp.Diff([]string{second.ID, first.ID}, ids(at)); diff != "" {
		t.Errorf("alive at 12:02, when one has just expired (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{second.ID}, ids(noon.Add(idle))); diff != "" {
		t.Errorf("alive at 13:00, when one has just become idle (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string(nil), ids(noon.Add(idle+time.Minute))); diff != "" {
		t.Errorf("alive at 13:01 (-want +got):\n%s", diff)
	}
}

func revocationFeed(t *testing.T, g ground) {
	u := g.create(t)
	s := g.signIn(t, u, noon)
	at := noon.Add(90 * time.Minute)
	earlier := g.signIn(t, u, noon) // so that there is a number before the one that is looked for
	if _, err := g.EndSession(t.Context(), u.ID, earlier.ID, session.EndedLogout, row(audit.EventLogout, at)); err != nil {
		t.Fatal(err)
	}
	if _, err := g.EndSession(t.Context(), u.ID, s.ID, session.EndedLogout, row(audit.EventLogout, at)); err != nil {
		t.Fatal(err)
	}
	var number int64
	has := func(after int64, within time.Duration) bool {
		var last int64
		found := false
		for _, r := range must[[]session.Revocation](t)(g.Revocations(t.Context(), after, within)) {
			if r.ID <= last {
				t.Errorf("id %d comes after %d", r.ID, last)
			}
			last = r.ID
			if r.Kind == session.RevokedSession && r.Name == s.ID {
				found, number = true, r.ID
			}
		}
		return found
	}
	// The row was written at noon by the caller's clock: that must not matter.
	if !has(0, time.Minute) || has(0, -time.Hour) {
		t.Error("the feed does not hold what was revoked within the time by the clock of the database, and that alone")
	}
	if !has(number-1, -time.Hour) || has(number, -time.Hour) || !has(number, time.Minute) {
		t.Error("the feed does not hold what has a higher number, however old, and that alone")
	}
}

func adoptOnce(t *testing.T, g ground) {
	u := g.create(t)
	s := newSession(u, noon)
	s.Kind, s.Device, s.SecretHash, s.BrowserHash = session.KindLegacy, "", nil, nil
	r := row(audit.EventLegacySession, noon)
	r.User = u.ID
	atOnce(8, func(int) {
		if err := g.Adopt(t.Context(), s, r); err != nil {
			t.Error(err)
		}
	})
	if n := len(g.rows(t, u.ID, audit.EventLegacySession)); n != 1 {
		t.Errorf("the audit tells of it %d times", n)
	}
	if r := g.reason(t, s.ID, noon.Add(2*idle)); r != "" {
		t.Errorf("a session without activity of its own is %q", r)
	}
	// Once ended it stays so, for the token can be shown again.
	if _, err := g.EndSessions(t.Context(), u.ID, "", session.EndedByUser, row(audit.EventSessionsEnded, noon)); err != nil {
		t.Fatal(err)
	}
	if err := g.Adopt(t.Context(), s, r); err != nil {
		t.Error(err)
	}
	if r := g.reason(t, s.ID, noon); r != "ended_by_user" {
		t.Errorf("the token shown again made the session %q", r)
	}
	bad := newSession(u, noon)
	bad.Kind = session.KindLegacy
	if err := g.Adopt(t.Context(), bad, row(audit.EventLegacySession, time.Time{})); err == nil || g.session(t, bad.ID) != nil {
		t.Errorf("a session was adopted without its audit row: %v", err)
	}
}
