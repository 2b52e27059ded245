package app

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/aiwfe/aiwfe-auth/api"
)

// TestLogTellsOfACauseOnceAndOfItsEnd: a line for each look would drown it.
func TestLogTellsOfACauseOnceAndOfItsEnd(t *testing.T) {
	var out bytes.Buffer
	d := newRounds(&Server{Core: &Core{Log: slog.New(slog.NewTextHandler(&out, nil))}}, "id")
	if d.Last() != nil || d.Findings() != nil || (*rounds)(nil).Findings() != nil {
		t.Error("something was found before anybody looked")
	}
	ill := api.Diagnosis{Findings: []api.Finding{{
		Code: "proxy_not_trusted", Severity: api.Serious, Title: "The proxy", Evidence: "what was seen", Setting: "TRUSTED_PROXIES", Remedy: "trust it",
	}}}
	for _, step := range []struct {
		found     api.Diagnosis
		deep      bool
		told, end int
		deeper    bool
	}{
		{ill, false, 1, 0, false},
		{ill, true, 1, 0, true},
		{ill, false, 1, 0, false},
		{api.Diagnosis{Healthy: true}, true, 1, 1, false},
		{ill, false, 2, 1, false},
	} {
		d.keep(step.found, step.deep)
		if _, deep := d.state(); deep != step.deeper {
			t.Errorf("%+v: the next goes deep: %v", step, deep)
		}
		log := out.String()
		if told, end := strings.Count(log, "found a cause"), strings.Count(log, "is gone"); told != step.told || end != step.end {
			t.Errorf("told %d times, ended %d times, want %d and %d:\n%s", told, end, step.told, step.end, log)
		}
	}
	for _, part := range []string{"code=proxy_not_trusted", "severity=error", `evidence="what was seen"`, "setting=TRUSTED_PROXIES", `remedy="trust it"`} {
		if !strings.Contains(out.String(), part) {
			t.Errorf("%s is missing in %s", part, out.String())
		}
	}
}
