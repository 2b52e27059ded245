package trace

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
)

// signedIn is a login that set the session cookie; edit changes it.
func signedIn(edit func(*Row)) Row {
	r := Row{
		At: noon, RequestID: "login", Browser: "b", Place: "p",
		Facts: Facts{
			Method: "POST", Route: "POST /login", Status: 303, Scheme: "https", Host: "auth.example.com", IP: "203.0.113.5",
			Set: []SetCookie{{Name: "__Host-aiwfe_session", Secure: true, Mark: "aaaa"}},
		},
	}
	if edit != nil {
		edit(&r)
	}
	return r
}

// stranger is the request after it that came without.
func stranger(edit func(*Row)) Row {
	r := Row{
		At: noon.Add(120 * time.Millisecond), RequestID: "next", Browser: "b", Place: "p",
		Facts: Facts{
			Method: "GET", Route: "GET /account", Status: 303, Code: api.CodeNotAuthenticated, Reason: "no_credential",
			Scheme: "https", Host: "auth.example.com", IP: "203.0.113.5", Came: []Cookie{{Name: "__Host-aiwfe_csrf"}},
		},
	}
	if edit != nil {
		edit(&r)
	}
	return r
}

func TestCauseOfALostCookieIsWhatTheTwoRequestsProve(t *testing.T) {
	domain := func(d string) func(*Row) {
		return func(r *Row) { r.Set[0].Name, r.Set[0].Domain = "__Secure-aiwfe_session", d }
	}
	for _, c := range []struct {
		name        string
		login, next func(*Row)
		cause       string
	}{
		{"nothing to see", nil, nil, "cookie_not_returned"},
		{"the Domain covers the host", domain("example.com"), nil, "cookie_not_returned"},
		{"another Domain", domain("example.org"), nil, "cookie_domain_mismatch"},
		{"the Domain ends like the host", domain("th.example.com"), nil, "cookie_domain_mismatch"},
		{"another host", nil, func(r *Row) { r.Host = "www.example.com" }, "cookie_of_another_host"},
		{"another port is no other host", nil, func(r *Row) { r.Host = "auth.example.com:8443" }, "cookie_not_returned"},
		{"localhost by its number", func(r *Row) { r.Host = "localhost:8080" }, func(r *Row) { r.Host = "127.0.0.1:8080" }, "cookie_of_another_host"},
		{"a shared Domain and a host without", domain("example.com"), func(r *Row) { r.Host = "auth.example.net" }, "cookie_of_another_host"},
		{"plain http at the login", func(r *Row) { r.Scheme = "http" }, nil, "cookie_secure_over_http"},
		{"plain http afterwards", nil, func(r *Row) { r.Scheme = "http" }, "cookie_secure_over_http"},
		{"nobody knows the scheme", func(r *Row) { r.Scheme = "" }, func(r *Row) { r.Scheme = "" }, "cookie_not_returned"},
		{"in a frame of another site", nil, func(r *Row) { r.FetchSite = "cross-site" }, "cookie_not_sent_cross_site"},
		{"it counted in between", nil, func(r *Row) { r.Good = noon.Add(50 * time.Millisecond).UnixMicro() }, "cookie_lost_later"},
		{"it counted before the login", nil, func(r *Row) { r.Good = noon.Add(-time.Hour).UnixMicro() }, "cookie_not_returned"},
		{"it was a sign-out", func(r *Row) { r.Set[0].Cleared = true }, nil, "signed_out"},
		{"no cookie was set", func(r *Row) { r.Set = nil }, nil, "no_credential"},
	} {
		s := Story{ID: "next", Rows: []Row{signedIn(c.login), stranger(c.next)}}
		v := s.Tell().Verdict
		if v.Cause != c.cause || v.Step != 2 || !v.Refused || v.Evidence == "" {
			t.Errorf("%s: cause %s, step %d\n%s", c.name, v.Cause, v.Step, v.Evidence)
		}
	}
}

// The id of the sign-in leads to the request after it, where it was lost.
func TestStoryOfASignInThatWasLost(t *testing.T) {
	s := Story{ID: "login", Rows: []Row{signedIn(nil), stranger(nil)}}
	x := s.Tell()
	if x.Verdict.Cause != "cookie_not_returned" || x.Verdict.Step != 2 || !x.Steps[0].Asked || x.Steps[1].After != 0.12 {
		t.Errorf("%+v", x)
	}
	fine := Story{ID: "login", Rows: []Row{signedIn(nil)}}
	if v := fine.Tell().Verdict; v.Refused || v.Step != 0 {
		t.Errorf("%+v", v)
	}
}

// Rows of before there were traces, and refusals on the host.
func TestStoryOfTheAuditAlone(t *testing.T) {
	row := audit.Row{
		At: noon, Event: audit.EventLogin, Outcome: audit.Refused, Code: api.CodeInvalidCredentials, Reason: "account_locked",
		Address: "ada@example.com", User: "7", Client: audit.Client{IP: "local", RequestID: "old"},
	}
	x := Story{ID: "old", Audit: []audit.Row{row}}.Tell()
	v := x.Verdict
	if v.Reason != "account_locked" || len(x.Steps) != 1 || x.Steps[0].Kind != "login" || len(v.Commands) == 0 ||
		v.Commands[0] != "aiwfe-auth user show --email ada@example.com" {
		t.Errorf("%+v", x)
	}
}

// What a stranger typed becomes no command that somebody pastes into a shell.
func TestAddressOfAStrangerIsNoCommand(t *testing.T) {
	r := signedIn(func(r *Row) {
		r.Code, r.Reason, r.Status, r.Address = api.CodeInvalidCredentials, "wrong_password", 401, `$(reboot)@example.com`
	})
	for _, c := range (Story{ID: "login", Rows: []Row{r}}).Tell().Verdict.Commands {
		if strings.Contains(c, "reboot") {
			t.Error(c)
		}
	}
}

func TestLimitSaysByWhom(t *testing.T) {
	guess := func(ip string, n int64) audit.Row {
		return audit.Row{Reason: "wrong_password", Count: n, Client: audit.Client{IP: ip}}
	}
	limited := func(reason string, edit func(*Row)) Story {
		r := stranger(func(r *Row) {
			r.Code, r.Reason, r.IP, r.Peer = api.CodeTooManyAttempts, reason, "10.0.0.9", "10.0.0.9"
			edit(r)
		})
		return Story{ID: "next", Rows: []Row{r}, Guesses: []audit.Row{guess("198.51.100.9", 8), guess("10.0.0.9", 1)}}
	}
	v := limited("account_limit", func(*Row) {}).Tell().Verdict
	if !strings.Contains(v.Evidence, "1 from this client") || !strings.Contains(v.Evidence, "8 from 198.51.100.9 (wrong_password)") {
		t.Error(v.Evidence)
	}
	for name, c := range map[string]struct {
		edit  func(*Row)
		cause string
	}{
		"a proxy that nobody named":     {func(r *Row) { r.Forwarded = true }, "proxy_not_trusted"},
		"a proxy that is trusted":       {func(r *Row) { r.Forwarded, r.Proxied = true, true }, "address_limit"},
		"a stranger with made-up lines": {func(r *Row) { r.Forwarded, r.IP = true, "198.51.100.9" }, "address_limit"},
	} {
		if v := limited("address_limit", c.edit).Tell().Verdict; v.Cause != c.cause {
			t.Errorf("%s: %s", name, v.Cause)
		}
	}
}

func TestTextFitsTheConsole(t *testing.T) {
	long := stranger(func(r *Row) {
		r.Cause, r.Agent = strings.Repeat("a cause that is long ", 20), strings.Repeat("agent ", 30)
	})
	var out bytes.Buffer
	Write(&out, Story{ID: "next", Rows: []Row{signedIn(nil), long}}.Tell())
	for line := range strings.Lines(out.String()) {
		if n := len([]rune(strings.TrimSuffix(line, "\n"))); n > width {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	for _, part := range []string{"step 2 of 2", "cookie_not_returned", "+0.120 s", "__Host-aiwfe_session", ">  2"} {
		if !strings.Contains(out.String(), part) {
			t.Errorf("%q is missing:\n%s", part, &out)
		}
	}
}
