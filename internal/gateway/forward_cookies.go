package gateway

import (
	"strings"

	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

// leftCookies are the cookies of a request without ours, as one header: a proxy
// that takes it over hands no application what it could act with elsewhere
// (CVE-2022-39201). It is here because Traefik and Envoy cannot take one cookie
// out, and every other proxy would do it in its own way.
func leftCookies(lines []string, keepSession bool) string {
	if len(lines) == 1 && !strings.Contains(lines[0], ";") && isOurs(lines[0], keepSession) {
		return ""
	}
	var kept []string
	for _, line := range lines {
		for part := range strings.SplitSeq(line, ";") {
			if part = strings.Trim(part, " \t"); part != "" && !isOurs(part, keepSession) {
				kept = append(kept, part)
			}
		}
	}
	return strings.Join(kept, "; ")
}

func isOurs(cookie string, keepSession bool) bool {
	name, _, _ := strings.Cut(cookie, "=")
	return httpkit.IsOurCookie(name) && !(keepSession && httpkit.IsSessionCookie(name))
}

// counts says whether it is by the session cookie that somebody passes. Beside a
// token it may be another person's, and what another site made the browser send
// passes as a stranger's: an application that takes the cookie would act by it.
func counts(p *login.Person) bool { return p != nil && !p.Bearer }
