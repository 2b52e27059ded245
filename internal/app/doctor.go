package app

import (
	"context"
	"log/slog"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
	"github.com/aiwfe/aiwfe-auth/internal/doctor/inside"
)

// Examine looks at a deployment from the machine that holds its configuration.
// problem is what config.Load said of it.
func Examine(ctx context.Context, cfg *config.Config, problem error) api.Diagnosis {
	return examine(ctx, inside.Options{Config: cfg, Problem: problem, RoundTrip: roundTrip(cfg)})
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

// Fix mends file modes and pending migrations, and tells what it did.
func Fix(ctx context.Context, cfg *config.Config, problem error) []api.Note {
	return inside.Fix(ctx, inside.Options{Config: cfg, Problem: problem}, func(ctx context.Context) (int, error) {
		direct := *cfg
		if !cfg.DatabaseDirect.DSN.Empty() {
			direct.Database = cfg.DatabaseDirect
		}
		db, err := OpenStore(ctx, &direct, slog.New(slog.DiscardHandler))
		if err != nil {
			return 0, err
		}
		defer db.Close()
		done, err := db.Migrate(ctx)
		return len(done), err
	})
}

// AdoptKey takes the present DATA_ENCRYPTION_KEY as the one of this database.
func AdoptKey(ctx context.Context, core *Core) error {
	if err := inside.AdoptKey(ctx, core.Store, core.Config); err != nil {
		return err
	}
	fact, err := core.Store.Fact(ctx, factDerived)
	if err != nil {
		return err
	}
	if d, _ := openDerived(core.seals, fact); fact == "" || d != nil {
		return nil
	}
	text, err := derive(core.Config.DataEncryptionKey).seal(core.seals)
	if err != nil {
		return err
	}
	return core.Store.SetFact(ctx, factDerived, text)
}
