package gateway

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/policy"
)

// helpful is the page of ours on which a person can do something about a refusal,
// with what it has to know; "" where there is none. Nobody is sent in circles: a
// full proof that was too weak is not asked for once more, since the next one
// would be as weak. One on a device that is trusted was none, so it is.
func helpful(p Passage) (page string, query url.Values) {
	d, v := p.Decision, url.Values{}
	switch {
	case d.Verdict == policy.SignIn:
		if p.Fault.Code == api.CodeSessionEnded {
			v.Set("notice", "session-ended")
		}
		return "/login", v
	case d.Verdict != policy.StepUp || p.Person.Bearer:
		return "", nil
	case d.Reason == policy.ReasonFresh:
		v.Set("within", strconv.Itoa(int(d.Rule.Fresh.Seconds())))
		return "/reauth", v
	case p.Person.Session.AuthAt.IsZero():
		return "/reauth", v
	}
	return "", nil
}

// navigates says whether a person sees what is answered: a script would follow a
// redirect to a page that it cannot read.
func navigates(ask Ask) bool {
	h := ask.Header
	if m := ask.Place.Method; m != http.MethodGet && m != http.MethodHead || upgrades(h) ||
		len(h["X-Requested-With"])+len(h["Authorization"]) > 0 {
		return false
	}
	if mode, ok := h["Sec-Fetch-Mode"]; ok && strings.Join(mode, ",") != "navigate" {
		return false
	}
	return strings.Contains(strings.ToLower(strings.Join(h["Accept"], ",")), "text/html")
}

// browses says whether it is a person's browser that navigates, as far as one can
// tell: most of what scanners send lacks what a browser adds, which over plain http
// is only its name.
func browses(ask Ask) bool {
	h := ask.Header
	return navigates(ask) && (len(h["Sec-Fetch-Mode"]) > 0 ||
		ask.Scheme == "http" && strings.HasPrefix(strings.Join(h["User-Agent"], ","), "Mozilla/"))
}

// origin is the place's own, as browsers write it.
func (a Ask) origin() string {
	host := a.Place.Host
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if p := port(a.Scheme, a.Authority); p != port(a.Scheme, "") {
		host += ":" + p
	}
	return a.Scheme + "://" + host
}
