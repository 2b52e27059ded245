package prove

import (
	"os"
	"strings"
	"testing"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/config"
)

// TestEveryFaultOfTheProofIsNamed runs the proof as an operator does.
func TestEveryFaultOfTheProofIsNamed(t *testing.T) {
	real := t.TempDir()
	cfg, err := config.Load(config.Sources{Env: []string{"DATA_DIR=" + real, "ENVIRONMENT=test", "SESSION_IDLE=2h"}})
	if err != nil {
		t.Fatal(err)
	}
	r, err := Run(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	Write(&table, r)
	if !r.Proved || len(r.Outcomes) != len(Faults()) {
		t.Errorf("not everything was named:\n%s", &table)
	}
	if there, err := os.ReadDir(real); err != nil || len(there) > 0 {
		t.Errorf("the real data folder now holds %v, %v", there, err)
	}
}

// TestEveryFaultHasACause: a name that the doctor does not know could never be
// found.
func TestEveryFaultHasACause(t *testing.T) {
	for _, f := range Faults()[1:] {
		if _, ok := api.Causes[f.Cause]; !ok {
			t.Errorf("%s: there is no cause %q", f.How, f.Cause)
		}
	}
}

// TestWhatIsNotNamedIsToldAndFails keeps the proof from proving whatever comes.
func TestWhatIsNotNamedIsToldAndFails(t *testing.T) {
	r := Report{Outcomes: []Outcome{
		{Class: "x", How: "one", Cause: "config_invalid", Found: []api.Cause{"redis_full"}},
		{Class: "x", How: "two", Cause: "config_invalid", Problem: "no port is free"},
		{Class: "x", How: "three", Cause: "config_invalid", Found: []api.Cause{"config_invalid"}, Named: true},
	}}
	var table strings.Builder
	Write(&table, r)
	for _, want := range []string{"the doctor found: redis_full", "could not be made: no port is free", "1 of 3 faults named"} {
		if !strings.Contains(table.String(), want) {
			t.Errorf("the table does not say %q:\n%s", want, &table)
		}
	}
}
