package monitor

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

var descBackup = prometheus.NewDesc(prefix+"backup_last_success_timestamp_seconds",
	"When the last good backup of this installation was made; missing where none was.", nil, nil)

// lastBackup is when the last good one was made; zero where none was, or the
// database does not tell.
func (m *Monitor) lastBackup(ctx context.Context) time.Time {
	if m.o.Sources.LastBackup == nil {
		return time.Time{}
	}
	ctx, cancel := context.WithTimeout(ctx, scrapeTimeout)
	defer cancel()
	at, err := m.o.Sources.LastBackup(ctx)
	if err != nil {
		return time.Time{}
	}
	return at
}

func (m *Monitor) collectBackup(out chan<- prometheus.Metric) {
	if at := m.lastBackup(context.Background()); !at.IsZero() {
		out <- prometheus.MustNewConstMetric(descBackup, prometheus.GaugeValue, float64(at.Unix()))
	}
}
