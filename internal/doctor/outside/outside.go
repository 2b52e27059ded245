// Package outside looks through the public address, as a stranger's browser
// would, with no configuration and no secret at hand: names, TLS, redirects,
// cookies, CORS, and what stands between does to a request and to its answer.
package outside

import (
	"net/url"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/doctor"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// Options is what to look at.
type Options struct {
	// URL is the public address, http or https, without a path.
	URL *url.URL
	// Direct is where the server listens behind whatever stands in between; nil
	// where nobody knows. It is asked with the Host of URL.
	Direct *url.URL
	// Needs are checks that must have passed before anything is asked.
	Needs []string
	// Strict is set outside development and test.
	Strict bool
	// Origins and CookieDomain are what the configuration says, where it is known.
	Origins      []string
	CookieDomain string
	// User and Password are a test account; empty for none.
	User     string
	Password secret.Value
	// Active also sends spoofed headers and large requests to an address that is
	// not of this machine.
	Active bool
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// outside is one examination.
type outside struct {
	Options
	public, direct *visitor
	at             *url.URL
}

// Checks lists everything that can be asked from outside.
func Checks(o Options) []doctor.Check {
	x := &outside{Options: o, at: o.URL, public: newVisitor(o.URL, o.URL.Host, o.URL.Hostname(), true)}
	if o.Direct != nil {
		x.direct = newVisitor(o.Direct, o.URL.Host, o.URL.Hostname(), true)
	}
	return x.proxyChecks()
}
