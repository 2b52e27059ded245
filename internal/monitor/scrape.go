package monitor

import (
	"log/slog"
	"net/http"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
)

// scrape serves Prometheus.
func (m *Monitor) scrape() http.HandlerFunc {
	serve := promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{
		EnableOpenMetrics: true, MaxRequestsInFlight: 4, ErrorHandling: promhttp.ContinueOnError,
		ErrorLog: slog.NewLogLogger(m.o.Log.Handler(), slog.LevelWarn),
	})
	return func(w http.ResponseWriter, r *http.Request) {
		q := httpkit.From(w)
		m.guarded(q, func() {
			out := &scraped{ResponseWriter: q}
			serve.ServeHTTP(out, r)
			if out.gone != nil {
				m.o.Log.Debug("whoever asked for the metrics hung up", "request_id", q.ID, "error", out.gone)
			}
		})
	}
}

// scraped takes what is left of an answer that nobody reads any more: the
// library warns of each metric that it could not send.
type scraped struct {
	http.ResponseWriter
	gone error
}

// Write passes on until it fails once.
func (s *scraped) Write(b []byte) (int, error) {
	if s.gone == nil {
		_, s.gone = s.ResponseWriter.Write(b)
	}
	return len(b), nil
}
