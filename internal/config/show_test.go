package config

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestEverySettingHasItsMeaningInTheManual(t *testing.T) {
	m := meanings()
	for _, s := range table {
		if len(m[s.name]) < 20 || !strings.HasSuffix(m[s.name], ".") {
			t.Errorf("%s means %q", s.name, m[s.name])
		}
	}
	for name := range m {
		if _, isFile, ok := lookup(name); !ok || isFile {
			t.Errorf("the manual describes %s, which is no setting", name)
		}
	}
}

func TestEverySettingHasAnOrigin(t *testing.T) {
	for _, env := range [][]string{nil, production()} {
		for _, s := range mustLoad(t, Sources{Env: env}).Settings() {
			if s.Origin == "" {
				t.Errorf("%s has no origin", s.Name)
			}
		}
	}
}

// The file as written changes nothing, and with every # taken away it says the
// same once more.
func TestInitYAMLHoldsTheDefaults(t *testing.T) {
	var b bytes.Buffer
	if err := InitYAML(&b); err != nil {
		t.Fatal(err)
	}
	values := func(c *Config) map[string]string {
		all := map[string]string{}
		for _, s := range c.Settings() {
			all[s.Name] = s.Value
		}
		return all
	}
	want := values(mustLoad(t, Sources{}))
	if diff := cmp.Diff(want, values(mustLoad(t, Sources{File: write(t, "c.yaml", b.String())}))); diff != "" {
		t.Error(diff)
	}
	open := regexp.MustCompile(`(?m)^#([a-z_]+:)`).ReplaceAllString(b.String(), "$1")
	if diff := cmp.Diff(want, values(mustLoad(t, Sources{File: write(t, "c.yaml", open)}))); diff != "" {
		t.Error(diff)
	}
	for _, s := range table {
		if !strings.Contains(open, "\n"+strings.ToLower(s.name)+":") {
			t.Errorf("%s is missing", s.name)
		}
	}
	for line := range strings.SplitSeq(b.String(), "\n") {
		if len(line) > 120 {
			t.Errorf("a long line: %s", line)
		}
	}
}

func TestDurations(t *testing.T) {
	for raw, want := range map[string]time.Duration{
		"1s": time.Second, "90s": 90 * time.Second, "1h30m": 90 * time.Minute, "30d": 30 * day, "1d12h": 36 * time.Hour, "0.5d": 12 * time.Hour, "1.5s": 1500 * time.Millisecond,
	} {
		if got, p := parseDuration(raw, time.Second); p != nil || got != want {
			t.Errorf("%s: %v %v", raw, got, p)
		}
	}
	for _, raw := range []string{"", "1", "d", "1d1", "1d-5h", "-1d", "1d1d", "NaNd", "Infd", "9999999999d", "1d2562047h47m", "0", "1 h", "1e3d1"} {
		if got, p := parseDuration(raw, time.Second); p == nil {
			t.Errorf("%q became %v", raw, got)
		}
	}
	for want, d := range map[string]time.Duration{"30d": 30 * day, "24h": day, "1h": time.Hour, "1m30s": 90 * time.Second, "10s": 10 * time.Second, "0s": 0} {
		if got := showDuration(d); got != want {
			t.Errorf("%v is shown as %s, want %s", d, got, want)
		}
	}
}
