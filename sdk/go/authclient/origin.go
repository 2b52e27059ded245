package authclient

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// foreignError is for what another site made a browser send.
type foreignError struct{}

func (*foreignError) Error() string { return "another site made the browser send this" }

// foreign says whether another site may have made the browser send this with its
// cookie. SameSite=Lax stops other sites, but not sibling hosts of one's own.
func foreign(r *http.Request, allowed []string) bool {
	if !unsafe(r) {
		return false
	}
	if origins := r.Header.Values("Origin"); len(origins) > 0 {
		origin := strings.Join(origins, ", ")
		u, err := url.Parse(origin)
		return !slices.Contains(allowed, origin) && (err != nil || u.Host == "" || !strings.EqualFold(u.Host, r.Host))
	}
	site := r.Header.Get("Sec-Fetch-Site")
	return site != "" && site != "same-origin" && site != "none"
}

// unsafe says whether a request may change something; one that begins a
// WebSocket may, since what follows is under its authority.
func unsafe(r *http.Request) bool {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return r.Header.Get("Upgrade") != ""
	}
	return true
}
