package app

import (
	"context"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
	"github.com/aiwfe/aiwfe-auth/internal/doctor/inside"
)

// Examine looks at a deployment from the machine that holds its configuration.
// problem is what config.Load said of it.
func Examine(ctx context.Context, cfg *config.Config, problem error) api.Diagnosis {
	return examine(ctx, inside.Options{Config: cfg, Problem: problem})
}

func examine(ctx context.Context, o inside.Options) api.Diagnosis {
	checks, done := inside.Checks(o)
	defer done()
	subject := "The configuration at hand"
	if o.Config.PublicURL != nil {
		subject += ", " + o.Config.PublicURL.String()
	}
	return doctor.Diagnose(ctx, subject, checks)
}
