package main

import (
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/app"
	"github.com/aiwfe/aiwfe-auth/internal/policy"
)

// question is what policy check is asked.
type question struct{ user, url, method, session string }

func (p *program) policyCheck() *cobra.Command {
	var q question
	var at policy.Place
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
			if q.session != "" && stranger(q.user) {
				return errors.New("--session is one of an account: name it by --user")
			}
			if q.url != "" { // cobra says that it is missing
				at, err = policy.Target(q.url, q.method)
			}
			return err
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			if stranger(q.user) {
				cfg, err := p.load(cmd)
				if err != nil {
					return err
				}
				return p.decided(q, at, nil, app.RulesOf(cfg).Try(at, nil, time.Now()), cfg)
			}
			return p.with(func(cmd *cobra.Command, core *app.Core, _ []string) error {
				u, err := core.Login.FindByEmail(cmd.Context(), q.user)
				if err != nil {
					return err
				}
				trial, err := core.Reach(cmd.Context(), at, &u, q.session)
				if err != nil {
					return err
				}
				return p.decided(q, at, &u, trial, core.Config)
			})(cmd, nil)
		},
	}
	f := cmd.Flags()
	f.StringVar(&q.user, "user", "", "the account's address; - or none is a stranger")
	f.StringVar(&q.url, "url", "", "the address that is asked for, as it is sent")
	f.StringVar(&q.method, "method", "GET", "the method")
	f.StringVar(&q.session, "session", "", "one session or token of the account, from session list, as it is now")
	_ = cmd.MarkFlagRequired("url")
	return cmd
}

func stranger(user string) bool { return user == "" || user == "-" }

// reached is the answer of policy check.
type reached struct {
	URL    string `json:"url"`
	Host   string `json:"host"`
	Path   string `json:"path"`
	Method string `json:"method"`
	// User is null for a stranger.
	User *reacher `json:"user"`
	// Verdict is allowed, sign_in, step_up or refused; Allowed says whether there is a way in.
	Allowed bool     `json:"allowed"`
	Verdict string   `json:"verdict"`
	Reason  string   `json:"reason"`
	Detail  string   `json:"detail"`
	Rule    *ruleRow `json:"rule"`
	File    string   `json:"file"`
	Ways    []wayRow `json:"ways"`
	Notes   []string `json:"notes"`
	summary string
}

type reacher struct {
	Email  string `json:"email"`
	Role   string `json:"role"`
	Status string `json:"status"`
	SignIn string `json:"sign_in"`
}

type wayRow struct {
	Way     string `json:"way"`
	Method  string `json:"method"`
	Verdict string `json:"verdict"`
	Reason  string `json:"reason"`
	Detail  string `json:"detail"`
}

func whoReaches(u *account.User) *reacher {
	if u == nil {
		return nil
	}
	r := row(*u)
	return &reacher{r.Email, r.Role, r.Status, r.SignIn}
}
