package main

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/aiwfe/aiwfe-auth/internal/app"
)

func (p *program) serve() *cobra.Command {
	return &cobra.Command{
		Use: "serve", Short: "Run the server", Args: flagsOnly,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := p.load(cmd)
			if err != nil {
				return err
			}
			server, err := app.NewServer(cmd.Context(), cfg, app.NewLog(p.err, cfg))
			if err != nil {
				return err
			}
			return server.Run(cmd.Context(), p.out)
		},
	}
}

func (p *program) setupLink() *cobra.Command {
	return &cobra.Command{
		Use: "setup-link", Short: "Print the one-time link that makes the first administrator", Args: flagsOnly,
		RunE: p.with(func(cmd *cobra.Command, core *app.Core, _ []string) error {
			link, err := core.SetupLink(cmd.Context())
			if err != nil {
				return err
			}
			if link == "" {
				return errors.New("there has been an administrator already, so there is no set-up link.\n" +
					"  To make another: aiwfe-auth user create --email EMAIL --role admin")
			}
			return p.print(map[string]string{"link": link}, line(link))
		}),
	}
}
