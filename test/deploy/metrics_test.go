package deploy

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

const metricsToken = "a token for whoever reads the metrics"

// metric is what /metrics shows of one name: the labels of its series.
type metric map[string]bool

var (
	series = regexp.MustCompile(`^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? \S+`)
	label  = regexp.MustCompile(`(\w+)="(?:[^"\\]|\\.)*"`)
)

// metrics are the names and labels that a running server shows after people signed in and a backup was made, and those
// that the reference of the program has for when something is wrong: no certificate, no finding and no alert has no series.
func metrics(t *testing.T) map[string]metric {
	t.Helper()
	s := ground.Server(t, map[string]string{"METRICS_TOKEN": metricsToken})
	for _, verb := range [][]string{
		{"demo", "traffic", "--for", "2s", "--rate", "900", "--people", "4"},
		{"backup", "create", "--plain", filepath.Join(t.TempDir(), "all.backup")},
	} {
		if r := s.Run(verb...); r.Code != 0 {
			t.Fatalf("%v: %d %s", verb, r.Code, r.Stderr)
		}
	}
	found := shown(t, s)
	if len(found) < 40 || found["aiwfe_auth_backup_last_success_timestamp_seconds"] == nil {
		t.Fatalf("/metrics shows %d names", len(found))
	}
	for name, labels := range reference(t) {
		if found[name] == nil {
			found[name] = labels
		}
	}
	return found
}

var row = regexp.MustCompile("(?m)^\\| `(\\w+)` \\| \\w+ \\| (.*?) \\| ")

// reference is what the page about metrics has, which is made from the program.
func reference(t *testing.T) map[string]metric {
	t.Helper()
	all := map[string]metric{}
	for _, m := range row.FindAllStringSubmatch(read(t, "..", "docs", "reference", "metrics.md"), -1) {
		all[m[1]] = metric{"job": true, "instance": true}
		for _, l := range regexp.MustCompile("`(\\w+)`").FindAllStringSubmatch(m[2], -1) {
			all[m[1]][l[1]] = true
		}
	}
	if len(all) < 20 || !all["aiwfe_auth_doctor_finding"]["severity"] {
		t.Fatalf("the reference has %d metrics", len(all))
	}
	return all
}

// shown reads /metrics once.
func shown(t *testing.T, s *ground.Instance) map[string]metric {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+metricsToken)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("/metrics: %d %v %s", res.StatusCode, err, text)
	}
	found := map[string]metric{"up": {"job": true, "instance": true}} // Prometheus' own
	for line := range strings.Lines(string(text)) {
		m := series.FindStringSubmatch(strings.TrimSpace(line))
		if m == nil || line[0] == '#' {
			continue
		}
		if found[m[1]] == nil {
			found[m[1]] = metric{"job": true, "instance": true} // given by Prometheus
		}
		for _, l := range label.FindAllStringSubmatch(m[2], -1) {
			found[m[1]][l[1]] = true
		}
	}
	return found
}

func read(t *testing.T, parts ...string) string {
	t.Helper()
	root, err := ground.ModuleRoot()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(append([]string{root, "deploy"}, parts...)...))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
