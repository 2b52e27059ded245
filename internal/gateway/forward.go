package gateway

import (
	"net/http"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
)

// Where proxies ask. Each path below ExtAuthzPath is that of a request to an
// application.
const (
	ForwardPath  = "/api/v1/auth/forward"
	VerifyPath   = "/api/v1/auth/verify"
	ExtAuthzPath = "/api/v1/auth/ext-authz/"
	extAuthz     = ExtAuthzPath + "{path...}"
)

// forward answers nginx, Caddy, Traefik and HAProxy, which put the request that
// it is about into headers.
func (g *Gateway) forward(w http.ResponseWriter, _ *http.Request) {
	q := httpkit.From(w)
	if err := trusted(q); err != nil {
		q.Fail(err)
		return
	}
	read := byForwarded
	if len(q.HTTP().Header[originalURL]) > 0 {
		read = byOriginal
	}
	g.answer(q, read)
}

// ExtAuthz answers Envoy, which asks by the request itself. It stands outside
// the mux: that would find nothing at a path that is not clean, and say so of
// the application's.
func (g *Gateway) ExtAuthz(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !IsExtAuthz(r) {
			next.ServeHTTP(w, r)
			return
		}
		q := httpkit.From(w)
		r.Pattern = extAuthz
		q.Use(r)
		if err := trusted(q); err != nil {
			q.Fail(err)
			return
		}
		g.answer(q, byLine)
	})
}

// IsExtAuthz says whether a request is a question of Envoy's. What it asks about
// may be a preflight, which is for the application to answer.
func IsExtAuthz(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, ExtAuthzPath) }

// trusted refuses whoever is no proxy of ours: anybody else would describe a
// request that never comes (CVE-2026-40575).
func trusted(q *httpkit.Request) error {
	if q.Proxied {
		return nil
	}
	return fault.New(api.CodeForwardAuthUntrusted, "",
		"Only a proxy that is named in TRUSTED_PROXIES may ask whether a request may pass. The operator adds its address there.")
}

func (g *Gateway) answer(q *httpkit.Request, read func(*http.Request) (Ask, error)) {
	ask, err := read(q.HTTP())
	if err != nil {
		g.unread(q, ask, err)
		return
	}
	p := g.o.Gate.Judge(q, ask)
	if p.Fault == nil {
		g.admit(q, ask, p)
		return
	}
	g.turnAway(q, ask, p)
}
