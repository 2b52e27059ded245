package main

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/app"
	"github.com/aiwfe/aiwfe-auth/internal/policy"
)

func (p *program) policyCheck() *cobra.Command {
	var q api.PolicyQuestion
	cmd := &cobra.Command{
		Use: "check", Short: "Tell whether a person may reach an address, by which rule, and what it takes", Args: flagsOnly,
		Long: "Asks the rules in force as the server does: for the account as it is now, in each way in which it can sign in, or\n" +
			"for one session or token of it. Without --user, or with --user -, it asks for a stranger. Works with the server up\n" +
			"or down.\n\nExits 0 when the person gets in, if need be after a sign-in that is named; 1 when not; 2 when the address\n" +
			"cannot be read, or can be read in two ways.",
		Example: "  aiwfe-auth policy check --user ada@example.com --url https://app.example.com/admin/x\n" +
			"  aiwfe-auth policy check --url https://app.example.com/ --method POST\n" +
			"  aiwfe-auth policy check --user ada@example.com --session ses_4kq2v7m5xw3ynbtd --url https://app.example.com/",
		PreRunE: func(*cobra.Command, []string) (err error) {
			if q.Session != "" && app.Stranger(q.User) {
				return errors.New("--session is one of an account: name it by --user")
			}
			if q.URL != "" { // cobra says that it is missing
				_, err = policy.Target(q.URL, q.Method)
			}
			return err
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			if app.Stranger(q.User) {
				cfg, err := p.load(cmd)
				if err != nil {
					return err
				}
				return p.decided(app.CheckStranger(cfg, q))
			}
			return p.with(func(cmd *cobra.Command, core *app.Core, _ []string) error {
				return p.decided(core.CheckPolicy(cmd.Context(), q))
			})(cmd, nil)
		},
	}
	f := cmd.Flags()
	f.StringVar(&q.User, "user", "", "the account's address; - or none is a stranger")
	f.StringVar(&q.URL, "url", "", "the address that is asked for, as it is sent")
	f.StringVar(&q.Method, "method", "GET", "the method")
	f.StringVar(&q.Session, "session", "", "one session or token of the account, from session list, as it is now")
	_ = cmd.MarkFlagRequired("url")
	return cmd
}
