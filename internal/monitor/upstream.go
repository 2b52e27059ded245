package monitor

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Upstream is an application behind this server, by the place that it has here.
type Upstream struct {
	Name string
	// Down says that it takes no connections.
	Down bool
	// Failures are requests that it could not be reached for, Open those under way.
	Failures uint64
	Open     int64
}

const upstreamCheck = "upstreams"

// asksUpstreams gives the state of the applications. One that is away keeps
// nobody from signing in, so it never makes health worse than degraded.
func (m *Monitor) asksUpstreams(worse func(check, state, status string), checks map[string]string) {
	for _, u := range m.upstreams() {
		if u.Down {
			worse(upstreamCheck, unreachable, degraded)
			return
		}
		checks[upstreamCheck] = operational
	}
}

func (m *Monitor) upstreams() []Upstream {
	if m.o.Sources.Upstreams == nil {
		return nil
	}
	return m.o.Sources.Upstreams()
}

// Proxied gives what times how long an application took to begin its answer.
func (m *Monitor) Proxied(upstream string) func(took time.Duration) {
	times := m.metrics.upstream.WithLabelValues(upstream)
	return func(took time.Duration) { times.Observe(took.Seconds()) }
}

var (
	ofUpstream   = []string{"upstream"}
	descUpstream = prometheus.NewDesc(prefix+"upstream_up",
		"Whether an application behind this server takes connections.", ofUpstream, nil)
	descLost = prometheus.NewDesc(prefix+"upstream_failures_total",
		"Requests for which an application could not be reached.", ofUpstream, nil)
	descOpen = prometheus.NewDesc(prefix+"upstream_requests_open",
		"Requests under way at an application, WebSockets and streams included.", ofUpstream, nil)
)

func describeUpstreams(out chan<- *prometheus.Desc) {
	out <- descUpstream
	out <- descLost
	out <- descOpen
}

func (m *Monitor) collectUpstreams(out chan<- prometheus.Metric) {
	for _, u := range m.upstreams() {
		up := 1.0
		if u.Down {
			up = 0
		}
		out <- prometheus.MustNewConstMetric(descUpstream, prometheus.GaugeValue, up, u.Name)
		out <- prometheus.MustNewConstMetric(descLost, prometheus.CounterValue, float64(u.Failures), u.Name)
		out <- prometheus.MustNewConstMetric(descOpen, prometheus.GaugeValue, float64(u.Open), u.Name)
	}
}
