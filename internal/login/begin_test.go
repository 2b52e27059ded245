package login_test

import (
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

// The cookie changes at each login, and the session that the browser had ends:
// a value that somebody knew before opens nothing afterwards.
func TestLoginReplacesTheSessionOfThatBrowser(t *testing.T) {
	w := build(t)
	w.person("ada@example.com", account.RoleUser)
	w.person("bob@example.com", account.RoleUser)
	c := browser("b")
	first := w.signIn("ada@example.com", c)
	elsewhere := w.signIn("ada@example.com", browser("another"))
	c.SessionCookie = first.Cookie
	second := w.signIn("bob@example.com", c) // whoever signs in now
	if second.Cookie == first.Cookie {
		t.Fatal("the cookie was taken over")
	}
	w.wantEnded(first, "ended_replaced")
	w.whoIs(second)
	w.whoIs(elsewhere)

	c.SessionCookie = "made-up"
	w.signIn("ada@example.com", c)
}

func TestSessionLimit(t *testing.T) {
	t.Run("the oldest goes", func(t *testing.T) {
		w := build(t, func(o *login.Options) { o.SessionLimit = 2 })
		w.person("ada@example.com", account.RoleUser)
		var grants []*login.Grant
		for range 3 {
			grants = append(grants, w.signIn("ada@example.com", curl()))
			w.forward(time.Second)
		}
		w.wantEnded(grants[0], "ended_evicted")
		w.whoIs(grants[1])
		w.whoIs(grants[2])
		if rows := w.rows(audit.EventSessionEnded); len(rows) != 1 || rows[0].Session != grants[0].Session.ID || rows[0].Reason != "evicted" {
			t.Errorf("the audit says %+v", rows)
		}
	})
	t.Run("the new one is refused", func(t *testing.T) {
		w := build(t, func(o *login.Options) { o.SessionLimit, o.Evict = 2, false })
		w.person("ada@example.com", account.RoleUser)
		first, second := w.signIn("ada@example.com", browser("b")), w.signIn("ada@example.com", curl())
		for range 10 { // a right password is no guess, so none of these counts as one
			_, err := w.try("ada@example.com", right, curl())
			wantFault(t, err, api.CodeSessionLimitReached, "session_limit_refuse")
		}
		w.whoIs(first)
		w.whoIs(second)
		if n := len(w.rows(audit.EventSessionLimit)); n != 10 {
			t.Errorf("%d audit rows", n)
		}
		// The browser that signs in again brings its own place with it.
		again := browser("b")
		again.SessionCookie = first.Cookie
		w.signIn("ada@example.com", again)
	})
}

// Without cookies the same program at the same place is one device, however
// often it signs in: a script must not fill the list of devices.
func TestClientWithoutCookiesHasOneDeviceRecord(t *testing.T) {
	w := build(t)
	w.person("ada@example.com", account.RoleUser)
	w.person("bob@example.com", account.RoleUser)
	device := func(email string, edit func(*login.Client)) string {
		c := curl()
		edit(&c)
		return w.signIn(email, c).Session.Device
	}
	same := func(*login.Client) {}
	mine := device("ada@example.com", same)
	for _, c := range []struct {
		name, email string
		edit        func(*login.Client)
		same        bool
	}{
		{"again", "ada@example.com", same, true},
		{"another address of its /64", "ada@example.com", func(c *login.Client) { c.IP = "192.0.2.8" }, true},
		{"another program", "ada@example.com", func(c *login.Client) { c.UserAgent = "wget" }, false},
		{"another place", "ada@example.com", func(c *login.Client) { c.Network = "198.51.100.1" }, false},
		// Two accounts on one device must not be linked by their records.
		{"another account", "bob@example.com", same, false},
	} {
		if got := device(c.email, c.edit); (got == mine) != c.same {
			t.Errorf("%s: the same record: %v, want %v", c.name, got == mine, c.same)
		}
	}
}

func TestBrowserKeepsItsDeviceRecord(t *testing.T) {
	w := build(t)
	w.person("ada@example.com", account.RoleUser)
	c := browser("b")
	first := w.signIn("ada@example.com", c)
	c.DeviceCookie = first.Device
	again := w.signIn("ada@example.com", c)
	if again.Session.Device != first.Session.Device || again.Device != first.Device {
		t.Error("a known browser got another record or another name")
	}
	c.DeviceCookie = "made.up"
	if g := w.signIn("ada@example.com", c); g.Device == "made.up" || g.Session.Device == first.Session.Device {
		t.Error("a cookie that we did not sign was taken over")
	}
	if first.Session.DeviceName != "Firefox on Linux" || first.Session.DeviceKind != "desktop" {
		t.Errorf("the device is called %q, %q", first.Session.DeviceName, first.Session.DeviceKind)
	}
}

func TestNoTokenOutlivesItsSession(t *testing.T) {
	w := build(t)
	w.person("ada@example.com", account.RoleUser)
	g := w.signIn("ada@example.com", browser("b"))
	for range 47 { // kept alive by use, until ten minutes before its age
		w.forward(30 * time.Minute)
		_, err := w.ByCookie(t.Context(), g.Cookie)
		w.must(err)
		w.must(w.db.Touch(t.Context(), map[string]time.Time{g.Session.ID: w.clock()}))
	}
	w.forward(20 * time.Minute)
	p, err := w.ByCookie(t.Context(), g.Cookie)
	w.must(err)
	renewed, err := w.Renew(p)
	w.must(err)
	if renewed.ExpiresIn != 10*time.Minute {
		t.Errorf("the token lives %s, its session 10m", renewed.ExpiresIn)
	}
	w.forward(10 * time.Minute)
	_, err = w.ByCookie(t.Context(), g.Cookie)
	wantFault(t, err, api.CodeSessionEnded, "absolute_end")
}
