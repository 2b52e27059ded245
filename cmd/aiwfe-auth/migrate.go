package main

import (
	"fmt"
	"io"
	"log/slog"

	"github.com/spf13/cobra"

	"github.com/aiwfe/aiwfe-auth/internal/app"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

func (p *program) migrate() *cobra.Command {
	up := &cobra.Command{
		Use: "up", Short: "Bring the database schema up to date", Args: flagsOnly,
		Long: "Brings the schema up to date. An existing users table of another system is adopted: nothing of it\n" +
			"is changed or dropped, only what is missing is added. DATABASE_DIRECT_URL is used when it is set.",
		RunE: p.withStore(func(cmd *cobra.Command, db *store.Store) error {
			done, err := db.Migrate(cmd.Context())
			if err != nil {
				return err
			}
			return p.print(list{done}, func(w io.Writer) {
				for _, m := range done {
					fmt.Fprintln(w, "applied", m.Name)
				}
				if len(done) == 0 {
					fmt.Fprintln(w, "nothing to do: the schema is up to date")
				}
			})
		}),
	}
	status := &cobra.Command{
		Use: "status", Short: "List the migrations; exit 1 when some are pending", Args: flagsOnly,
		RunE: p.withStore(func(cmd *cobra.Command, db *store.Store) error {
			all, err := db.Migrations(cmd.Context())
			if err != nil {
				return err
			}
			pending := 0
			err = p.print(list{all}, func(w io.Writer) {
				for _, m := range all {
					fmt.Fprintf(w, "%-8s %s\n", state(m), m.Name)
				}
			})
			for _, m := range all {
				if !m.Applied {
					pending++
				}
			}
			if err == nil && pending > 0 {
				return fmt.Errorf("%s pending; to apply: aiwfe-auth migrate up", many(pending, "migration"))
			}
			return err
		}),
	}
	return group("migrate", "Bring the database schema up to date, or look at it", up, status)
}

func state(m store.Migration) string {
	if m.Applied {
		return "applied"
	}
	return "pending"
}

// withStore opens the database as it is, whatever its schema.
func (p *program) withStore(f func(*cobra.Command, *store.Store) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, _ []string) error {
		cfg, err := p.load(cmd)
		if err != nil {
			return err
		}
		if !cfg.DatabaseDirect.DSN.Empty() {
			cfg.Database = cfg.DatabaseDirect
		}
		fmt.Fprintln(p.err, means(cfg))
		db, err := app.OpenStore(cmd.Context(), cfg, slog.New(slog.NewTextHandler(p.err, nil)))
		if err != nil {
			return err
		}
		defer db.Close()
		return f(cmd, db)
	}
}
