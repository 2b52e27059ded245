package monitor

import "github.com/prometheus/client_golang/prometheus"

// Valkey is what the nodes share through Valkey, and what of it this node has
// seen since it started.
type Valkey struct {
	// State is "connected", "unreachable", or "connecting" before the first look.
	State string
	// Told and Heard are the revocations that were called out to other nodes, and
	// by them.
	Told, Heard uint64
	// Counted are requests counted by all nodes together, Alone those that this
	// node counted without the others.
	Counted, Alone uint64
}

// asksValkey gives the state of Valkey to the checks. One that is away keeps
// nobody out, so it never makes health worse than degraded.
func (m *Monitor) asksValkey(worse func(check, state, status string), checks map[string]string) {
	v := m.o.Sources.Valkey()
	switch {
	case v == nil:
	case v.State == unreachable:
		worse(valkeyCheck, v.State, degraded)
	default:
		checks[valkeyCheck] = v.State
	}
}

const valkeyCheck = "valkey"

var (
	descValkey = prometheus.NewDesc(prefix+"valkey_up", "Whether the Valkey of REDIS_URL serves; missing where there is none.", nil, nil)
	descCounts = prometheus.NewDesc(prefix+"limit_counts_total",
		"Requests that address limits counted, by all nodes together or by this node alone because Valkey was away.", []string{"by"}, nil)
	descBells = prometheus.NewDesc(prefix+"revocation_calls_total",
		"Calls to read the revocations at once, told to other nodes and heard from them.", []string{"direction"}, nil)
)

func describeValkey(out chan<- *prometheus.Desc) {
	out <- descValkey
	out <- descCounts
	out <- descBells
}

func (m *Monitor) collectValkey(out chan<- prometheus.Metric) {
	v := m.o.Sources.Valkey()
	if v == nil {
		return
	}
	up := 0.0
	if v.State == connected {
		up = 1
	}
	out <- prometheus.MustNewConstMetric(descValkey, prometheus.GaugeValue, up)
	count := func(d *prometheus.Desc, n uint64, label string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(n), label)
	}
	count(descCounts, v.Counted, "all")
	count(descCounts, v.Alone, "node")
	count(descBells, v.Told, "told")
	count(descBells, v.Heard, "heard")
}
