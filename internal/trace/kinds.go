package trace

import "strings"

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
