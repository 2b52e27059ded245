package deploy

import (
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

const metricsToken = "a token for whoever reads the metrics"

// metric is what /metrics shows of one name: the labels of its series.
type metric map[string]bool

var (
	series = regexp.MustCompile(`^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? \S+`)
	label  = regexp.MustCompile(`(\w+)="(?:[^"\\]|\\.)*"`)
)

// metrics are the names and labels that a running server shows, after people signed in, a backup was made and the
// doctor found something.
func metrics(t *testing.T) map[string]metric {
	t.Helper()
	open := filepath.Join(t.TempDir(), "data") // for everybody, which the doctor finds at once
	if err := errors.Join(os.Mkdir(open, 0o700), os.Chmod(open, 0o777)); err != nil { //nolint:gosec // that is the point
		t.Fatal(err)
	}
	s := ground.Server(t, map[string]string{"METRICS_TOKEN": metricsToken, "DATA_DIR": open, "BACKUP_DIR": filepath.Join(t.TempDir(), "backups")})
	provoke(t, s)
	found := shown(t, s)
	for until := time.Now().Add(20 * time.Second); found["aiwfe_auth_doctor_finding"] == nil && time.Now().Before(until); {
		time.Sleep(100 * time.Millisecond) // the doctor is still looking
		found = shown(t, s)
	}
	return found
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

// provoke has happen what some series need before they are there.
func provoke(t *testing.T, s *ground.Instance) {
	t.Helper()
	if r := s.Run("demo", "traffic", "--for", "2s", "--rate", "900", "--people", "4"); r.Code != 0 {
		t.Fatalf("demo traffic: %d %s", r.Code, r.Stderr)
	}
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
