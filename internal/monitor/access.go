package monitor

import (
	"net/http"
	"net/netip"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// allow says whether the request may see details and metrics: from this
// machine in development, with METRICS_TOKEN, or as an administrator.
func (m *Monitor) allow(q *httpkit.Request) error {
	if m.o.Relaxed && local(q.HTTP()) || m.holdsToken(q.HTTP()) {
		return nil
	}
	_, err := q.Require(httpkit.Admin)
	return err
}

// local is a request made on this machine. One that was forwarded is not: a
// proxy on the same machine brings the whole world to the loopback address.
func local(r *http.Request) bool {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !peer.Addr().Unmap().IsLoopback() {
		return false
	}
	for name := range r.Header {
		if name == "Forwarded" || strings.HasPrefix(name, "X-Forwarded-") {
			return false
		}
	}
	return true
}

// holdsToken compares hashes, so that not even the length of the token shows
// in the time it takes.
func (m *Monitor) holdsToken(r *http.Request) bool {
	sent, ours := r.Header["Authorization"], m.token.Load()
	if ours.Empty() || len(sent) != 1 {
		return false
	}
	scheme, token, _ := strings.Cut(sent[0], " ")
	return strings.EqualFold(scheme, "Bearer") &&
		secret.New(secret.Hash(token)).Equal(secret.New(secret.Hash(string(ours.Reveal()))))
}

// guarded serves only whom allow lets through. Whoever is signed in but is no
// administrator finds nothing here.
func (m *Monitor) guarded(q *httpkit.Request, serve func()) {
	err := m.allow(q)
	if fault.Is(err, api.CodeForbidden) {
		err = fault.New(api.CodeNotFound, "role_admin_needed", "There is nothing at this address.")
	}
	if err != nil {
		q.Fail(err)
		return
	}
	serve()
}
