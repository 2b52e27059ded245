package monitor

import (
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
)

const prefix = "aiwfe_auth_"

// metrics are the counters. Children of closed lists are made at the start, so
// that a series is there at zero before its first event, as alerts need it.
type metrics struct {
	logins     *prometheus.CounterVec
	loginTime  prometheus.Histogram
	tokens     *prometheus.CounterVec
	csrfIssued *prometheus.CounterVec
	csrf       counters[api.Code]
	hashTime   map[string]prometheus.Observer
	hashWait   prometheus.Histogram
	limited    counters[string]
	dbErrors   counters[string]
	queries    counters[string]
	validated  counters[api.Code]
	legacy     prometheus.Counter
	events     counters[audit.Event]
	requests   *prometheus.HistogramVec
	upstream   *prometheus.HistogramVec
	build      *prometheus.GaugeVec

	access, refresh      prometheus.Counter
	csrfMade, csrfFailed prometheus.Counter
	all                  []prometheus.Collector
}

// counters are the children of one counter by a closed list of values.
type counters[K ~string] struct {
	known map[K]prometheus.Counter
	other prometheus.Counter
}

func (c counters[K]) of(k K) prometheus.Counter {
	if one, ok := c.known[k]; ok {
		return one
	}
	return c.other
}

// other stands for whatever is on no list.
const other = "other"

// Durations have the guide's targets, 0.5 s and 2 s, among their bounds, so
// that a rule can ask for exactly them.
var bounds = []float64{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10}

func duration(name, help string) prometheus.HistogramOpts {
	return prometheus.HistogramOpts{
		Name: name, Help: help, Buckets: bounds,
		NativeHistogramBucketFactor: 1.1, NativeHistogramMaxBucketNumber: 100, NativeHistogramMinResetDuration: time.Hour,
	}
}

func (m *metrics) vec(name, help string, labels ...string) *prometheus.CounterVec {
	v := prometheus.NewCounterVec(prometheus.CounterOpts{Name: prefix + name, Help: help}, labels)
	m.all = append(m.all, v)
	return v
}

func closed[K ~string](v *prometheus.CounterVec, list ...K) counters[K] {
	c := counters[K]{known: map[K]prometheus.Counter{}, other: v.WithLabelValues(other)}
	for _, k := range list {
		c.known[k] = v.WithLabelValues(string(k))
	}
	return c
}

func newMetrics(version string) *metrics {
	m := &metrics{}
	m.logins = m.vec("logins_total", "Sign-ins tried, by method and by how they ended: success, or the code.", "method", "result")
	m.loginTime = prometheus.NewHistogram(duration(prefix+"login_duration_seconds",
		"Time of sign-ins that succeeded; a refused one is held on purpose."))
	m.tokens = m.vec("tokens_issued_total", "Access tokens given out, and refresh tokens rotated.", "kind")
	m.access, m.refresh = m.tokens.WithLabelValues("access"), m.tokens.WithLabelValues("refresh")
	m.csrfIssued = m.vec("csrf_tokens_issued_total", "CSRF tokens that were asked for, by whether one could be made.", "result")
	m.csrfMade, m.csrfFailed = m.csrfIssued.WithLabelValues("success"), m.csrfIssued.WithLabelValues("failure")
	m.csrf = closed(m.vec("csrf_rejections_total", "Requests refused as possibly forged, by code.", "reason"), csrfCodes...)
	m.limited = closed(m.vec("rate_limited_total", "Requests refused by a limit.", "limit"), "account_limit", "account_shut", "address_limit")
	m.dbErrors = closed(m.vec("db_errors_total", "Answers that failed for want of the database.", "class"),
		string(api.CodeDatabaseUnavailable), string(api.CodeStorageFull))
	m.queries = closed(m.vec("db_queries_total", "Reads and transactions of the database, by how they ended.", "result"),
		success, string(api.CodeDatabaseUnavailable), string(api.CodeStorageFull))
	m.validated = closed(m.vec("token_validations_total", "Access tokens that were shown, by whether they counted: success, or the code.", "result"),
		success, api.CodeTokenInvalid, api.CodeTokenExpired, api.CodeSessionEnded, api.CodeDatabaseUnavailable)
	m.events = closed(m.vec("audit_events_total", "Decisions written into the audit.", "event"), audit.Events...)
	m.legacy = prometheus.NewCounter(prometheus.CounterOpts{Name: prefix + "legacy_tokens_total", Help: "Uses of tokens of the old form."})
	hash := prometheus.NewHistogramVec(duration(prefix+"password_hash_duration_seconds", "Time of one password hash."), []string{"algorithm"})
	m.hashWait = prometheus.NewHistogram(duration(prefix+"password_hash_wait_seconds", "Time that a password hash waited for a worker."))
	m.hashTime = map[string]prometheus.Observer{}
	for _, a := range []string{"argon2id", "bcrypt", other} {
		m.hashTime[a] = hash.WithLabelValues(a)
	}
	m.requests = prometheus.NewHistogramVec(duration("http_server_request_duration_seconds", "Time of answers, by route."),
		[]string{"http_request_method", "http_route", "http_response_status_code"})
	m.upstream = prometheus.NewHistogramVec(duration(prefix+"upstream_response_seconds",
		"Time until an application behind this server began its answer, or failed to."), []string{"upstream"})
	m.build = prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: prefix + "build_info", Help: "The build that runs; always 1."},
		[]string{"version", "go_version"})
	m.build.WithLabelValues(version, runtime.Version()).Set(1)
	m.all = append(m.all, m.loginTime, m.legacy, hash, m.hashWait, m.requests, m.upstream, m.build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) register(r *prometheus.Registry, more ...prometheus.Collector) error {
	var faults []error
	for _, c := range append(m.all, more...) {
		faults = append(faults, r.Register(c))
	}
	if err := errors.Join(faults...); err != nil {
		return fmt.Errorf("register metrics: %w", err)
	}
	return nil
}
