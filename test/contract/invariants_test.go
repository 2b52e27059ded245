package contract

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
)

// checkAnswer holds every answer of every test to what is promised of all answers.
func (w *world) checkAnswer(a answer) {
	w.checkHeaders(a)
	w.checkCookies(a)
	if a.status >= 500 && a.status != http.StatusServiceUnavailable {
		w.fault("a failure of the program itself", "%s", a)
	}
	if strings.HasPrefix(a.path, "/api/") && a.status >= 400 && a.method != "HEAD" && !strings.HasPrefix(a.path, "/api/health") {
		w.checkProblem(a)
	}
	for _, inner := range []string{"goroutine ", ".go:", "SQLITE", "sqlite3", "SELECT ", "UNIQUE constraint", "pgconn"} {
		if a.status >= 400 && strings.HasPrefix(a.path, "/api/") && strings.Contains(string(a.body), inner) {
			w.fault("an error tells of the inside", "%q in %s", inner, a)
		}
	}
}

// The headers of "every answer"; ASVS V3.4.
func (w *world) checkHeaders(a answer) {
	h := a.header
	for name, part := range map[string]string{
		"X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "frame-ancestors",
		"Referrer-Policy": "", "Cross-Origin-Opener-Policy": "same-origin", "X-Request-Id": "",
	} {
		if got := h.Get(name); got == "" || !strings.Contains(got, part) {
			w.fault("header "+name, "%q in %s", got, a)
		}
	}
	if a.status/100 != 3 && strings.HasPrefix(h.Get("Content-Type"), "text/html") && h.Get("Permissions-Policy") == "" {
		w.fault("a page may use the camera", "%s", a)
	}
	if csp := h.Get("Content-Security-Policy"); strings.Contains(csp, "unsafe-") || strings.Contains(csp, "*") {
		w.fault("the CSP allows what is unsafe", "%q in %s", csp, a)
	}
	if hsts := h.Get("Strict-Transport-Security"); w.https == (hsts == "") {
		// RFC 6797 7.2: never over plain http.
		w.fault("Strict-Transport-Security", "%q in %s", hsts, a)
	}
	if hsts := h.Get("Strict-Transport-Security"); w.https && hsts != "" {
		seconds, err := strconv.Atoi(strings.TrimPrefix(strings.Split(hsts, ";")[0], "max-age="))
		if err != nil || seconds < 31536000 || strings.Contains(hsts, "includeSubDomains") {
			w.fault("Strict-Transport-Security is a year, without subdomains by default", "%q in %s", hsts, a)
		}
	}
	if !strings.HasPrefix(a.path, "/static/") && a.path != "/openapi.json" && h.Get("Cache-Control") != "no-store" {
		w.fault("an answer may be stored", "%q in %s", h.Get("Cache-Control"), a)
	}
	for _, banner := range []string{"Server", "X-Powered-By", "Via"} {
		if h.Get(banner) != "" {
			w.fault("a banner", "%s in %s", banner, a)
		}
	}
	if len(a.body) > 0 && h.Get("Content-Type") == "" {
		w.fault("a body without a type", "%s", a)
	}
	if origin := h.Get("Access-Control-Allow-Origin"); origin == "*" || origin == "null" {
		w.fault("CORS is open to everybody", "%s", a)
	}
}

// Section "Cookies" of the contract; ASVS V3.3, RFC 6265bis 4.1.3.
func (w *world) checkCookies(a answer) {
	for _, line := range a.header.Values("Set-Cookie") {
		k, err := http.ParseSetCookie(line)
		if err != nil {
			w.fault("a cookie that cannot be read", "%q: %v", line, err)
			continue
		}
		prefix := ""
		if i := strings.Index(k.Name, "aiwfe_"); i > 0 {
			prefix = k.Name[:i]
		}
		bare := strings.TrimPrefix(k.Name, prefix)
		if !slices.Contains([]string{"aiwfe_session", "aiwfe_csrf", "aiwfe_device", "aiwfe_challenge", "aiwfe_lang", "aiwfe_probe", "aiwfe_probe_two"}, bare) {
			w.fault("a cookie of an unknown name", "%q in %s", line, a)
		}
		strict := k.SameSite == http.SameSiteLaxMode || k.SameSite == http.SameSiteStrictMode
		// What only ends a cookie names the place where an old one may stand.
		ends := k.MaxAge < 0 && k.Value == ""
		if !k.HttpOnly || !strict || (k.Path != "/" && !ends) || len(line) > 4096 {
			w.fault("a cookie without its guards", "%q in %s", line, a)
		}
		if w.https != k.Secure || (w.https != (prefix != "") && !ends) {
			w.fault("Secure and prefix go with https", "%q in %s", line, a)
		}
		if ((prefix == "__Secure-") != (k.Domain != "") && !ends) || (prefix == "__Host-" && k.Domain != "") {
			w.fault("Domain goes with __Secure-", "%q in %s", line, a)
		}
		if bare == "aiwfe_csrf" && k.Domain != "" && !ends {
			w.fault("aiwfe_csrf is always host-only", "%q in %s", line, a)
		}
		if strings.Count(k.Value, ".") > 1 || strings.HasPrefix(k.Value, "eyJ") {
			w.fault("a token in a cookie", "%q in %s", line, a)
		}
	}
}

// RFC 9457 and what is promised of our problems.
func (w *world) checkProblem(a answer) {
	if a.header.Get("Content-Digest") != "" {
		return // an echo, of whatever status was asked for
	}
	var p struct {
		Type, Title, Detail, Code string
		Status                    int
		RequestID                 string `json:"request_id"`
		LegacyDetail              string `json:"legacy_detail"`
		Errors                    []map[string]any
	}
	if err := json.Unmarshal(a.body, &p); err != nil || !strings.HasPrefix(a.header.Get("Content-Type"), "application/problem+json") {
		w.fault("an error that is no problem", "%s, as %q", a, a.header.Get("Content-Type"))
		return
	}
	info, known := api.Codes[api.Code(p.Code)]
	switch {
	case !known || info.Status != a.status || p.Status != a.status:
		w.fault("a problem of another status", "%s", a)
	case p.Title == "" || p.Detail == "":
		w.fault("a problem without words", "%s", a)
	case p.LegacyDetail != info.Legacy:
		w.fault("legacy_detail is FastAPI-Users' constant", "%s", a)
	case p.Type != w.public+"/problems/"+p.Code:
		w.fault("the type of a problem", "%s", a)
	case p.RequestID == "" || p.RequestID != a.header.Get("X-Request-Id"):
		w.fault("request_id is not X-Request-ID", "%q in %s", a.header.Get("X-Request-Id"), a)
	}
	for _, e := range p.Errors {
		for key := range e {
			if !slices.Contains([]string{"pointer", "code", "detail"}, key) {
				w.fault("a member of a field error", "%q in %s", key, a)
			}
		}
	}
	bearer := []string{"not_authenticated", "token_expired", "token_invalid", "session_ended", "legacy_token_retired"}
	if slices.Contains(bearer, p.Code) && !strings.HasPrefix(a.header.Get("WWW-Authenticate"), "Bearer") {
		w.fault("401 without WWW-Authenticate", "%s", a)
	}
	if (a.status == 429 || a.status == 503) && a.header.Get("Retry-After") == "" {
		w.fault("no Retry-After", "%s", a)
	}
	if a.status == 405 && a.header.Get("Allow") == "" {
		w.fault("405 without Allow", "%s", a)
	}
}
