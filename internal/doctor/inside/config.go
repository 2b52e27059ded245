package inside

import (
	"context"
	"errors"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
)

func (in *inside) configChecks() []doctor.Check {
	return []doctor.Check{{Name: "config", Title: "Every setting can be used", Run: in.config}}
}

// config makes a finding of each fault of the configuration.
func (in *inside) config(_ context.Context, r *doctor.Result) {
	faults, ok := errors.AsType[*config.Faults](in.Problem)
	if in.Problem != nil && !ok {
		r.Unable("the configuration", in.Problem)
		return
	}
	if !ok {
		return
	}
	for _, f := range faults.List {
		r.Find(finding(f))
	}
}

func finding(f config.Fault) api.Finding {
	evidence := f.Variable + " is not set"
	if f.Value != "" {
		evidence = f.Variable + " is " + f.Value
	}
	return api.Finding{
		Code: "config_invalid", Cause: f.Problem, Evidence: evidence, Expected: f.Expected, Remedy: f.Hint,
		Setting: strings.TrimSpace(f.Variable + " (" + f.Origin + ")"),
	}
}
