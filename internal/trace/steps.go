package trace

import (
	"fmt"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
)

// kinds are what requests are for, by their route or by the event of the audit
// that alone tells of them.
var kinds = map[string]string{
	"GET /login": "login_page", "GET /register": "login_page", "GET /setup": "login_page",
	"GET /login/verify": "second_factor_page", "GET /login/enroll": "second_factor_page",
	"GET /api/v1/auth/csrf-token": "csrf_token",
	"POST /login":                 "login", "POST /api/v1/auth/jwt/login": "login", "login": "login",
	"POST /login/passkey": "passkey", "POST /api/v1/auth/2fa/webauthn/login/verify": "passkey",
	"POST /api/v1/auth/2fa/webauthn/login/options": "passkey",
	"POST /login/verify":                           "second_factor", "POST /login/enroll": "second_factor",
	"POST /api/v1/auth/2fa/challenge": "second_factor", "second_factor": "second_factor",
	"second_factor_owed":            "second_factor",
	"POST /api/v1/auth/jwt/refresh": "refresh", "refresh": "refresh", "refresh_reuse": "refresh",
	"GET /api/v1/auth/status": "status", "GET /api/v1/users/me": "status",
	"POST /logout": "logout", "POST /api/v1/auth/jwt/logout": "logout", "logout": "logout",
	"POST /reauth": "reauth", "POST /api/v1/auth/reauth": "reauth", "GET /reauth": "reauth", "reauth": "reauth",
}

// titles are the names of the kinds.
var titles = map[string]string{
	"login_page": "Sign-in page", "csrf_token": "CSRF token", "login": "Sign-in", "passkey": "Passkey",
	"second_factor_page": "Page of the second factor", "second_factor": "Second factor", "refresh": "Next access token",
	"status": "Who is signed in", "logout": "Sign-out", "reauth": "Confirmation that it is you",
	"preflight": "Question of the browser (preflight)",
	"page":      "Page", "call": "Call of the API", "other": "Request", "event": "Event of the audit",
}

// Kinds lists every kind of step.
func Kinds() (list []string) {
	for kind := range titles {
		list = append(list, kind)
	}
	return list
}

func kindOf(r *Row) string {
	switch kind := kinds[r.Route]; {
	case kind != "":
		return kind
	case r.Method == "":
		return "event"
	case r.Method == "OPTIONS":
		return "preflight"
	case strings.Contains(r.Route, " /api/"):
		return "call"
	case r.Route != "":
		return "page"
	}
	return "other"
}

// facts are what was seen of a step. What is the same as at the step before is
// not said again.
func (s *Story) facts(i int) []api.Fact {
	r := &s.Rows[i]
	list := []api.Fact{}
	add := func(name, text string) {
		if text != "" {
			list = append(list, api.Fact{Name: name, Text: text})
		}
	}
	before := &Row{}
	if i > 0 {
		before = &s.Rows[i-1]
	}
	who := r.Address
	if who == "" && r.User != "" {
		who = "account " + r.User
	}
	add("account", who)
	if r.Method == "" { // the audit tells no more
		add("client", client(r))
		return append(list, s.detail(r)...)
	}
	if client(r) != client(before) {
		add("client", client(r))
	}
	if address(r) != address(before) {
		add("asked", address(r))
	}
	if r.Origin != "" || r.FetchSite != "" {
		add("origin", or(r.Origin, "none")+"; Sec-Fetch-Site "+or(r.FetchSite, "none"))
	}
	add("cookies_came", came(r))
	add("cookies_set", set(r))
	if r.Method != "GET" && r.Method != "OPTIONS" {
		add("csrf_token", tokenPlaces[r.Token])
	}
	if r.Bearer {
		add("authorization", "a header came")
	}
	return append(list, s.detail(r)...)
}

// tokenPlaces are where a CSRF token stood.
var tokenPlaces = map[string]string{
	"": "none came", "header": "came in the header X-CSRF-TOKEN", "body": "came in the form",
}

// detail is what the audit says beside.
func (s *Story) detail(r *Row) (list []api.Fact) {
	for i := range s.Audit {
		if a := &s.Audit[i]; a.Client.RequestID == r.RequestID {
			text := string(a.Event) + ", " + a.Outcome
			if a.Detail != "" {
				text += ", " + a.Detail
			}
			if a.Count > 1 {
				text += fmt.Sprintf(", one of %d of this minute", a.Count)
			}
			list = append(list, api.Fact{Name: "audit", Text: text})
		}
	}
	return list
}

func client(r *Row) string {
	if r.IP == "local" {
		return "the command line on the host"
	}
	return r.IP + parens(r.Agent)
}

func address(r *Row) string {
	text := or(r.Scheme, "?") + "://" + or(r.Host, "?")
	switch {
	case r.Proxied && r.Peer != "":
		text += " through the proxy " + r.Peer
	case r.Proxied:
		text += " through a proxy"
	case r.Forwarded:
		text += " through a proxy that TRUSTED_PROXIES does not name"
	}
	if r.Sent != "" {
		text += ", sent on as " + r.Sent
	}
	return text
}

func came(r *Row) string {
	var list []string
	for _, c := range r.Came {
		text := c.Name
		if c.Count > 1 {
			text += fmt.Sprintf(" ×%d", c.Count)
		}
		if c.Broken {
			text += " (damaged)"
		}
		list = append(list, text)
	}
	return or(strings.Join(list, ", "), "none of ours")
}

func set(r *Row) string {
	var list []string
	for _, c := range r.Set {
		text := c.Name
		switch {
		case c.Cleared:
			text += " (cleared)"
		case c.Domain != "":
			text += " (Domain " + c.Domain + ")"
		}
		list = append(list, text)
	}
	return strings.Join(list, ", ")
}

func or(text, instead string) string {
	if text == "" {
		return instead
	}
	return text
}

func parens(text string) string {
	if text == "" {
		return ""
	}
	return " (" + text + ")"
}
