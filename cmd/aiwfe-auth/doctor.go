package main

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/app"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
)

func (p *program) doctor() *cobra.Command {
	var verbose bool
	var bundle *string
	var prove *bool
	cmd := &cobra.Command{
		Use: "doctor", Short: "Find out why people cannot sign in: cause, evidence and remedy; exit 1 if there is one",
		Args: flagsOnly,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, problem := p.load(cmd)
			if *prove {
				return p.proved(cmd, cfg)
			}
			d := app.Examine(cmd.Context(), cfg, problem)
			if err := p.bundled(cmd, cfg, d, *bundle); err != nil {
				return err
			}
			return p.diagnosed(d, verbose)
		},
	}
	cmd.Flags().BoolVar(&verbose, "verbose", false, "list every check too")
	bundle, prove = bundleFlag(cmd), proveFlag(cmd)
	return cmd
}

// diagnosed prints a diagnosis; a cause that was found is exit code 1.
func (p *program) diagnosed(d api.Diagnosis, verbose bool) error {
	err := p.print(d, func(w io.Writer) {
		doctor.Write(w, d)
		if verbose {
			doctor.WriteChecks(w, d)
		}
	})
	if err == nil && !d.Healthy {
		err = errQuiet
	}
	return err
}
