package trace

import (
	"regexp"
	"slices"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
)

// asked is how the gate begins its reason: the method and the host of the
// application that somebody wanted, which behind a proxy is not the host that was
// asked here.
var asked = regexp.MustCompile(`^([A-Z-]+) at ([A-Za-z0-9._:-]+): `)

// gateAsked gives method and host of a request for an application.
func gateAsked(r *Row) (method, host string, ok bool) {
	m := asked.FindStringSubmatch(r.Cause)
	if m == nil {
		return "", "", false
	}
	return m[1], m[2], true
}

// judgeGate tells which rule decided. That somebody is a stranger at a host that
// the cookie cannot reach is no matter of the rule.
func (s *Story) judgeGate(at int, v *api.Verdict) {
	r := &s.Rows[at]
	_, host, ok := gateAsked(r)
	if !ok {
		return
	}
	v.Evidence = strings.TrimSpace(v.Evidence + "\n" + r.Cause)
	if !slices.ContainsFunc(v.Commands, func(c string) bool { return strings.Contains(c, "policy check") }) {
		v.Commands = append(v.Commands, tryRule...)
	}
	if r.Code == api.CodeNotAuthenticated && !r.Bearer && !s.reaches(host) {
		(*named)(v).name("host_without_cookie", v.Evidence, "the cookie belongs to "+or(s.CookieDomain, "the host of "+s.PublicURL)+", and "+host+" was wanted")
	}
}

func (s *Story) reaches(host string) bool {
	_, own, _ := strings.Cut(s.PublicURL, "://")
	return host == hostname(own) || s.CookieDomain != "" && within(host, s.CookieDomain)
}

// tried puts method and host into the command that tries the rules.
func tried(command string, r *Row) string {
	method, host, ok := gateAsked(r)
	if !ok || !strings.Contains(command, "https://HOST") {
		return command
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	command = strings.Replace(command, "https://HOST", or(r.Scheme, "https")+"://"+host, 1)
	if method != "GET" {
		command += " --method " + method
	}
	return command
}
