package login_test

import (
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

// ada is an active account and who is signed in to it.
func (w *world) ada() (account.User, *login.Person) {
	w.t.Helper()
	u := w.person("ada@example.com", account.RoleUser)
	return u, w.whoIs(w.signIn(u.Email, curl()))
}

// app is an authenticator app, by the clock of its world.
type app struct {
	w   *world
	key string
}

// totp sets up an authenticator app for who is signed in. The step that
// confirmed it is over when it returns.
func (w *world) totp(p *login.Person) *app {
	w.t.Helper()
	e, err := w.EnrolleeOf(p, curl())
	w.must(err)
	set, err := w.SetupTOTP(w.t.Context(), e)
	w.must(err)
	a := &app{w, set.Key}
	_, err = w.ConfirmTOTP(w.t.Context(), e, a.code())
	w.must(err)
	w.forward(30 * time.Second)
	return a
}

func (a *app) code() string { return a.off(0) }

// off is the code of a clock that is off by d.
func (a *app) off(d time.Duration) string {
	a.w.t.Helper()
	code, err := totp.GenerateCode(a.key, a.w.clock().Add(d))
	a.w.must(err)
	return code
}

// wrong is a code that is right at no time near now.
func (a *app) wrong() string {
	near := map[string]bool{}
	for d := -90 * time.Minute; d <= 90*time.Minute; d += 30 * time.Second {
		near[a.off(d)] = true
	}
	for _, code := range []string{"000000", "111111", "222222", "333333", "444444"} {
		if !near[code] {
			return code
		}
	}
	a.w.t.Fatal("five codes are right within three hours")
	return ""
}

// codes makes backup codes for who is signed in; the account has a factor.
func (w *world) codes(p *login.Person) []string {
	w.t.Helper()
	one := *p.Session
	one.User.SecondFactor = true // as the next request reads it
	list, err := w.MakeCodes(w.t.Context(), &login.Person{Session: &one}, curl())
	w.must(err)
	return list
}

// owes begins a login that must wait for its second factor.
func (w *world) owes(email string, c login.Client) *login.Challenge {
	w.t.Helper()
	out, err := w.Password(w.t.Context(), login.Attempt{Email: email, Password: right, Client: c})
	w.must(err)
	if out.Challenge == nil || out.Challenge.Enroll || out.Grant != nil {
		w.t.Fatalf("a password is worth %+v, not a question for the second factor", out)
	}
	return out.Challenge
}

// answer answers a login that waits, by a code.
func (w *world) answer(ch *login.Challenge, code string, c login.Client) (*login.Grant, error) {
	return w.Answer(w.t.Context(), login.Answer{Token: ch.Token, Code: code, Client: c})
}

// whole signs in by password and code.
func (w *world) whole(email, code string, c login.Client) *login.Grant {
	w.t.Helper()
	g, err := w.answer(w.owes(email, c), code, c)
	w.must(err)
	return g
}

// keeps is the browser that got this grant, next time.
func keeps(c login.Client, g *login.Grant) login.Client {
	c.DeviceCookie, c.SessionCookie = g.Device, g.Cookie
	return c
}

// codeOf is the public code of an error, "" for none.
func codeOf(err error) api.Code {
	if err == nil {
		return ""
	}
	return fault.From(err).Code
}
