package faults

import (
	"database/sql"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

const (
	// Five seconds is what the program waits for a database, and one is room.
	answeredWithin = 6 * time.Second
	// A login that is under way may have waited for its hash before.
	underWayWithin = answeredWithin + 2*time.Second
	backWithin     = 10 * time.Second
)

// away is a database, a way to take it away and one to bring it back.
type away struct {
	name string
	make func(*testing.T) (at place, down, up func())
}

var outages = []away{
	{"stopped", func(t *testing.T) (place, func(), func()) {
		pg := ground.PrivatePostgres(t, ground.Options{})
		url := pg.NewDatabase(t)
		return place{"PostgreSQL", url, url}, pg.Stop, pg.Start
	}},
	{"stopped behind pgbouncer", func(t *testing.T) (place, func(), func()) {
		pg := ground.PrivatePostgres(t, ground.Options{})
		url := pg.NewDatabase(t)
		return place{"pgbouncer", ground.PgBouncer(t, pg, "transaction", 8).URL(url), url}, pg.Stop, pg.Start
	}},
	{"pgbouncer stopped", func(t *testing.T) (place, func(), func()) {
		pg := ground.Postgres(t)
		url := pg.NewDatabase(t)
		b := ground.PgBouncer(t, pg, "transaction", 8)
		return place{"pgbouncer", b.URL(url), url}, b.Stop, b.Start
	}},
	// It takes connections and never answers: the worst kind, for nothing fails by itself.
	{"hung", func(t *testing.T) (place, func(), func()) {
		pg := ground.Postgres(t)
		url := pg.NewDatabase(t)
		b := ground.PgBouncer(t, pg, "transaction", 8)
		return place{"pgbouncer", b.URL(url), url}, func() { console(t, b, "PAUSE") }, func() { console(t, b, "RESUME") }
	}},
}

func console(t *testing.T, b *ground.Bouncer, command string) {
	t.Helper()
	db, err := sql.Open("pgx", b.AdminURL()+"&default_query_exec_mode=simple_protocol")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), command); err != nil {
		t.Fatalf("%s: %v", command, err)
	}
}

func TestDatabaseThatIsAwayIsToldAsThatAndSignsNobodyOut(t *testing.T) {
	t.Parallel()
	for _, o := range outages {
		t.Run(o.name, func(t *testing.T) {
			t.Parallel()
			at, down, up := o.make(t)
			s := serve(t, at, nil)
			browser, program := newBrowser(t, s), newCaller(s)
			person(t, program, ada)
			signIn(t, browser, ada)
			one := signIn(t, program, ada)
			w := watch(t, at, s)

			underWay := inFlight(t, s, down)
			for _, a := range underWay {
				if wrong := notAway(a, underWayWithin); wrong != "" {
					t.Errorf("a login that was under way %s", wrong)
				}
			}
			// What was checked a moment ago may be remembered for a second, and is never a refusal.
			eventually(t, 3*time.Second+answeredWithin, "a check notices that the database is away", func() bool {
				a := program.status(one.AccessToken)
				if a.status == http.StatusOK {
					return false
				}
				wantAway(t, "a check of a session", a)
				return true
			})
			whileAway(t, s, browser, program, one)
			w.healthNames(t, "database", "unreachable")

			up()
			took := eventually(t, backWithin, "sessions are checked again", func() bool {
				a := program.status(one.AccessToken)
				if a.status != http.StatusOK {
					wantAway(t, "a check before the database is back", a)
				}
				return a.status == http.StatusOK
			})
			t.Logf("by itself again after %s", took.Round(10*time.Millisecond))
			want(t, "the browser's session", browser.status(""), http.StatusOK, "")
			want(t, "its refresh", browser.call("POST", "/api/v1/auth/jwt/refresh", "", nil), http.StatusOK, "")
			want(t, "the old refresh token", program.refresh(one.RefreshToken), http.StatusOK, "")
			signIn(t, newCaller(s), ada)
			want(t, "the account that could not be made then", program.register("new@example.com", password), http.StatusCreated, "")
			w.unhurt(t)
		})
	}
}

// inFlight has logins run, each from before the database goes to after it. At one account only a few run at once and the
// others are told of the crowd, so there are several.
func inFlight(t *testing.T, s *ground.Instance, down func()) []answer {
	t.Helper()
	callers := warmed(8, []*ground.Instance{s})
	for i, c := range callers {
		person(t, c, fmt.Sprintf("under-way-%d@example.com", i))
	}
	return atOnce(len(callers)+1, func(i int) answer {
		if i == len(callers) {
			time.Sleep(150 * time.Millisecond)
			down()
			return newCaller(s).login(ada, password)
		}
		for { // until one meets the end
			email := fmt.Sprintf("under-way-%d@example.com", i)
			if a := patiently(func() answer { return callers[i].login(email, password) }); a.status != http.StatusOK {
				return a
			}
		}
	})
}

// whileAway asks for everything that needs the database, at once.
func whileAway(t *testing.T, s *ground.Instance, browser, program *caller, one api.Tokens) {
	t.Helper()
	stranger := newCaller(s)
	greeting := stranger.greet()
	want(t, "a CSRF token for somebody without a session", greeting, http.StatusOK, "")
	want(t, "/api/health/live", program.call("GET", "/api/health/live", "", nil), http.StatusOK, "")

	const auth = "/api/v1/auth"
	asked := []struct {
		what string
		ask  func() answer
	}{
		{"status by token", func() answer { return program.status(one.AccessToken) }},
		{"status by cookie", func() answer { return browser.status("") }},
		{"me", func() answer { return program.call("GET", "/api/v1/users/me", one.AccessToken, nil) }},
		{"sessions", func() answer { a, _ := program.sessions(one.AccessToken); return a }},
		{"end of a session", func() answer { return browser.call("DELETE", auth+"/sessions/"+one.SessionID, "", nil) }},
		{"login", func() answer { return stranger.login(ada, password) }},
		{"login with a wrong password", func() answer { return stranger.login(ada, "not the plums in there") }},
		{"login of somebody unknown", func() answer { return stranger.login("nobody@example.com", password) }},
		{"login from a known browser", func() answer { return browser.login(ada, password) }},
		{"refresh by token", func() answer { return program.refresh(one.RefreshToken) }},
		{"refresh by cookie", func() answer { return browser.call("POST", auth+"/jwt/refresh", "", nil) }},
		{"logout by token", func() answer { return program.logout(one.AccessToken) }},
		{"logout by cookie", func() answer { return browser.call("POST", auth+"/jwt/logout", "", nil) }},
		{"change of password", func() answer { return program.changePassword(one.AccessToken, password, password+"!") }},
		{"registration", func() answer { return stranger.register("new@example.com", password) }},
	}
	for i, a := range atOnce(len(asked), func(i int) answer { return asked[i].ask() }) {
		wantAway(t, asked[i].what, a)
	}
	// With a session cookie the token is bound to the browser instead, so the page still loads.
	if a := browser.greet(); a.status != http.StatusOK || clears(a) {
		t.Errorf("a CSRF token for the browser with a session was answered %v", a)
	}
}

// wantAway expects the one answer that is right while the database is away.
func wantAway(t *testing.T, what string, a answer) {
	t.Helper()
	if wrong := notAway(a, answeredWithin); wrong != "" {
		t.Errorf("%s %s", what, wrong)
	}
}

// notAway says what is wrong with an answer given while the database is away, or "".
func notAway(a answer, within time.Duration) string {
	after, err := strconv.Atoi(a.header.Get("Retry-After"))
	switch {
	case a.err != nil || a.status != http.StatusServiceUnavailable || a.code() != string(api.CodeDatabaseUnavailable):
		return fmt.Sprintf("was answered %v", a)
	case err != nil || after < 1:
		return fmt.Sprintf("has Retry-After %q", a.header.Get("Retry-After"))
	case a.took > within:
		return fmt.Sprintf("took %s", a.took)
	case clears(a):
		return "touches the session cookie"
	}
	return ""
}

func clears(a answer) bool {
	for _, line := range a.header.Values("Set-Cookie") {
		if strings.Contains(line, "aiwfe_session=") {
			return true
		}
	}
	return a.header.Get("Clear-Site-Data") != ""
}
