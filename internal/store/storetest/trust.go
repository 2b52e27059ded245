package storetest

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/session"
)

var trustChecks = []check{
	{"DeviceIsTrustedByItsAccountForAWhile", trusts},
	{"TrustEndsInOneOrInAllDevices", trustEnds},
	{"DevicePassesOnWithoutItsTrust", trustOfAnother},
	{"NewDeviceIsToldOnce", alarmOnce},
	{"RefusedLoginTrustsNothing", trustNotByRefusal},
}

// trust starts a session on a device that is trusted until then.
func (g ground) trust(t *testing.T, u account.User, until time.Time) session.Session {
	t.Helper()
	b := beginOf(newSession(u, noon))
	b.Factor, b.TrustUntil = u.SecondFactor, until
	return g.begin(t, b)
}

func trusts(t *testing.T, g ground) {
	u, other := g.create(t), g.create(t)
	until := noon.Add(time.Hour)
	s := g.trust(t, u, until)
	plain := g.signIn(t, u, noon)
	for _, c := range []struct {
		note   string
		user   account.ID
		device string
		at     time.Time
		want   bool
	}{
		{"now", u.ID, s.Device, noon, true},
		{"to the last moment", u.ID, s.Device, until.Add(-time.Millisecond), true},
		{"when it ended", u.ID, s.Device, until, false},
		{"by another account", other.ID, s.Device, noon, false},
		{"a device for which nobody asked", u.ID, plain.Device, noon, false},
		{"an unknown device", u.ID, "unknown\x00", noon, false},
	} {
		if got := must[bool](t)(g.Trusted(t.Context(), c.user, c.device, c.at)); got != c.want {
			t.Errorf("trusted %s: %v", c.note, got)
		}
	}
	// A later login on the device without the wish leaves the trust as it is.
	again := beginOf(newSession(u, noon.Add(time.Minute)))
	again.Session.Device = s.Device
	g.begin(t, again)
	want := []login.TrustedDevice{{
		ID: s.Device, Name: s.DeviceName, Kind: s.DeviceKind, IP: s.IP, Since: noon, SeenAt: noon.Add(time.Minute), Until: until,
	}}
	if diff := cmp.Diff(want, must[[]login.TrustedDevice](t)(g.TrustedDevices(t.Context(), u.ID, noon))); diff != "" {
		t.Errorf("trusted devices (-want +got):\n%s", diff)
	}
	if list := must[[]login.TrustedDevice](t)(g.TrustedDevices(t.Context(), u.ID, until)); len(list) != 0 {
		t.Errorf("after its end %d devices are trusted", len(list))
	}
	for _, id := range unknownIDs {
		if list, err := g.TrustedDevices(t.Context(), id, noon); len(list) != 0 || err != nil {
			t.Errorf("%q trusts %v, %v", id, list, err)
		}
	}
}

func trustEnds(t *testing.T, g ground) {
	u, other := g.create(t), g.create(t)
	until := noon.AddDate(0, 0, 30)
	one, two, three := g.trust(t, u, until), g.trust(t, u, until), g.trust(t, u, until)
	foreign := g.trust(t, other, until)
	for _, c := range []struct {
		note, device string
		want         int
	}{
		{"another's", foreign.Device, 0},
		{"one", one.Device, 1},
		{"the same again", one.Device, 0},
		{"all", "", 2},
		{"all again", "", 0},
	} {
		r := row(audit.EventTrustEnded, noon)
		n, err := g.EndTrust(t.Context(), u.ID, c.device, r)
		if err != nil || n != c.want || len(auditOf(t, g, r)) != min(1, c.want) {
			t.Errorf("ending %s: %d, %v", c.note, n, err)
		}
	}
	for _, s := range []session.Session{one, two, three} {
		if must[bool](t)(g.Trusted(t.Context(), u.ID, s.Device, noon)) || g.reason(t, s.ID, noon) != "" {
			t.Error("a device is still trusted, or its session ended")
		}
	}
	if !must[bool](t)(g.Trusted(t.Context(), other.ID, foreign.Device, noon)) {
		t.Error("the trust of another account ended")
	}
	again := g.trust(t, u, until)
	if _, err := g.EndTrust(t.Context(), u.ID, "", row(audit.EventTrustEnded, time.Time{})); err == nil {
		t.Error("trust ended without its audit row")
	}
	if !must[bool](t)(g.Trusted(t.Context(), u.ID, again.Device, noon)) {
		t.Error("what was refused ended the trust")
	}
}

// A device's id comes of browser and address. When somebody gives an address up
// and another account takes it in the same browser, the record goes along: its
// old owner neither sees it nor trusts it any more, and to the new one it is new.
func trustOfAnother(t *testing.T, g ground) {
	ada, bob := g.create(t), g.create(t)
	s := g.trust(t, ada, noon.AddDate(0, 0, 30))
	g.signIn(t, bob, noon)
	b := beginOf(newSession(bob, noon.Add(time.Minute)))
	b.Session.Device, b.Session.IP = s.Device, "198.51.100.7"
	l, link := alarm(bob.ID)
	b.NewDevice = &login.Alarm{Letter: l, Link: link}
	if out, err := g.Begin(t.Context(), b); err != nil || !out.NewDevice {
		t.Errorf("%+v, %v", out, err)
	}
	if !g.posted(t, l) {
		t.Error("it is new to the account, and its owner was not told")
	}
	if must[bool](t)(g.Trusted(t.Context(), ada.ID, s.Device, noon)) || must[bool](t)(g.Trusted(t.Context(), bob.ID, s.Device, noon)) {
		t.Error("the trust passed on with the device")
	}
	if list := must[[]login.TrustedDevice](t)(g.TrustedDevices(t.Context(), ada.ID, noon)); len(list) != 0 {
		t.Errorf("its old owner sees %+v", list)
	}
}

func alarmOnce(t *testing.T, g ground) {
	u := g.create(t)
	var letters []bool
	device := ""
	for _, at := range []string{"", "same", "new", "same"} {
		b := beginOf(newSession(u, noon))
		if at == "same" {
			b.Session.Device = device
		}
		device = b.Session.Device
		l, link := alarm(u.ID)
		b.NewDevice = &login.Alarm{Letter: l, Link: link}
		g.begin(t, b)
		if g.posted(t, l) != g.alive(t, link, noon) {
			t.Error("the letter and its link do not go together")
		}
		letters = append(letters, g.posted(t, l))
	}
	// The very first device of an account is news to nobody.
	if diff := cmp.Diff([]bool{false, false, true, false}, letters); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
	// Thirty at once from one new device.
	var all [30]login.Begin
	one := newSession(u, noon).Device
	for i := range all {
		all[i] = beginOf(newSession(u, noon))
		all[i].Session.Device, all[i].Limit = one, 50
		l, link := alarm(u.ID)
		all[i].NewDevice = &login.Alarm{Letter: l, Link: link}
	}
	var isNew atomic.Int64
	atOnce(len(all), func(i int) {
		out, err := g.Begin(t.Context(), all[i])
		if err != nil {
			t.Error(err)
		}
		if out.NewDevice {
			isNew.Add(1)
		}
	})
	told, outbox := 0, g.outbox(t)
	for _, b := range all {
		if outbox[b.NewDevice.Letter.ID] {
			told++
		}
	}
	if isNew.Load() != 1 || told != 1 {
		t.Errorf("one device was new %d times and told of %d times", isNew.Load(), told)
	}
}

func trustNotByRefusal(t *testing.T, g ground) {
	a := g.guarded(t)
	s := g.signInGuarded(t, a, noon)
	b := g.proven(t, a, login.Proof{Factor: a.totp.ID, Step: firstStep})
	b.Session.Device, b.TrustUntil = s.Device, noon.AddDate(0, 0, 30)
	l, link := alarm(a.ID)
	b.NewDevice = &login.Alarm{Letter: l, Link: link}
	if out, err := g.Begin(t.Context(), b); err != nil || out.Spent != login.SpentStep {
		t.Fatalf("%+v, %v", out, err)
	}
	if must[bool](t)(g.Trusted(t.Context(), a.ID, s.Device, noon)) || g.posted(t, l) || g.alive(t, link, noon) {
		t.Error("a refused login made its device trusted, or was told of")
	}
}
