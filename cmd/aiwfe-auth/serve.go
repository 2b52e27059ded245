package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/aiwfe/aiwfe-auth/internal/app"
	"github.com/aiwfe/aiwfe-auth/internal/config"
)

func (p *program) serve() *cobra.Command {
	cmd := &cobra.Command{
		Use: "serve", Short: "Run the server", Args: flagsOnly,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := p.load(cmd)
			if err != nil {
				return err
			}
			log, stop := app.NewServerLog(p.err, cfg)
			defer stop()
			server, err := app.NewServer(cmd.Context(), cfg, log)
			if err != nil {
				return err
			}
			server.OnReload(func() (*config.Config, error) { return p.load(cmd) })
			return server.Run(cmd.Context(), p.out)
		},
	}
	cmd.SetUsageTemplate(cmd.UsageTemplate() + settingsHelp())
	return cmd
}

// settingsHelp lists the flags that are settings. The server is what they are
// for; the other verbs take them as well, and do not list them.
func settingsHelp() string {
	var b strings.Builder
	b.WriteString("\nSettings (each also a variable, and a key of the file of --config; explained by: aiwfe-auth config init):\n")
	for _, f := range config.Flags() {
		fmt.Fprintf(&b, "      --%-36s %s\n", f.Name, f.Variable)
	}
	return b.String()
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
