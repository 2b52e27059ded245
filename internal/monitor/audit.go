package monitor

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Audit is how the chain of the audit is, and how far it was sent elsewhere.
type Audit struct {
	// Rows have had a place in the chain since its beginning; Sound says that
	// nothing was found wrong with it.
	Rows  int64
	Sound bool
	Sinks []AuditSink
}

// AuditSink is a place that the audit is sent to.
type AuditSink struct {
	Name    string
	Waiting int64
	// Lag is how long the oldest row has waited.
	Lag     time.Duration
	Failing bool
}

var (
	descChain = prometheus.NewDesc(prefix+"audit_chain_rows_total", "Rows that were given their place in the chain of the audit.", nil, nil)
	descSound = prometheus.NewDesc(prefix+"audit_chain_sound",
		"Whether each row of the audit that was verified is as it was written.", nil, nil)
	descWaiting = prometheus.NewDesc(prefix+"audit_ship_waiting_rows", "Rows of the audit that were not sent there yet.", []string{"sink"}, nil)
	descLag     = prometheus.NewDesc(prefix+"audit_ship_lag_seconds",
		"How long the oldest row of the audit has waited to be sent there.", []string{"sink"}, nil)
	descFailing = prometheus.NewDesc(prefix+"audit_ship_failing", "Whether the last try to send rows of the audit there failed.", []string{"sink"}, nil)
)

func describeAudit(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{descChain, descSound, descWaiting, descLag, descFailing} {
		out <- d
	}
}

// collectAudit leaves out what cannot be asked.
func (m *Monitor) collectAudit(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTimeout)
	defer cancel()
	a, err := m.o.Sources.Audit(ctx)
	if err != nil {
		return
	}
	truth := func(b bool) float64 {
		if b {
			return 1
		}
		return 0
	}
	out <- prometheus.MustNewConstMetric(descChain, prometheus.CounterValue, float64(a.Rows))
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	gauge(descSound, truth(a.Sound))
	for _, s := range a.Sinks {
		gauge(descWaiting, float64(s.Waiting), s.Name)
		gauge(descLag, s.Lag.Seconds(), s.Name)
		gauge(descFailing, truth(s.Failing), s.Name)
	}
}
