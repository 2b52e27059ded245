package gateway

import (
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
	"github.com/aiwfe/aiwfe-auth/internal/policy"
)

// Upstream is an application: the host and the prefix of the path that are its
// own, and where it listens.
type Upstream struct {
	Host, Path string
	URL        *url.URL
}

// ProxyOptions is what handing requests on needs.
type ProxyOptions struct {
	// Public is the host of this server, on which what is Reserved stays its own.
	Public    string
	Reserved  Reserved
	Upstreams []Upstream
	// Pools and Lasting outlive a change of the configuration.
	Pools   *Pools
	Lasting *Lasting
	// Timeout is how long an application may take to begin its answer.
	Timeout time.Duration
	// Bearer and Cookie hand on what the user showed.
	Bearer, Cookie bool
	// Page shows a fault to a person: back is the address that was asked for, "" where
	// nobody can be led back to it, and away says that its host is not ours.
	Page func(q *httpkit.Request, f *fault.Error, back string, away bool)
	// Took gives what hears how long an application took; may be nil.
	Took func(upstream string) func(time.Duration)
	Log  *slog.Logger
}

// Proxy hands requests on to applications.
type Proxy struct {
	o     ProxyOptions
	gate  *Gate
	signs *Assertions
	hosts map[string][]*upstream
	all   []*upstream
	quiet *quiet
}

// upstream is an application with the connections to it. Its label is told
// instead of a path, which a stranger chooses.
type upstream struct {
	path, name, label string
	url               *url.URL
	pool              *pool
	took              func(time.Duration)
}

// Proxy makes what hands requests on to applications, by the same gate and with
// the same assertions. It refuses when something is missing.
func (g *Gateway) Proxy(o ProxyOptions) (*Proxy, error) {
	if o.Public == "" || o.Pools == nil || o.Lasting == nil || o.Page == nil || o.Log == nil || o.Timeout <= 0 {
		return nil, errors.New("gateway: Public, Pools, Lasting, Page, Log and Timeout are needed")
	}
	if o.Took == nil {
		o.Took = func(string) func(time.Duration) { return func(time.Duration) {} }
	}
	p := &Proxy{o: o, gate: g.o.Gate, signs: g.o.Assertions, hosts: map[string][]*upstream{}, quiet: newQuiet(o.Log)}
	for _, one := range o.Upstreams {
		u := &upstream{path: one.Path, name: one.Host + one.Path, url: one.URL, pool: o.Pools.of(one.URL, o.Timeout, o.Log)}
		u.label, u.took = "upstream "+u.name, o.Took(u.name)
		host := one.Host
		if host == "" {
			host = o.Public
		}
		p.hosts[host] = append(p.hosts[host], u)
		p.all = append(p.all, u)
	}
	for _, list := range p.hosts {
		slices.SortStableFunc(list, func(a, b *upstream) int { return len(b.path) - len(a.path) })
	}
	return p, nil
}

// Theirs says whether a request is for an application: on a host of its own all
// are, on ours what is not reserved.
func (p *Proxy) Theirs(r *http.Request) bool {
	host, err := policy.Host(r.Host)
	if err != nil {
		return false
	}
	list := p.hosts[host]
	switch {
	case len(list) == 0:
		return false
	case host != p.o.Public:
		return true
	}
	return find(list, r.URL.Path) != nil && !p.o.Reserved.Has(r.URL.Path)
}

// find gives the application with the longest prefix of whole segments.
func find(list []*upstream, path string) *upstream {
	for _, u := range list {
		if rest, ok := strings.CutPrefix(path, u.path); ok && (u.path == "/" || rest == "" || rest[0] == '/') {
			return u
		}
	}
	return nil
}

// ServeHTTP judges a request and hands it on.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := httpkit.From(w)
	ask, u, err := p.read(q)
	if u != nil {
		r.Pattern = u.label
	}
	if err != nil {
		p.fail(q, ask, q.Fault(err))
		return
	}
	heard := p.o.Lasting.heard()
	pass := p.gate.Judge(q, ask)
	if pass.Fault != nil {
		p.refuse(q, ask, pass)
		return
	}
	t := &trip{proxy: p, q: q, up: u, ask: ask, person: pass.Person}
	t.assertion, err = p.signs.For(pass.Person, ask.Place.Host)
	switch {
	case err != nil:
		p.fail(q, ask, q.Fault(fault.Internal(err)))
	case u.pool.down.Load():
		why := errors.New("the application " + u.name + " at " + u.url.String() + " takes no connections")
		p.fail(q, ask, q.Fault(unavailable("upstream_down").After(retryAfter).Because(why)))
	default:
		t.serve(r, heard)
	}
}

// read gives the question that the request puts, and whom it is for. What two
// servers could read in two ways is refused.
func (p *Proxy) read(q *httpkit.Request) (ask Ask, u *upstream, err error) {
	r := q.HTTP()
	ask = Ask{Scheme: q.PublicScheme(), Raw: r.RequestURI, Header: r.Header, Place: policy.Place{Method: r.Method}}
	raw, _, _ := strings.Cut(r.RequestURI, "?")
	var wrong error
	if ask.Place.Host, wrong = policy.Host(r.Host); wrong != nil {
		return ask, nil, unreadable("host_ambiguous").Because(wrong)
	}
	ask.Authority = target(r.Host, ask.Place.Host)
	if ask.Place.Path, wrong = policy.Path(raw); wrong != nil {
		return ask, nil, unreadable("path_ambiguous").Because(wrong)
	}
	if u = find(p.hosts[ask.Place.Host], ask.Place.Path); u == nil {
		return ask, nil, fault.New(api.CodeNotFound, "no_such_route", "There is nothing at this address.")
	}
	// TRACE would show a client what we tell of it, and some servers take get for GET.
	if r.Method == http.MethodTrace || r.Method != strings.ToUpper(r.Method) {
		return ask, u, fault.New(api.CodeMethodNotAllowed, "method_not_passed", "This address does not serve this method.")
	}
	return ask, u, nil
}

func unreadable(reason string) *fault.Error {
	return fault.New(api.CodeMalformedRequest, reason,
		"This address can be read in more than one way, so it leads nowhere.")
}

func unavailable(reason string) *fault.Error {
	return fault.New(api.CodeUpstreamUnavailable, reason,
		"The application behind this server does not answer at the moment. Please try again shortly.")
}

// retryAfter is what a client waits for an application that is away: it is tried
// again more often.
const retryAfter = 2 * time.Second
