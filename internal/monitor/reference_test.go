package monitor

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

var update = flag.Bool("update", false, "write docs/reference/metrics.md anew")

// everything has each metric appear that there is.
func everything(t *testing.T) *fixture {
	t.Helper()
	f := set(t, func(o *Options) {
		o.Sources.Alerts = func() []api.AlertFiring {
			return []api.AlertFiring{{Rule: "login_failures", Severity: "critical", Count: 1}}
		}
		o.Sources.LastBackup = func(context.Context) (time.Time, error) { return time.Now(), nil }
		o.Sources.Sent = func() []Sent { return []Sent{{"traces", 1, 0}, {"logs", 1, 0}} }
		o.Sources.Upstreams = func() []Upstream { return []Upstream{{Name: "/"}} }
		o.Sources.CertificateEnds = func() time.Time { return time.Now() }
	})
	f.w.valkey = &Valkey{State: connected}
	f.w.audit = Audit{Rows: 7, Sound: true, Sinks: []AuditSink{{Name: "file", Waiting: 2, Lag: time.Second}}}
	f.w.findings = []api.Finding{{Code: "clock_skew", Severity: "warning"}}
	exercise(f)
	f.Proxied("/")(time.Second)
	return f
}

// listed are labels whose values the page names, for they are few and fixed.
var listed = map[string]bool{
	"kind": true, "state": true, "sink": true, "class": true, "by": true, "direction": true, "limit": true, "algorithm": true,
	"csrf_rejections_total reason": true, "password_hash_dropped_total reason": true, "csrf_tokens_issued_total result": true,
	"db_queries_total result": true, "signal": true, "telemetry_items_total result": true, "token_validations_total result": true,
}

const referenceHead = `# Metrics

What ` + "`GET /metrics`" + ` tells Prometheus, made from the program itself (` + "`go generate ./internal/monitor`" + `). Beside these there are the
metrics of the Go runtime (` + "`go_*`" + `) and of the process (` + "`process_*`" + `). Durations are histograms in the classic and in the native form.
Names and labels are kept; labels have values from closed lists, so that nobody outside can make series.

| Name | Type | Labels | Meaning |
| --- | --- | --- | --- |
`

// family is a metric as it is told.
type family struct {
	name, kind, help string
	labels           map[string]map[string]bool
}

func (f *fixture) families(t *testing.T) (list []family) {
	t.Helper()
	for _, from := range must(f.registry.Gather())(t) {
		one := family{from.GetName(), strings.ToLower(from.GetType().String()), from.GetHelp(), map[string]map[string]bool{}}
		for _, m := range from.GetMetric() {
			for _, l := range m.GetLabel() {
				if one.labels[l.GetName()] == nil {
					one.labels[l.GetName()] = map[string]bool{}
				}
				one.labels[l.GetName()][l.GetValue()] = true
			}
		}
		list = append(list, one)
	}
	return list
}

func reference(families []family) string {
	var b strings.Builder
	b.WriteString(referenceHead)
	for _, f := range families {
		if !strings.HasPrefix(f.name, "go_") && !strings.HasPrefix(f.name, "process_") {
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", f.name, f.kind, f.shownLabels(), f.help)
		}
	}
	return b.String()
}

func (f *family) shownLabels() string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(f.labels)) {
		text := "`" + name + "`"
		if listed[name] || listed[strings.TrimPrefix(f.name, prefix)+" "+name] {
			text += ": " + strings.Join(slices.Sorted(maps.Keys(f.labels[name])), ", ")
		}
		out = append(out, text)
	}
	return strings.Join(out, "; ")
}

//go:generate go test . -run TestReferenceOfMetricsIsUpToDate -update
func TestReferenceOfMetricsIsUpToDate(t *testing.T) {
	const file = "../../docs/reference/metrics.md"
	want := reference(everything(t).families(t))
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil { //nolint:gosec // a page of the documentation
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(file); err != nil || string(got) != want {
		t.Errorf("%s is not what the program tells (%v); run: go generate ./internal/monitor", file, err)
	}
}

// TestNamesOfTheConvention are those that dashboards of others were told.
func TestNamesOfTheConvention(t *testing.T) {
	got := map[string]string{}
	for _, f := range everything(t).families(t) {
		got[strings.TrimPrefix(f.name, prefix)] = strings.Join(slices.Sorted(maps.Keys(f.labels)), ",")
	}
	for name, want := range map[string]string{
		"logins_total": "method,result", "login_duration_seconds": "", "tokens_issued_total": "kind", "token_validations_total": "result",
		"csrf_tokens_issued_total": "result", "csrf_rejections_total": "reason", "sessions_active": "",
		"password_hash_duration_seconds": "algorithm", "password_hash_queue": "", "rate_limited_total": "limit",
		"db_pool_connections": "pool,state", "db_pool_wait_seconds_total": "pool", "db_errors_total": "class", "legacy_tokens_total": "",
		"audit_events_total": "event", "build_info": "go_version,version", "alert_firing": "alert,severity",
		"tls_certificate_not_after_timestamp_seconds": "",
		"http_server_request_duration_seconds":        "http_request_method,http_response_status_code,http_route",
	} {
		if labels, ok := got[name]; !ok || labels != want {
			t.Errorf("%s has the labels %q, want %q (there: %v)", name, labels, want, ok)
		}
	}
}
