package gateway

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/pause"
)

const (
	dialTimeout = 5 * time.Second
	// idleConns is below what servers keep a connection for that lies idle (uvicorn
	// and Node: 5 s): one of theirs closes under a request that was just sent.
	idleConns = 4 * time.Second
	// mostIdle connections to one application are kept.
	mostIdle = 256
)

// Pools are the connections to applications, by address. They outlive a change
// of the configuration.
type Pools struct {
	ctx context.Context
	mu  sync.Mutex
	all map[poolKey]*pool
}

type poolKey struct {
	url     string
	timeout time.Duration
}

// NewPools makes an empty set, which looks after its applications until ctx ends.
func NewPools(ctx context.Context) *Pools { return &Pools{ctx: ctx, all: map[poolKey]*pool{}} }

func (l *Pools) of(u *url.URL, timeout time.Duration, log *slog.Logger) *pool {
	l.mu.Lock()
	defer l.mu.Unlock()
	k := poolKey{u.String(), timeout}
	if l.all[k] == nil {
		l.all[k] = newPool(l.ctx, u, timeout, log)
	}
	return l.all[k]
}

// pool are the connections to one application, and whether it takes any.
type pool struct {
	ctx       context.Context
	url       *url.URL
	log       *slog.Logger
	transport *http.Transport
	dialer    net.Dialer
	down      atomic.Bool
	missed    atomic.Int64 // in a row
	failures  atomic.Uint64
	open      atomic.Int64
}

func newPool(ctx context.Context, u *url.URL, timeout time.Duration, log *slog.Logger) *pool {
	p := &pool{ctx: ctx, url: u, log: log, dialer: net.Dialer{Timeout: dialTimeout, KeepAlive: 30 * time.Second}}
	p.transport = &http.Transport{ // without a proxy of the environment: what is inside is reached directly
		DialContext: p.dial, ForceAttemptHTTP2: true, DisableCompression: true,
		TLSHandshakeTimeout: dialTimeout, ResponseHeaderTimeout: timeout, ExpectContinueTimeout: time.Second,
		IdleConnTimeout: idleConns, MaxIdleConnsPerHost: mostIdle, MaxResponseHeaderBytes: 256 << 10,
	}
	return p
}

// errUnreached is that no connection could be made: nothing was sent.
type errUnreached struct{ error }

func (e errUnreached) Unwrap() error { return e.error }

func unreached(err error) bool {
	_, ok := errors.AsType[errUnreached](err)
	return ok
}

func (p *pool) dial(ctx context.Context, network, address string) (net.Conn, error) {
	c, err := p.dialer.DialContext(ctx, network, address)
	if err != nil && ctx.Err() == nil {
		err = errUnreached{err}
	}
	return c, err
}

// RoundTrip asks the application, once more where nothing can have come of the first time.
func (t *trip) RoundTrip(r *http.Request) (*http.Response, error) {
	began := time.Now()
	res, err := t.up.pool.transport.RoundTrip(r)
	if err != nil && again(r, err) && pause.For(r.Context(), beforeAgain) == nil {
		res, err = t.up.pool.transport.RoundTrip(r)
	}
	t.up.took(time.Since(began))
	t.up.pool.note(err)
	return res, err
}

// beforeAgain is before the second try: a server that is started anew needs a moment.
const beforeAgain = 50 * time.Millisecond

// again says whether a request may be sent twice. That a connection that was
// kept is closed under a request which changes nothing, the transport sees to.
func again(r *http.Request, err error) bool {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return r.Body == nil && unreached(err) && r.Context().Err() == nil
	}
	return false
}
