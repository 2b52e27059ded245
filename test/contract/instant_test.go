package contract

import (
	"maps"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// TestProofsAreTakenOnce, thirty at the same instant, on both databases: Keycloak CVE-2026-1035 and #26106,
// parse-server GHSA-2299-ghjr-6vjp.
func TestProofsAreTakenOnce(t *testing.T) {
	t.Parallel()
	for engine, database := range map[string]func() string{
		"SQLite": func() string { return "" }, "PostgreSQL": func() string { return ground.Postgres(t).NewDatabase(t) },
	} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			p := newPost(t)
			env := p.env()
			maps.Copy(env, map[string]string{"REGISTRATION": "open", "DATABASE_URL": database()})
			if env["DATABASE_URL"] == "" {
				delete(env, "DATABASE_URL")
			}
			w := start(t, env)
			email := w.joined(t, p)
			c := w.program().signIn(t, email, password)
			device := c.enrol(t)
			codesAtOnce(t, w, c, email, device)
			linksAtOnce(t, w, p, email)
		})
	}
}

// codesAtOnce answers challenges with codes of all kinds.
func codesAtOnce(t *testing.T, w *world, c *client, email string, device app) {
	t.Helper()
	respond := func(challenge, method, code string) answer {
		a := w.program().answer(t, challenge, method, code)
		if a.status != http.StatusOK && a.code() != "invalid_code" && a.code() != "challenge_expired" {
			t.Errorf("one of thirty answers: %s", a)
		}
		return a
	}
	challenges := make(chan string, 60)
	for range cap(challenges) {
		challenges <- w.program().begin(t, email, password)
	}
	code := device.at(t, 0)
	if won := thirty(func() answer { return respond(<-challenges, "totp", code) }); won != 1 {
		t.Errorf("one code answered %d challenges", won)
	}
	code = device.at(t, 1)
	one := <-challenges
	if won := thirty(func() answer { return respond(one, "totp", code) }); won != 1 {
		t.Errorf("one code answered one challenge %d times", won)
	}
	codes := c.backupCodes(t)
	// Twenty-nine challenges are left, and one more makes thirty.
	challenges <- w.program().begin(t, email, password)
	if won := thirty(func() answer { return respond(<-challenges, "backup_code", codes[0]) }); won != 1 || c.codesLeft(t) != 9 {
		t.Errorf("one backup code answered %d challenges, and %d are left", won, c.codesLeft(t))
	}
	one = w.program().begin(t, email, password)
	var next atomic.Int32
	if won := thirty(func() answer { return respond(one, "backup_code", codes[1+int(next.Add(1))%9]) }); won != 1 || c.codesLeft(t) != 8 {
		t.Errorf("nine right codes answered one challenge %d times, and %d are left", won, c.codesLeft(t))
	}
	codes = c.backupCodes(t)
	if won := thirty(func() answer {
		return c.do(t, "POST", "/api/v1/auth/reauth", object{"password": password, "method": "backup_code", "code": codes[0]})
	}); won != 1 || c.codesLeft(t) != 9 {
		t.Errorf("one backup code renewed a proof %d times, and %d are left", won, c.codesLeft(t))
	}
}

// linksAtOnce takes links from letters.
func linksAtOnce(t *testing.T, w *world, p *post, email string) {
	t.Helper()
	reset := w.forgot(t, p, email, 1)
	if won := thirty(func() answer {
		return w.program().do(t, "POST", "/api/v1/auth/reset-password", object{"token": reset, "password": another})
	}); won != 1 {
		t.Errorf("one link set a password %d times", won)
	}
	fresh := w.address()
	b := w.browser().greet(t)
	b.do(t, "POST", "/api/v1/auth/register", object{"email": fresh, "password": password}).want(t, http.StatusAccepted, "")
	verify := p.wait(t, fresh, "/verify-email", 1).token("/verify-email")
	if won := thirty(func() answer { return b.do(t, "POST", "/api/v1/auth/verify", object{"token": verify}) }); won != 1 {
		t.Errorf("one link verified %d times", won)
	}
	b.signIn(t, fresh, password)
	next := w.address()
	b.do(t, "POST", "/api/v1/auth/email", object{"email": next}).want(t, http.StatusAccepted, "")
	w.program().do(t, "POST", "/api/v1/auth/request-unlock", object{"email": fresh}).want(t, http.StatusAccepted, "")
	w.browser().signIn(t, fresh, password)                     // the second device
	for _, link := range []struct{ email, page, call string }{ // the last changes the address, which ends the others
		{fresh, "/unlock", "unlock"}, {next, "/verify-email", "verify"},
	} {
		token := p.wait(t, link.email, link.page, 1).token(link.page)
		if won := thirty(func() answer { return w.program().do(t, "POST", "/api/v1/auth/"+link.call, object{"token": token}) }); won != 1 {
			t.Errorf("one link to %s was taken %d times", link.call, won)
		}
	}
}
