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
	checks, done := inside.Checks(inside.Options{Config: cfg, Problem: problem, RoundTrip: roundTrip(cfg)})
	defer done()
	subject := "The configuration at hand"
	if cfg.PublicURL != nil {
		subject += ", " + cfg.PublicURL.String()
	}
	return doctor.Diagnose(ctx, subject, checks)
}

// AdoptKey takes the present DATA_ENCRYPTION_KEY as the one of this database.
func AdoptKey(ctx context.Context, core *Core) error {
	return inside.AdoptKey(ctx, core.Store, core.Config)
}
