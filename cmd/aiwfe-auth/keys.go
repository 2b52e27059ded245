package main

import (
	"github.com/spf13/cobra"

	"github.com/aiwfe/aiwfe-auth/internal/app"
)

func (p *program) keys() *cobra.Command {
	adopt := &cobra.Command{
		Use: "adopt", Short: "Take the present DATA_ENCRYPTION_KEY as the one of this database, when the one before is lost", Args: flagsOnly,
		Long: "For when the key with which this database was written is lost for good. What it sealed stays closed:\n" +
			"people with an authenticator app use a backup code or have their second factor removed, and set it up again.\n" +
			"While the earlier key is still known, put it into DATA_ENCRYPTION_PREVIOUS_KEYS instead.",
		RunE: p.with(func(cmd *cobra.Command, core *app.Core, _ []string) error {
			if err := app.AdoptKey(cmd.Context(), core); err != nil {
				return err
			}
			return p.print(map[string]bool{"adopted": true}, line("The present DATA_ENCRYPTION_KEY is the one of this database now."))
		}),
	}
	return group("keys", "Keys of this installation", p.keysList(), p.keysRotate(), p.keysRetire(), adopt)
}
