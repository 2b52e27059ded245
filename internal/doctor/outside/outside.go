// Package outside looks through the public address, as a stranger's browser
// would, with no configuration and no secret at hand: names, TLS, redirects,
// cookies, CORS, and what stands between does to a request and to its answer.
package outside

import (
	"context"
	"net"
	"net/url"
	"slices"
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
	// Setting names a variable with who set it; nil where no configuration is at hand.
	Setting func(name string) string
	// SignedIn says who signed in last from one address; nil where nobody knows.
	SignedIn func(ctx context.Context, address string) (Arrived, error)
	// User and Password are a test account; empty for none.
	User     string
	Password secret.Value
	// Code gives a code of the account's second factor when it is asked for; nil
	// where nobody can be asked.
	Code func() (string, error)
	// Browser also opens the login page in a Chromium, where one is installed.
	Browser bool
	// Active also sends spoofed headers and large requests to an address that is
	// not of this machine.
	Active bool
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// outside is one examination. Its fields are filled by the checks, each before
// those that need it.
type outside struct {
	Options
	// public goes to the public address, direct to the listener behind it; nil
	// where that is not known. Neither judges the certificate: public_certificate does.
	public, direct *visitor
	// private goes to the public address with what is secret, and takes no
	// certificate that is not trusted.
	private  *visitor
	resolver *net.Resolver
	// at is where the server is asked: URL, or what it is redirected to, http to https.
	at *url.URL
	// found is what is known of the server once public_answers has passed.
	found identity
	// seen is what the cookies came with, once "cookies" has passed.
	seen tokens
	// jar is a browser's, filled by what was answered so far.
	jar *jar
	// grant is what the login gave.
	grant grant
}

// Checks lists everything that can be asked from outside.
func Checks(o Options) []doctor.Check {
	if o.Now == nil {
		o.Now = time.Now
	}
	x := &outside{Options: o, jar: newJar(o.Now), resolver: net.DefaultResolver}
	x.goTo(o.URL)
	if o.Direct != nil {
		x.direct = newVisitor(o.Direct, o.URL.Host, o.URL.Hostname(), true)
	}
	return slices.Concat(
		x.addressChecks(), x.tlsChecks(), x.answerChecks(), x.cookieChecks(), x.corsChecks(), x.clockChecks(),
		x.proxyChecks(), x.loginChecks(), x.browserChecks(),
	)
}

// goTo makes u the address that is asked.
func (x *outside) goTo(u *url.URL) {
	x.at = u
	x.public = newVisitor(u, u.Host, u.Hostname(), true)
}

// inside says that the configuration is known, and with it the listener.
func (x *outside) inside() bool { return x.Direct != nil }
