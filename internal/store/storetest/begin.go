package storetest

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/session"
)

var beginChecks = []check{
	{"SessionIsReadBackAsBegun", sessionReadBack},
	{"NothingBeginsForAnAccountThatChanged", beginStale},
	{"LimitRefusesOrEndsTheOldest", beginLimit},
	{"RefusedSessionLeavesEverythingAsItWas", beginFullLeavesAll},
	{"IdleAndLegacySessionsTakeNoPlace", beginCountsTheLiving},
	{"SessionOfTheSameBrowserIsReplaced", beginReplaces},
	{"DeviceIsNewOnce", beginDevice},
	{"OlderHashIsUpgraded", beginUpgrades},
	{"NoAuditRowNoSession", noRowNoSession},
	{"FiftyAtOnceKeepTheLimit", fiftyKeepTheLimit},
}

func sessionReadBack(t *testing.T, g ground) {
	u := g.create(t)
	bucket := bucketOf(secret.Random(32))
	for range bucket.Limit {
		g.take(t, bucket, noon)
	}
	b := beginOf(newSession(u, noon))
	b.Cleared = [][]byte{bucket.Key}
	s := g.begin(t, b)
	want := s
	want.AuthAt, want.SeenAt = noon, noon
	if diff := cmp.Diff(&want, g.session(t, s.ID)); diff != "" {
		t.Errorf("read by its handle it differs (-want +got):\n%s", diff)
	}
	got := must[*session.Session](t)(g.SessionBySecret(t.Context(), s.SecretHash))
	if diff := cmp.Diff(&want, got); diff != "" {
		t.Errorf("read by its secret it differs (-want +got):\n%s", diff)
	}
	if got, err := g.SessionBySecret(t.Context(), secret.Random(32)); got != nil || err != nil {
		t.Errorf("another secret finds %v, %v", got, err)
	}
	if len(g.rows(t, u.ID, audit.EventLogin)) != 0 || len(auditOf(t, g, b.Rows[0])) != 1 {
		t.Error("the audit row was not written as given")
	}
	if !g.take(t, bucket, noon).OK {
		t.Error("the attempts were not forgiven")
	}
}

func beginStale(t *testing.T, g ground) {
	for name, change := range map[string]login.Change{
		"password": {Hash: ptr("new")},
		"status":   {Status: ptr(account.StatusLocked)},
		"active":   {Active: ptr(false)},
	} {
		u := g.create(t)
		change.ID, change.Now = u.ID, noon
		if _, err := g.ChangeUser(t.Context(), change); err != nil {
			t.Fatal(err)
		}
		b := beginOf(newSession(u, noon))
		b.NewHash = "upgraded"
		out, err := g.Begin(t.Context(), b)
		if err != nil || out != (login.Begun{Stale: true}) {
			t.Errorf("after a change of %s: %+v, %v", name, out, err)
		}
		if g.session(t, b.Session.ID) != nil || g.byID(t, u.ID).Hash == "upgraded" || len(auditOf(t, g, b.Rows[0])) != 0 {
			t.Errorf("after a change of %s something began", name)
		}
	}
	gone := g.create(t)
	if _, err := g.DeleteUser(t.Context(), gone.ID, row(audit.EventUserDeleted, noon)); err != nil {
		t.Fatal(err)
	}
	if out, err := g.Begin(t.Context(), beginOf(newSession(gone, noon))); err != nil || !out.Stale {
		t.Errorf("for a deleted account: %+v, %v", out, err)
	}
}

func beginLimit(t *testing.T, g ground) {
	u := g.create(t)
	var ids []string
	for i := range 3 {
		ids = append(ids, g.signIn(t, u, noon.Add(time.Duration(i)*time.Minute)).ID)
	}
	later := noon.Add(5 * time.Minute)
	full := beginOf(newSession(u, later))
	full.Limit, full.Evict = 3, false
	if out, err := g.Begin(t.Context(), full); err != nil || out != (login.Begun{Full: true}) {
		t.Errorf("a fourth of three, nobody to go: %+v, %v", out, err)
	}
	evict := beginOf(newSession(u, later))
	evict.Limit = 2 // lowered meanwhile: two must go
	s := g.begin(t, evict)
	want := map[string]bool{ids[2]: true, s.ID: true}
	if diff := cmp.Diff(want, g.live(t, u, later)); diff != "" {
		t.Errorf("alive after the eviction (-want +got):\n%s", diff)
	}
	for _, id := range ids[:2] {
		if r := g.reason(t, id, later); r != "ended_evicted" || g.heard.count(session.RevokedSession, id) != 1 {
			t.Errorf("an evicted session is %q, told %d times", r, g.heard.count(session.RevokedSession, id))
		}
	}
	var told []string
	for _, r := range auditOf(t, g, evict.EvictedRow) {
		told = append(told, r.Session)
	}
	if diff := cmp.Diff([]string{ids[1], ids[0]}, told); diff != "" {
		t.Errorf("the audit of the evictions (-want +got):\n%s", diff)
	}
}

// The browser may hold a session of somebody else, which a refused login must
// not end; nor may the refused login leave an upgraded hash or a device.
func beginFullLeavesAll(t *testing.T, g ground) {
	other, u := g.create(t), g.create(t)
	old, first := g.signIn(t, other, noon), g.signIn(t, u, noon)
	b := beginOf(newSession(u, noon))
	b.Limit, b.Evict, b.Replaces, b.NewHash = 1, false, old.ID, "upgraded"
	if out, err := g.Begin(t.Context(), b); err != nil || out != (login.Begun{Full: true}) {
		t.Fatalf("a second of one: %+v, %v", out, err)
	}
	if r := g.reason(t, old.ID, noon); r != "" {
		t.Errorf("the session that was to be replaced is %q", r)
	}
	if r := g.reason(t, first.ID, noon); r != "" {
		t.Errorf("the first session is %q", r)
	}
	if g.byID(t, u.ID).Hash != hash || g.heard.count(session.RevokedSession, old.ID) != 0 {
		t.Error("the refused login changed the hash or told of a revocation")
	}
	if known, err := g.KnownDevice(t.Context(), b.Session.Device); known || err != nil {
		t.Errorf("the refused login made its device known: %v, %v", known, err)
	}
}

func beginCountsTheLiving(t *testing.T, g ground) {
	u := g.create(t)
	g.signIn(t, u, noon)
	old := newSession(u, noon.Add(idle))
	old.Kind, old.SecretHash = session.KindLegacy, nil
	if err := g.Adopt(t.Context(), old, row(audit.EventLegacySession, noon)); err != nil {
		t.Fatal(err)
	}
	b := beginOf(newSession(u, noon.Add(idle)))
	b.Limit, b.Evict = 1, false
	s := g.begin(t, b)
	if diff := cmp.Diff(map[string]bool{old.ID: true, s.ID: true}, g.live(t, u, noon.Add(idle))); diff != "" {
		t.Errorf("alive (-want +got):\n%s", diff)
	}
}

func beginReplaces(t *testing.T, g ground) {
	u := g.create(t)
	old := g.signIn(t, u, noon)
	b := beginOf(newSession(u, noon))
	b.Limit, b.Evict, b.Replaces = 1, false, old.ID // the old one makes room
	g.begin(t, b)
	if r := g.reason(t, old.ID, noon); r != "ended_replaced" || g.heard.count(session.RevokedSession, old.ID) != 1 {
		t.Errorf("the old session of the browser is %q", r)
	}
	again := beginOf(newSession(u, noon))
	again.Replaces = old.ID // dead already
	g.begin(t, again)
	if n := g.heard.count(session.RevokedSession, old.ID); n != 1 {
		t.Errorf("its end was told %d times", n)
	}
}

func beginDevice(t *testing.T, g ground) {
	u := g.create(t)
	b := beginOf(newSession(u, noon))
	for i, want := range []bool{true, false} {
		if known := must[bool](t)(g.KnownDevice(t.Context(), b.Session.Device)); known == want {
			t.Errorf("before login %d the device is known: %v", i, known)
		}
		if out, err := g.Begin(t.Context(), b); err != nil || out.NewDevice != want {
			t.Errorf("login %d answers %+v, %v", i, out, err)
		}
		device := b.Session.Device
		b = beginOf(newSession(u, noon))
		b.Session.Device, b.Session.DeviceName = device, "Renamed"
	}
	g.begin(t, b)
	if got := g.session(t, b.Session.ID).DeviceName; got != "Renamed" {
		t.Errorf("the device is called %q", got)
	}
}

func beginUpgrades(t *testing.T, g ground) {
	u := g.create(t)
	b := beginOf(newSession(u, noon))
	b.NewHash = "$argon2id$v=19$new"
	g.begin(t, b)
	if got := g.byID(t, u.ID).Hash; got != b.NewHash {
		t.Errorf("the stored hash is %q", got)
	}
	if out, err := g.Begin(t.Context(), beginOf(newSession(u, noon))); err != nil || !out.Stale {
		t.Errorf("a login proven against the older hash answers %+v, %v", out, err)
	}
}

func noRowNoSession(t *testing.T, g ground) {
	u := g.create(t)
	old := g.signIn(t, u, noon)
	bucket := bucketOf(secret.Random(32))
	for range bucket.Limit {
		g.take(t, bucket, noon)
	}
	for name, spoil := range map[string]func(*login.Begin){
		"login row":   func(b *login.Begin) { b.Rows[0].At = time.Time{} },
		"evicted row": func(b *login.Begin) { b.EvictedRow.At, b.Limit = time.Time{}, 1 },
	} {
		b := beginOf(newSession(u, noon))
		b.NewHash, b.Cleared = "upgraded", [][]byte{bucket.Key}
		if name == "login row" {
			b.Replaces = old.ID
		}
		spoil(&b)
		if _, err := g.Begin(t.Context(), b); err == nil {
			t.Errorf("%s: a session began without it", name)
		}
		if g.session(t, b.Session.ID) != nil || g.byID(t, u.ID).Hash != hash || g.take(t, bucket, noon).OK {
			t.Errorf("%s: a session, a hash or a forgiven attempt stayed", name)
		}
		if r := g.reason(t, old.ID, noon); r != "" || g.heard.count(session.RevokedSession, old.ID) != 0 {
			t.Errorf("%s: the old session is %q", name, r)
		}
	}
}

func fiftyKeepTheLimit(t *testing.T, g ground) {
	u := g.create(t)
	var begun, most atomic.Int64
	stop, looked := make(chan struct{}), make(chan struct{})
	go func() { // looks while they run
		defer close(looked)
		for {
			select {
			case <-stop:
				return
			case <-time.After(5 * time.Millisecond):
			}
			list, err := g.ListSessions(t.Context(), u.ID, noon, idle)
			if err != nil {
				t.Error(err)
				return
			}
			most.Store(max(most.Load(), int64(len(list))))
		}
	}()
	atOnce(50, func(i int) {
		b := beginOf(newSession(u, noon))
		b.Evict = i%2 == 0
		out, err := g.Begin(t.Context(), b)
		if err != nil {
			t.Error(err)
		}
		if !out.Full {
			begun.Add(1)
		}
	})
	close(stop)
	<-looked
	if most.Load() > 5 {
		t.Errorf("%d sessions were alive at once", most.Load())
	}
	if n := len(g.live(t, u, noon)); n != 5 {
		t.Errorf("%d sessions are alive, not 5", n)
	}
	if begun.Load() < 25 {
		t.Errorf("only %d of fifty began, although 25 may evict", begun.Load())
	}
}
