package main

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/aiwfe/aiwfe-auth/internal/app"
)

func (p *program) auditRestart() *cobra.Command {
	cmd := &cobra.Command{
		Use: "restart", Short: "Begin the chain of the audit anew, with all rows as they stand", Args: flagsOnly,
		Long: "For after a break that was looked into, and for when the key that sealed the chain is lost. What was proven of\n" +
			"the rows until now is given up; export them and keep a checkpoint before. Stop all servers first.",
		Example: "  aiwfe-auth audit restart --reason 'row 17 was deleted by hand, ticket 4711'",
	}
	reason := cmd.Flags().String("reason", "", "why, which is written into the audit")
	yes := cmd.Flags().Bool("yes", false, "do not ask")
	cmd.RunE = p.with(func(cmd *cobra.Command, core *app.Core, _ []string) error {
		if strings.TrimSpace(*reason) == "" {
			return errors.New("say why by --reason: whoever reads the audit later wants to know")
		}
		if err := p.confirm(*yes, "What is proven of the rows of the audit until now is given up."); err != nil {
			return err
		}
		if err := core.RestartAudit(cmd.Context(), *reason); err != nil {
			return err
		}
		return p.print(map[string]bool{"restarted": true}, line("The chain of the audit begins anew with the rows as they stand."))
	})
	return cmd
}
