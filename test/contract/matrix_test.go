package contract

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// caller is somebody who calls a route; ASVS V8.2, and V7.5 for what wants a recent proof.
type caller string

const (
	anonymous  caller = "anonymous"
	revoked    caller = "session revoked"
	waiting    caller = "factor pending"
	user       caller = "user"
	staleUser  caller = "user without recent proof"
	admin      caller = "administrator"
	staleAdmin caller = "administrator without recent proof"
	tokenRead  caller = "personal token, read"
	tokenWrite caller = "personal token, write"
	tokenAdmin caller = "personal token, admin"
)

// sensitive is what wants a recent proof of everybody: what decides who can sign in, and what shows all.
var sensitive = []string{
	"POST /api/v1/auth/password", "POST /api/v1/auth/email", "POST /api/v1/auth/tokens",
	"DELETE /api/v1/auth/sessions", "DELETE /api/v1/auth/sessions/{id}",
	"POST /api/v1/auth/2fa/backup-codes", "DELETE /api/v1/auth/2fa/totp", "PATCH /api/v1/auth/2fa/webauthn/{id}",
	"DELETE /api/v1/auth/2fa/webauthn/{id}", "POST /api/v1/auth/2fa/totp/setup", "POST /api/v1/auth/2fa/totp/confirm",
	"POST /api/v1/auth/2fa/webauthn/register/options", "POST /api/v1/auth/2fa/webauthn/register/verify",
	"GET /api/v1/users/me/export", "DELETE /api/v1/users/me",
}

// inPerson is what no personal token may do besides: prove who it is, and revoke another token.
var inPerson = []string{"POST /api/v1/auth/reauth", "DELETE /api/v1/auth/tokens/{id}"}

func (c caller) personal() bool { return strings.HasPrefix(string(c), "personal") }
func (c caller) stale() bool    { return strings.HasSuffix(string(c), "recent proof") }
func (c caller) rules() bool    { return c == admin || c == staleAdmin || c == tokenAdmin }

// sensitive holds of every change that an administrator makes, too.
func (r route) sensitive() bool {
	return slices.Contains(sensitive, r.String()) || (r.access == admins && r.unsafe())
}

// cell is what a caller is to get of a route: a status, and a code where it matters why.
type cell struct {
	status int
	code   string
}

// expected is the rule behind the table. Roles come first, for the right to do a thing is not asked of somebody who
// may not do it at all; then scopes, then the recent proof.
func expected(r route, c caller) cell {
	switch {
	case r.access == public || r.access == operator:
		return cell{r.status, ""}
	case c == anonymous:
		return cell{http.StatusUnauthorized, "not_authenticated"}
	case c == revoked:
		return cell{http.StatusUnauthorized, "session_ended"}
	case c == waiting:
		return cell{http.StatusUnauthorized, ""}
	case r.access == admins && !c.rules():
		return cell{http.StatusForbidden, "forbidden"}
	case c.personal() && (r.sensitive() || slices.Contains(inPerson, r.String())):
		return cell{http.StatusForbidden, ""} // whatever its scopes
	case c == tokenRead && r.unsafe():
		return cell{http.StatusForbidden, ""}
	case c.stale() && r.sensitive():
		return cell{http.StatusForbidden, "reauth_required"}
	}
	return cell{r.status, ""}
}

// exception is a cell that no rule covers.
func exception(r route, c caller) (cell, bool) {
	if r.path == "/api/v1/auth/2fa/webauthn/login/options" && c != anonymous && c != revoked && c != waiting {
		return cell{http.StatusNotFound, ""}, true // of somebody signed in it is a step-up, and this account has no passkey
	}
	return cell{}, false
}

// TestWhoMayCallWhat is the matrix of all documented routes and all kinds of callers. Wherever a route names a thing,
// it is the victim's, so that a hole would do harm; at the end no harm is done.
func TestWhoMayCallWhat(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	first, next := inTwoActs(t, map[string]string{"REAUTH_WINDOW": "1s"})
	for _, d := range w.documented(t) {
		if !slices.ContainsFunc(routes, func(r route) bool { return r.String() == d }) {
			t.Errorf("no rule covers %s", d)
		}
	}
	all := callers(t, w)
	stale := newVictim(t, first)
	all[staleUser], all[staleAdmin] = first.program().signIn(t, first.user(t), password), first.admin(t)
	first.admin(t) // so that neither is the last administrator
	short := next(all[staleUser], all[staleAdmin], stale.owner, stale.trusted)
	short.expire()
	victims := map[*world]*victim{w: newVictim(t, w), short: stale}
	t.Run("callers", func(t *testing.T) {
		for c, client := range all {
			t.Run(string(c), func(t *testing.T) {
				t.Parallel()
				walk(t, c, client, victims[client.w])
			})
		}
	})
	for _, v := range victims {
		v.check(t)
	}
}

func walk(t *testing.T, c caller, client *client, v *victim) {
	t.Helper()
	for _, r := range inOrder(c) {
		want, odd := exception(r, c)
		if !odd {
			want = expected(r, c)
		}
		address := v.things(r).Replace(r.path)
		if r.access == admins && c.rules() && want.status == http.StatusNotFound {
			address = r.address() // who may do it does it to nobody
		}
		address += asked[r.path]
		options, body := []option{}, r.body
		switch address {
		case loginPath:
			options = append(options, with("X-CSRF-TOKEN", client.w.program().greet(t).csrf))
		case "/api/v1/auth/register":
			body = object{"email": client.w.address(), "password": password}
		}
		a := client.do(t, r.method, address, body, options...)
		a.want(t, want.status, want.code)
		if address == "/api/v1/auth/reauth" && a.status == http.StatusOK {
			client.bearer = a.text("access_token")
		}
	}
}

// victim is an ordinary person with one thing of each kind.
type victim struct {
	owner, trusted                       *client
	user, session, token, factor, device string
}

func newVictim(t *testing.T, w *world) *victim {
	t.Helper()
	email, p, c := w.protected(t)
	v := &victim{owner: c, token: c.do(t, "POST", "/api/v1/auth/tokens", object{"name": "x", "scopes": []string{"read"}}).text("id")}
	v.user, v.session = c.do(t, "GET", "/api/v1/users/me", nil).text("id"), c.do(t, "GET", "/api/v1/auth/status", nil).text("session.id")
	v.factor = c.do(t, "GET", "/api/v1/auth/2fa", nil).text("totp.id")
	v.trusted = w.browser()
	challenge := v.trusted.begin(t, email, password)
	v.trusted.do(t, "POST", "/api/v1/auth/2fa/challenge", object{"challenge_token": challenge, "code": p.at(t, 0), "trust_device": true}).
		want(t, http.StatusOK, "")
	v.device = c.do(t, "GET", "/api/v1/auth/2fa/trusted-devices", nil).first("id")
	for name, id := range map[string]string{"user": v.user, "session": v.session, "token": v.token, "factor": v.factor, "device": v.device} {
		if id == "" {
			t.Fatalf("the victim has no %s", name)
		}
	}
	return v
}

// things replaces the ids in the path of a route.
func (v *victim) things(r route) *strings.Replacer {
	id := v.user
	for part, thing := range map[string]string{
		"/auth/sessions/": v.session, "/auth/tokens/": v.token, "/webauthn/": v.factor, "/trusted-devices/": v.device,
	} {
		if strings.Contains(r.path, part) {
			id = thing
		}
	}
	return strings.NewReplacer("{id}", id, "{session}", v.session)
}

// check fails where the victim lost something.
func (v *victim) check(t *testing.T) {
	t.Helper()
	for _, c := range []*client{v.owner, v.trusted} {
		a := c.do(t, "GET", "/api/v1/auth/status", nil)
		if a.status != http.StatusOK || a.text("user.role") != "user" || a.text("user.status") != "active" || a.text("user.name") != "" {
			t.Errorf("the victim after it all: %s", a)
		}
	}
	if a := v.owner.do(t, "GET", "/api/v1/auth/2fa", nil); a.text("totp.id") != v.factor || len(a.member("trusted_devices").([]any)) != 1 {
		t.Errorf("the victim's factors after it all: %s", a)
	}
	if a := v.owner.do(t, "GET", "/api/v1/auth/tokens", nil); a.first("id") != v.token {
		t.Errorf("the victim's tokens after it all: %s", a)
	}
}

// inOrder is the table; a new proof comes last for somebody whose proof is to be old.
func inOrder(c caller) []route {
	list := slices.Clone(routes)
	if c.stale() {
		slices.SortStableFunc(list, func(a, b route) int {
			return rank(a) - rank(b)
		})
	}
	return list
}

func rank(r route) int {
	return slices.Index([]string{"reauth", "logout"}, r.path[strings.LastIndex(r.path, "/")+1:])
}

// callers signs everybody in whose proof is recent, each to an account of their own.
func callers(t *testing.T, w *world) map[caller]*client {
	t.Helper()
	boss := func() *client { return w.admin(t) }
	person := func() *client { return w.program().signIn(t, w.user(t), password) }
	personal := func(of *client, scopes ...string) *client {
		c := w.program()
		c.bearer = of.personalToken(t, scopes...)
		return c
	}
	ended := boss()
	ended.do(t, "POST", "/api/v1/auth/jwt/logout", nil).want(t, http.StatusNoContent, "")
	pending := w.program()
	pending.bearer = w.waiting(t)
	all := map[caller]*client{
		anonymous: w.program(), revoked: ended, waiting: pending, user: person(), admin: boss(),
		tokenRead: personal(person(), "read"), tokenWrite: personal(person(), "read", "write"),
		tokenAdmin: personal(boss(), "read", "write", "admin"),
	}
	boss() // stays, so that nobody above is the last administrator
	return all
}
