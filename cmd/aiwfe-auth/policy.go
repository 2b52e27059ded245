package main

import (
	"cmp"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/app"
)

func (p *program) policy() *cobra.Command {
	return group("policy", "Show the rules for applications, and try whether a person may reach a place", p.policyShow(), p.policyCheck())
}

// policyRules is the answer of policy show.
type policyRules struct {
	// File is POLICY_FILE, empty where the default holds.
	File  string           `json:"file"`
	Rules []api.PolicyRule `json:"rules"`
}

func (p *program) policyShow() *cobra.Command {
	return &cobra.Command{
		Use: "show", Short: "List the rules in force, in the order in which they decide", Args: flagsOnly,
		Long: "Lists the rules of POLICY_FILE with their lines, or the default that holds without one. The first rule that is\n" +
			"about a place decides; what no rule is about is closed. Needs no server and no database.",
		Example: "  aiwfe-auth policy show\n  aiwfe-auth policy show --policy-file new.yaml",
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := p.load(cmd)
			if err != nil {
				return err
			}
			out := policyRules{File: cfg.PolicyFile, Rules: app.RulesTold(cfg)}
			return p.print(out, out.tell)
		},
	}
}

func (o policyRules) tell(w io.Writer) {
	fmt.Fprintln(w, cmp.Or(o.File, "POLICY_FILE is not set; this is the default:"))
	for _, r := range o.Rules {
		place := ""
		if r.Line > 0 {
			place = fmt.Sprintf("line %d: ", r.Line)
		}
		fmt.Fprintf(w, "%s%s\n    %s\n    for %s\n", place, r.Name, r.Where, r.Wants)
	}
	fmt.Fprintln(w, "Whatever none of them is about is closed.")
}
