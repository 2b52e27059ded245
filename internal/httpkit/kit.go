package httpkit

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/realclientip/realclientip-go"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/cache"
	"github.com/aiwfe/aiwfe-auth/internal/csrf"
	"github.com/aiwfe/aiwfe-auth/internal/i18n"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/selftest"
)

// MaxBody is the largest body that an endpoint reads, in bytes.
const MaxBody = 64 << 10

// Options is what the kit needs.
type Options struct {
	PublicURL *url.URL
	// Aliases are other hosts of this service, redirected to PublicURL.
	Aliases []string
	// CookieDomain widens the session cookie to sibling hosts; usually empty.
	CookieDomain string
	// TrustedProxies are the peers whose forwarded headers count.
	TrustedProxies []netip.Prefix
	// HSTSSubdomains extends Strict-Transport-Security to subdomains.
	HSTSSubdomains bool
	// FastAPIUsers answers errors in the shape and status of FastAPI-Users.
	FastAPIUsers bool
	CSRF         *csrf.Tokens
	Login        *login.Service
	SessionMax   time.Duration
	Log          *slog.Logger
	// Lines takes the line of a request as Log would write it in JSON; nil has Log
	// write it.
	Lines io.Writer
	Now   func() time.Time
	// Language gives the tag of i18n.Languages for an Accept-Language header;
	// nil is English for everybody.
	Language func(acceptLanguage string) string
	// Reports keeps what is wrong with browsers; nil keeps nothing.
	Reports *selftest.Service
	// Refused hears of refusals that no other audit row tells of; Done of
	// every request that was answered. Both may be nil.
	Refused func(audit.Row)
	Done    func(Done)
	// Spans follows requests for operators; may be nil.
	Spans Spans
	// HandedOn says which requests are about an application, which answers their
	// preflights itself; nil where none are.
	HandedOn func(*http.Request) bool
	// Trace keeps what is told of refused requests to operators; may be nil.
	Trace Tracer
	// Theirs says whether a request is for an application behind this server;
	// nil is never. Applications are the hosts, in lower case, that are only theirs.
	Theirs       func(*http.Request) bool
	Applications []string
}

// Done is one answered request, for the metrics. Route is the pattern, never
// the path, so that a stranger cannot make labels.
type Done struct {
	Method, Route string
	Status        int
	Took          time.Duration
	Code          api.Code
	Reason        string
	// At is when it was over.
	At time.Time
	// Request is for who looks closer; it is over when the call returns.
	Request *Request
}

// Kit carries the options to every request.
type Kit struct {
	o     Options
	https bool
	names cookieNames
	hsts  []string
	ids   ids
	rooms sync.Pool
	// forwarded reads X-Forwarded-For; nil where no proxy is trusted.
	forwarded realclientip.Strategy
	// began are the browsers that were given a session a moment ago.
	began *cache.Cache[signed]
}

// New refuses when something is missing.
func New(o Options) (*Kit, error) {
	if o.PublicURL == nil || o.CSRF == nil || o.Login == nil || o.Log == nil || o.Now == nil || o.SessionMax <= 0 {
		return nil, errors.New("httpkit: PublicURL, CSRF, Login, SessionMax, Log and Now are needed")
	}
	if o.Language == nil {
		o.Language = func(string) string { return i18n.Languages[0].Tag }
	}
	if o.Refused == nil {
		o.Refused = func(audit.Row) {}
	}
	if o.HandedOn == nil {
		o.HandedOn = func(*http.Request) bool { return false }
	}
	if o.Done == nil {
		o.Done = func(Done) {}
	}
	k := &Kit{o: o, https: o.PublicURL.Scheme == "https", began: cache.New[signed](justSignedMost)}
	k.names = namesFor(k.https, o.CookieDomain)
	if k.https {
		hsts := "max-age=31536000"
		if o.HSTSSubdomains {
			hsts += "; includeSubDomains"
		}
		k.hsts = []string{hsts}
	}
	var err error
	if k.forwarded, err = proxies(o.TrustedProxies); err != nil {
		return nil, fmt.Errorf("TRUSTED_PROXIES: %w", err)
	}
	return k, nil
}

// URL is an address under PUBLIC_URL. Links never come from the Host header,
// which is the client's to choose.
func (k *Kit) URL(path string) string {
	return strings.TrimSuffix(k.o.PublicURL.String(), "/") + path
}

// Reaches says whether our session cookie comes along to a host, so that signing
// in would help there.
func (k *Kit) Reaches(scheme, host string) bool {
	if k.https && scheme != "https" {
		return false // it is Secure
	}
	domain := strings.ToLower(strings.TrimPrefix(k.o.CookieDomain, "."))
	return host == strings.ToLower(k.o.PublicURL.Hostname()) || domain != "" && (host == domain || strings.HasSuffix(host, "."+domain))
}

// alias says whether the request came to another host of ours.
func (k *Kit) alias(r *http.Request) bool {
	for _, a := range k.o.Aliases {
		if strings.EqualFold(r.Host, a) {
			return true
		}
	}
	return false
}
