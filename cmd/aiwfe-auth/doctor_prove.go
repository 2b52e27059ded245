package main

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/doctor/prove"
)

// proveFlag adds --prove to the doctor.
func proveFlag(cmd *cobra.Command) *bool {
	return cmd.Flags().Bool("prove", false, "break a copy of this configuration in many ways, with a database of its own, and show which faults are named")
}

// proved prints the table; a fault that is not named is exit code 1.
func (p *program) proved(cmd *cobra.Command, cfg *config.Config) error {
	report, err := prove.Run(cmd.Context(), cfg)
	if err != nil {
		return err
	}
	if err := p.print(report, func(w io.Writer) { prove.Write(w, report) }); err != nil {
		return err
	}
	if !report.Proved {
		return errQuiet
	}
	return nil
}
