package main

import (
	"errors"
	"io"

	"github.com/spf13/cobra"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/app"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
)

func (p *program) doctor() *cobra.Command {
	var verbose, fix bool
	var out lookout
	var bundle *string
	var prove *bool
	cmd := &cobra.Command{
		Use: "doctor", Short: "Find out why people cannot sign in: cause, evidence and remedy; exit 1 if there is one",
		Example: "  aiwfe-auth doctor\n  aiwfe-auth doctor --url https://auth.example.com\n" +
			"  printf %s \"$PASSWORD\" | aiwfe-auth doctor --url https://auth.example.com --user test@example.com --password-stdin",
		Args: flagsOnly,
		PreRunE: func(cmd *cobra.Command, _ []string) error {
			if fix && (cmd.Flags().Changed("url") || *prove) {
				return errors.New("--fix mends the deployment on this machine alone, so it goes with neither --url nor --prove")
			}
			return out.check(p, cmd)
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			if out.parsed != nil {
				return p.look(cmd, &out, verbose)
			}
			cfg, problem := p.load(cmd)
			if *prove {
				return p.proved(cmd, cfg)
			}
			var mended []api.Note
			if fix {
				mended = app.Fix(cmd.Context(), cfg, problem)
				cfg, problem = p.load(cmd)
			}
			d := app.Examine(cmd.Context(), cfg, problem)
			d.Notes = append(mended, d.Notes...)
			if err := p.bundled(cmd, cfg, d, *bundle); err != nil {
				return err
			}
			return p.diagnosed(d, verbose)
		},
	}
	out.flags(cmd)
	cmd.Flags().BoolVar(&fix, "fix", false, "first mend file modes and pending migrations, and nothing else; the notes say what was done")
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
