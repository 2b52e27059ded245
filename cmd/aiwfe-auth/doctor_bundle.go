package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/app"
	"github.com/aiwfe/aiwfe-auth/internal/config"
)

// bundleFlag adds --bundle to the doctor.
func bundleFlag(cmd *cobra.Command) *string {
	return cmd.Flags().String("bundle", "", "also write a support bundle to this file (.zip): no secret, no name, no address of a person")
}

// bundled writes the bundle where one was asked for. That it was written is
// said on standard error: standard output is the diagnosis.
func (p *program) bundled(cmd *cobra.Command, cfg *config.Config, d api.Diagnosis, file string) error {
	if file == "" {
		return nil
	}
	if err := app.Bundle(cmd.Context(), cfg, d, file); err != nil {
		return err
	}
	fmt.Fprintf(p.err, "The support bundle is in %s; manifest.json in it says what it holds.\n", file)
	return nil
}

// notFromOutside refuses what needs the configuration where there is none.
func notFromOutside(cmd *cobra.Command) error {
	if !cmd.Flags().Changed("url") {
		return nil
	}
	for _, name := range []string{"bundle", "prove", "fix"} {
		if cmd.Flags().Changed(name) {
			return fmt.Errorf("--%s needs the configuration at hand: it does not go with --url", name)
		}
	}
	return nil
}
