package monitor

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/singleflight"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/figures"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// Options is what the package needs.
type Options struct {
	// Version of the program.
	Version string
	// Relaxed is set in development and test: this machine may then read
	// details and metrics without showing anything.
	Relaxed bool
	// Token is METRICS_TOKEN; empty leaves details to administrators.
	Token secret.Value
	// Sources are asked when somebody asks.
	Sources Sources
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Log is told when health turns.
	Log *slog.Logger
	// Kept keeps figures beyond this process and gives those of other nodes; nil
	// leaves each process to its own.
	Kept Kept
	// Node is the id of this process among them, Host the machine it runs on.
	Node, Host string
}

// Sources are the parts of the program that know. They are called only after
// the program is built, so they may refer to what does not exist yet.
type Sources struct {
	// Database reaches the database and gives its version.
	Database func(ctx context.Context) (version string, err error)
	// Schema gives the version of the schema and how many migrations it lacks.
	Schema func(ctx context.Context) (current int64, pending int, err error)
	// Pools gives the pools of connections by name.
	Pools func() map[string]Pool
	// Engine is "sqlite" or "postgres"; Pooled says whether a pooler such as
	// pgbouncer stands in between.
	Engine func() string
	Pooled func() bool
	// SessionsActive counts the sessions alive now.
	SessionsActive func(ctx context.Context) (int64, error)
	// TokenRoundTrip makes an access token and verifies it; CSRFRoundTrip does
	// the same with a CSRF token.
	TokenRoundTrip func() error
	CSRFRoundTrip  func() error
	// HashStats is the pool of password hashes.
	HashStats func() Hashing
	// KeyID is the fingerprint of the signing key.
	KeyID func() string
	// Findings are what the doctor found wrong when it looked last.
	Findings func() []api.Finding
	// Alerts counts those that fire, of each rule and severity; nil while the
	// database cannot be asked, and where nobody judges.
	Alerts func() []api.AlertFiring
	// Valkey is what the nodes share; nil where REDIS_URL is not set.
	Valkey func() *Valkey
	// CertificateEnds is when the TLS certificate that is served ends; zero where a proxy has it. Nil is zero.
	CertificateEnds func() time.Time
	// Audit is how the chain of the audit is, and how far it was sent elsewhere.
	Audit func(ctx context.Context) (Audit, error)
	// Sent is what became of the traces and logs that a collector was to get; nil is nothing.
	Sent func() []Sent
	// LinesLost counts the lines of the log that its reader was too slow for.
	LinesLost func() int64
	// Upstreams are the applications behind this server; nil is none.
	Upstreams func() []Upstream
	// LastBackup is when the last good backup was made; zero for none.
	LastBackup func(ctx context.Context) (time.Time, error)
}

// Sent counts the items of a signal that a collector took, and those that were lost.
type Sent struct {
	Signal      string
	Taken, Lost int64
}

// Hashing is the pool of password hashes now.
type Hashing struct {
	// Workers is how many may run at once, Running how many do, Waiting the
	// length of the queue.
	Workers, Running, Waiting int
	// Cost is the mean of one, Wait what one that came now would wait.
	Cost, Wait time.Duration
	// Refused counts those that found the queue full, Left those whose client
	// went away before.
	Refused, Left uint64
}

// Pool is how a pool of connections is used now.
type Pool struct {
	// Size is the most connections there may be, InUse are busy, Idle are free.
	Size, InUse, Idle int
	// Waits counts how often somebody had to wait for one, WaitTime for how
	// long in all.
	Waits    int64
	WaitTime time.Duration
}

// Monitor counts and answers. It is safe for use by many goroutines.
type Monitor struct {
	o        Options
	metrics  *metrics
	registry *prometheus.Registry
	book     *figures.Book
	counted  *counted
	judge    *judge
	since    time.Time
	ahead    atomic.Int64 // of the clock of the database, in nanoseconds
	routes   routes
	draining atomic.Bool
	token    atomic.Pointer[secret.Value]
	flight   singleflight.Group
	alive    sessionCount

	sessionsAt int64 // the minute in which Run last counted the sessions

	mu   sync.Mutex
	last string // the status of health when it was asked last
}

// New refuses when something is missing.
func New(o Options) (*Monitor, error) {
	s := o.Sources
	switch {
	case o.Log == nil:
		return nil, errors.New("monitor: Log is needed")
	case s.Database == nil, s.Schema == nil, s.Pools == nil, s.Engine == nil, s.Pooled == nil, s.SessionsActive == nil,
		s.TokenRoundTrip == nil, s.CSRFRoundTrip == nil, s.HashStats == nil, s.KeyID == nil, s.Findings == nil, s.LinesLost == nil, s.Valkey == nil, s.Alerts == nil, s.Audit == nil:
		return nil, errors.New("monitor: every source is needed")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	m := &Monitor{o: o, metrics: newMetrics(o.Version), book: figures.NewBook(o.Now()), since: o.Now().UTC(), last: healthy}
	m.counted, m.judge = newCounted(m.book), newJudge()
	m.SetToken(o.Token)
	m.routes.children = map[routeKey]child{}
	m.registry = prometheus.NewRegistry()
	if err := m.metrics.register(m.registry, &gauges{m: m}); err != nil {
		return nil, err
	}
	return m, nil
}

// SetToken has another METRICS_TOKEN count from now on.
func (m *Monitor) SetToken(token secret.Value) { m.token.Store(&token) }

// Drain turns readiness red, so that balancers look elsewhere before the
// server stops.
func (m *Monitor) Drain() { m.draining.Store(true) }

// Draining says whether Drain was called.
func (m *Monitor) Draining() bool { return m.draining.Load() }

// Register puts the endpoints on the mux. The list is the one that the OpenAPI
// document is made of; aliases are what orchestrators ask out of habit.
func (m *Monitor) Register(mux httpkit.Router) {
	serve := m.handlers()
	for _, e := range api.Watching() {
		mux.HandleFunc(e.Method+" "+e.Path, serve[e.Op])
	}
	for alias, op := range aliases {
		mux.HandleFunc(http.MethodGet+" "+alias, serve[op])
	}
}

var aliases = map[string]string{"/healthz": "getHealth", "/livez": "getLive", "/readyz": "getReady"}

func (m *Monitor) handlers() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"getHealth": m.health, "getLive": m.live, "getReady": m.ready,
		"getAuthHealth": m.authHealth, "getDatabaseHealth": m.databaseHealth,
		"getAuthMetrics": m.authMetrics, "getMetrics": m.scrape(),
	}
}
