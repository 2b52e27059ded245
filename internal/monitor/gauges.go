package monitor

import (
	"context"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/aiwfe/aiwfe-auth/api"
)

// gauges are read from their sources at each scrape. What cannot be asked is
// left out: a missing series is told from a zero.
type gauges struct{ m *Monitor }

var (
	descSessions = prometheus.NewDesc(prefix+"sessions_active", "Sessions alive now; missing while the database is away.", nil, nil)
	descQueue    = prometheus.NewDesc(prefix+"password_hash_queue", "Password hashes that wait for a worker.", nil, nil)
	descRunning  = prometheus.NewDesc(prefix+"password_hash_running", "Password hashes that run now.", nil, nil)
	descWorkers  = prometheus.NewDesc(prefix+"password_hash_workers", "Password hashes that may run at once.", nil, nil)
	descTurned   = prometheus.NewDesc(prefix+"password_hash_dropped_total", "Password hashes that were asked for and never ran.",
		[]string{"reason"}, nil)
	descLines = prometheus.NewDesc(prefix+"log_lines_dropped_total", "Lines of the log that were dropped, since it is not read as fast as it is written.", nil, nil)
	descPool  = prometheus.NewDesc(prefix+"db_pool_connections", "Connections to the database; size is the most there may be.",
		[]string{"pool", "state"}, nil)
	descFinding = prometheus.NewDesc(prefix+"doctor_finding", "Causes that the doctor found when it looked last; no series where all is well.",
		[]string{"code", "severity"}, nil)
	descAlerts = prometheus.NewDesc(prefix+"alert_firing", "Alerts that fire now, as all nodes know them; missing while the database is away.",
		[]string{"alert", "severity"}, nil)
	descCertificate = prometheus.NewDesc(prefix+"tls_certificate_not_after_timestamp_seconds",
		"When the TLS certificate ends that is served; missing where a proxy has it.", nil, nil)
	descSent = prometheus.NewDesc(prefix+"telemetry_items_total", "Spans and log records for the collector, by whether it took them.",
		[]string{"signal", "result"}, nil)
	descPoolWait = prometheus.NewDesc(prefix+"db_pool_wait_seconds_total", "Time spent waiting for a connection.", []string{"pool"}, nil)
)

// Describe names what Collect gives.
func (g *gauges) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{descSessions, descQueue, descRunning, descWorkers, descTurned, descLines, descPool, descPoolWait, descFinding, descAlerts, descCertificate, descSent} {
		out <- d
	}
	describeValkey(out)
	describeAudit(out)
	describeUpstreams(out)
	out <- descBackup
}

// scrapeTimeout bounds what a scrape waits for the database.
const scrapeTimeout = time.Second

// Collect asks the sources.
func (g *gauges) Collect(out chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	s := &g.m.o.Sources
	if n, err := g.m.sessions(context.Background()); err == nil {
		gauge(descSessions, float64(n))
	}
	h := s.HashStats()
	gauge(descQueue, float64(h.Waiting))
	gauge(descRunning, float64(h.Running))
	gauge(descWorkers, float64(h.Workers))
	out <- prometheus.MustNewConstMetric(descTurned, prometheus.CounterValue, float64(h.Refused), "queue_full")
	out <- prometheus.MustNewConstMetric(descTurned, prometheus.CounterValue, float64(h.Left), "client_gone")
	out <- prometheus.MustNewConstMetric(descLines, prometheus.CounterValue, float64(s.LinesLost()))
	g.m.collectValkey(out)
	g.m.collectAudit(out)
	g.m.collectUpstreams(out)
	g.m.collectBackup(out)
	if s.CertificateEnds != nil {
		if at := s.CertificateEnds(); !at.IsZero() {
			gauge(descCertificate, float64(at.Unix()))
		}
	}
	if s.Sent != nil {
		for _, one := range s.Sent() {
			out <- prometheus.MustNewConstMetric(descSent, prometheus.CounterValue, float64(one.Taken), one.Signal, success)
			out <- prometheus.MustNewConstMetric(descSent, prometheus.CounterValue, float64(one.Lost), one.Signal, "dropped")
		}
	}
	told := map[api.Cause]bool{}
	for _, f := range s.Findings() {
		if !told[f.Code] { // one cause may be found in two places
			told[f.Code] = true
			gauge(descFinding, 1, string(f.Code), string(f.Severity))
		}
	}
	for _, a := range s.Alerts() {
		gauge(descAlerts, float64(a.Count), a.Rule, a.Severity)
	}
	for name, p := range s.Pools() {
		gauge(descPool, float64(p.Size), name, "size")
		gauge(descPool, float64(p.InUse), name, "in_use")
		gauge(descPool, float64(p.Idle), name, "idle")
		out <- prometheus.MustNewConstMetric(descPoolWait, prometheus.CounterValue, p.WaitTime.Seconds(), name)
	}
}

// sessions counts, or gives the count of a moment ago: a count goes through all sessions there are, so that of a million
// is made anew only after a hundred times as long as it took.
func (m *Monitor) sessions(ctx context.Context) (int64, error) {
	m.alive.Lock()
	defer m.alive.Unlock()
	if m.o.Now().Before(m.alive.until) {
		return m.alive.n, nil
	}
	ctx, cancel := context.WithTimeout(ctx, scrapeTimeout)
	defer cancel()
	began := time.Now()
	n, err := m.o.Sources.SessionsActive(ctx)
	if took := time.Since(began); err == nil && took > countQuick {
		m.alive.n, m.alive.until = n, m.o.Now().Add(100*took)
	}
	return n, err
}

// countQuick is what a count may take to be made for each who asks.
const countQuick = 5 * time.Millisecond

// sessionCount is how many sessions there were, and until when that is said.
type sessionCount struct {
	sync.Mutex
	n     int64
	until time.Time
}
