package contract

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
)

// app is an authenticator app with one seed.
type app struct{ secret string }

// at is the code of so many steps from now.
func (p app) at(t testing.TB, steps int) string {
	t.Helper()
	code, err := totp.GenerateCode(p.secret, time.Now().Add(time.Duration(steps)*30*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// wrong is a code that is of no step around now.
func (p app) wrong(t testing.TB) string {
	t.Helper()
	for _, code := range []string{"000000", "111111", "222222", "333333", "444444", "555555"} {
		if !slices.Contains([]string{p.at(t, -2), p.at(t, -1), p.at(t, 0), p.at(t, 1), p.at(t, 2)}, code) {
			return code
		}
	}
	t.Fatal("six codes are right at once")
	return ""
}

// backupCodes makes ten new ones.
func (c *client) backupCodes(t testing.TB) (codes []string) {
	t.Helper()
	a := c.do(t, "POST", "/api/v1/auth/2fa/backup-codes", nil)
	a.want(t, http.StatusOK, "")
	list, _ := a.member("codes").([]any)
	for _, code := range list {
		codes = append(codes, code.(string))
	}
	if len(codes) != 10 {
		t.Fatalf("%d backup codes are made", len(codes))
	}
	return codes
}

// codesLeft counts them.
func (c *client) codesLeft(t testing.TB) int {
	t.Helper()
	n, _ := c.do(t, "GET", "/api/v1/auth/2fa", nil).member("backup_codes_left").(float64)
	return int(n)
}

// enrol sets up an authenticator app for whoever c is. The code of the step before is spent on it, so that this one and
// the next are good for two logins.
func (c *client) enrol(t testing.TB) app {
	t.Helper()
	a := c.do(t, "POST", "/api/v1/auth/2fa/totp/setup", nil)
	a.want(t, http.StatusOK, "")
	p := app{a.text("secret")}
	confirm := func() answer {
		return c.do(t, "POST", "/api/v1/auth/2fa/totp/confirm", object{"code": p.at(t, -1)})
	}
	if a = confirm(); a.status == http.StatusUnauthorized {
		a = confirm() // a step ended on the way
	}
	a.want(t, http.StatusOK, "")
	return p
}

// protected is an account with an authenticator app, and a program signed in to it.
func (w *world) protected(t testing.TB) (email string, p app, c *client) {
	t.Helper()
	email = w.address()
	w.program().do(t, "POST", "/api/v1/auth/register", object{"email": email, "password": password}).want(t, http.StatusCreated, "")
	c = w.program().signIn(t, email, password)
	return email, c.enrol(t), c
}

// begin signs in as far as the second factor and returns the challenge.
func (c *client) begin(t testing.TB, email, pass string) string {
	t.Helper()
	a := c.login(t, email, pass)
	if a.status != http.StatusOK || a.member("requires_2fa") != true || a.text("challenge_token") == "" {
		t.Fatalf("a login whose second factor is due: %s", a)
	}
	return a.text("challenge_token")
}

// answer answers a challenge.
func (c *client) answer(t testing.TB, challenge, method, code string) answer {
	t.Helper()
	return c.do(t, "POST", "/api/v1/auth/2fa/challenge", object{"challenge_token": challenge, "method": method, "code": code})
}

// waiting is the challenge of a login that waits for its second factor.
func (w *world) waiting(t testing.TB) string {
	t.Helper()
	email, _, _ := w.protected(t)
	return w.program().begin(t, email, password)
}

// personalToken makes one.
func (c *client) personalToken(t testing.TB, scopes ...string) string {
	t.Helper()
	a := c.do(t, "POST", "/api/v1/auth/tokens", object{"name": "script", "scopes": scopes})
	a.want(t, http.StatusCreated, "")
	return a.text("token")
}

// expire waits until every proof at a server with REAUTH_WINDOW=1s is too old.
func (w *world) expire() { after(time.Second) }
