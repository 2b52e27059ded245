package main

import (
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/app"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

// userRow is an account as the command line shows it.
type userRow struct {
	ID         string    `json:"id"`
	Email      string    `json:"email"`
	Name       string    `json:"name"`
	Role       string    `json:"role"`
	Status     string    `json:"status"`
	IsActive   bool      `json:"is_active"`
	IsVerified bool      `json:"is_verified"`
	CreatedAt  time.Time `json:"created_at"`
	// SecondFactor says whether one is asked at login.
	SecondFactor bool `json:"second_factor"`
	// LockedBy is who locked it: "owner" by "this was not me"; empty else.
	LockedBy string `json:"locked_by"`
	// SignIn says whether the account may sign in, or why not. List and show look
	// at the attempts too, and say "limited".
	SignIn string `json:"sign_in"`
	Link   string `json:"link,omitempty"`
}

func row(u account.User) userRow {
	return userRow{
		ID: string(u.ID), Email: u.Email, Name: u.Name, Role: u.Role, Status: u.Status,
		IsActive: u.Active, IsVerified: u.Verified, CreatedAt: u.CreatedAt.UTC(),
		SecondFactor: u.SecondFactor, LockedBy: u.LockedBy, SignIn: app.MaySignIn(&u),
	}
}

// limitedRow also tells of attempts that are used up, at one gate or the other.
func limitedRow(u account.User, l login.Limited) userRow {
	r := row(u)
	if r.SignIn == "yes" && l.Any() {
		r.SignIn = "limited"
	}
	return r
}

func (p *program) user() *cobra.Command {
	return group("user", "Make, list and put right accounts; works with the server up or down",
		p.userCreate(), p.userList(), p.userShow(), p.userSetRole(), p.userStatus("disable", account.StatusDisabled),
		p.userStatus("enable", account.StatusActive), p.userUnlock(), p.userReset(), p.userResetFactors(), p.userRepair(), p.userDelete())
}

// byEmail adds the flag that names an account in every verb.
func byEmail(cmd *cobra.Command) *string {
	email := cmd.Flags().String("email", "", "the account's address")
	_ = cmd.MarkFlagRequired("email")
	return email
}

func (p *program) userCreate() *cobra.Command {
	cmd := &cobra.Command{
		Use: "create", Short: "Make an account, with a password or by an invitation link", Args: flagsOnly,
		Example: "  aiwfe-auth user create --email you@example.com --role admin\n" +
			"  aiwfe-auth user create --email you@example.com --invite\n" +
			"  printf %s \"$PASSWORD\" | aiwfe-auth user create --email you@example.com --password-stdin",
	}
	email := byEmail(cmd)
	name := cmd.Flags().String("name", "", "the person's name")
	role := oneOf(cmd, "role", account.RoleUser, "user or admin", account.RoleUser, account.RoleAdmin)
	stdin := cmd.Flags().Bool("password-stdin", false, "read the password from standard input")
	invite := cmd.Flags().Bool("invite", false, "set no password; print a link by which the person sets one")
	cmd.PreRunE = notBoth("password-stdin", "invite")
	cmd.RunE = p.with(func(cmd *cobra.Command, core *app.Core, _ []string) error {
		who := login.Invitee{Email: *email, Name: *name, Role: *role}
		if *invite {
			u, token, err := core.Login.Invite(cmd.Context(), login.Host(), who)
			if err != nil {
				return err
			}
			r := row(u)
			r.Link = app.Issuer(core.Config) + login.LinkPath(login.LinkInvite, token)
			return p.print(r, func(w io.Writer) {
				fmt.Fprintf(w, "%s %s was invited. The link works once, for 7 days:\n%s\n", u.Role, u.Email, r.Link)
			})
		}
		if _, err := account.Canonical(*email); err != nil {
			return err // before anybody types a password twice
		}
		least, factor := core.Login.LeastPassword(*role)
		rule := fmt.Sprintf("The password has at least %d characters.", least)
		if factor {
			rule = fmt.Sprintf("The password has at least %d characters; beside it a second factor is set up at the first sign-in.", least)
		}
		text, err := p.password(*stdin, rule, func(text string) error { return core.Login.RefusePassword(who, text) })
		if err != nil {
			return err
		}
		u, err := core.Login.CreateWithPassword(cmd.Context(), login.Host(), who, text)
		if err != nil {
			return err
		}
		return p.print(row(u), line(fmt.Sprintf("%s %s was created with id %s", u.Role, u.Email, u.ID)))
	})
	return cmd
}

func (p *program) userList() *cobra.Command {
	cmd := &cobra.Command{Use: "list", Short: "List accounts", Args: flagsOnly}
	search := cmd.Flags().String("search", "", "part of an address or a name")
	role := oneOf(cmd, "role", "", "user or admin", account.RoleUser, account.RoleAdmin)
	status := oneOf(cmd, "status", "", "active, pending, disabled or locked",
		account.StatusActive, account.StatusPending, account.StatusDisabled, account.StatusLocked)
	most := limit(cmd, 100)
	cmd.RunE = p.with(func(cmd *cobra.Command, core *app.Core, _ []string) error {
		users, err := core.Login.List(cmd.Context(), login.UserQuery{Search: *search, Role: *role, Status: *status, Limit: *most + 1})
		if err != nil {
			return err
		}
		if len(users) > *most {
			users = users[:*most]
			fmt.Fprintf(p.err, "note: there are more than these %d; see them with --limit or --search\n", *most)
		}
		limits, err := core.Login.Limits(cmd.Context(), users...)
		if err != nil {
			return err
		}
		rows := make([]userRow, 0, len(users))
		for i, u := range users {
			rows = append(rows, limitedRow(u, limits[i]))
		}
		return p.print(list{rows}, func(w io.Writer) {
			for _, r := range rows {
				factor := "-"
				if r.SecondFactor {
					factor = "2fa"
				}
				fmt.Fprintf(w, "%-6s %-40s %-6s %-9s %-3s sign-in: %s\n", r.ID, r.Email, r.Role, r.Status, factor, r.SignIn)
			}
			if len(rows) == 0 {
				fmt.Fprintln(w, "no accounts")
			}
		})
	})
	return cmd
}

// onUser makes a verb that works on one account.
func (p *program) onUser(use, short string, f func(*cobra.Command, *app.Core, account.User) error) *cobra.Command {
	cmd := &cobra.Command{Use: use, Short: short, Args: flagsOnly}
	email := byEmail(cmd)
	cmd.RunE = p.with(func(cmd *cobra.Command, core *app.Core, _ []string) error {
		u, err := core.Login.FindByEmail(cmd.Context(), *email)
		if err != nil {
			return err
		}
		return f(cmd, core, u)
	})
	return cmd
}

func (p *program) userSetRole() *cobra.Command {
	var role *string
	cmd := p.onUser("set-role", "Make somebody a user or an administrator", func(cmd *cobra.Command, core *app.Core, u account.User) error {
		u, err := core.Login.Edit(cmd.Context(), login.Host(), u.ID, login.Edit{Role: role})
		if err != nil {
			return err
		}
		return p.print(row(u), line(u.Email+" is "+u.Role+" now"))
	})
	role = oneOf(cmd, "role", "", "user or admin", account.RoleUser, account.RoleAdmin)
	_ = cmd.MarkFlagRequired("role")
	return cmd
}

func (p *program) userStatus(verb, status string) *cobra.Command {
	short := map[string]string{"disable": "Shut an account; its sessions end at once", "enable": "Open a disabled account again"}[verb]
	return p.onUser(verb, short, func(cmd *cobra.Command, core *app.Core, u account.User) error {
		u, err := core.Login.Edit(cmd.Context(), login.Host(), u.ID, login.Edit{Status: &status})
		if err != nil {
			return err
		}
		return p.print(row(u), line(u.Email+" is "+u.Status+" now"))
	})
}

func (p *program) userUnlock() *cobra.Command {
	return p.onUser("unlock", "Forget failed attempts, at the password and at the second factor, and open a locked account",
		func(cmd *cobra.Command, core *app.Core, u account.User) error {
			u, err := core.Login.Unlock(cmd.Context(), login.Host(), u.ID)
			if err != nil {
				return err
			}
			said := u.Email + " may try again; status " + u.Status
			if u.Status == account.StatusPending {
				said = u.Email + " is pending: nobody proved the address yet. Its owner opens the link in the mail, or one of: aiwfe-auth user reset-password --email " + u.Email
			}
			return p.print(row(u), line(said))
		})
}

func (p *program) userReset() *cobra.Command {
	return p.onUser("reset-password", "Print a one-time link by which the owner sets a new password",
		func(cmd *cobra.Command, core *app.Core, u account.User) error {
			kind, token, err := core.Login.IssueReset(cmd.Context(), login.Host(), u.ID)
			if err != nil {
				return err
			}
			life := "an hour"
			if kind == login.LinkInvite {
				life = "7 days, since the account was never opened"
			}
			fmt.Fprintf(p.err, "The link works once, for %s:\n", life)
			link := app.Issuer(core.Config) + login.LinkPath(kind, token)
			return p.print(map[string]string{"email": u.Email, "link": link}, line(link))
		})
}

// userResetFactors is for somebody who lost phone, keys and backup codes alike.
func (p *program) userResetFactors() *cobra.Command {
	return p.onUser("reset-factors", "Take all second factors and backup codes of an account away; its sessions end",
		func(cmd *cobra.Command, core *app.Core, u account.User) error {
			if err := core.Login.ResetFactors(cmd.Context(), login.Host(), u.ID); err != nil {
				return err
			}
			u, err := core.Login.Find(cmd.Context(), u.ID)
			if err != nil {
				return err
			}
			what, err := core.Login.Security(cmd.Context(), &u)
			if err != nil {
				return err
			}
			next := "signs in by the password alone now"
			if what.Demanded {
				next = "sets up a new one at the next sign-in"
			}
			return p.print(row(u), line(u.Email+" has no second factor any more and "+next))
		})
}

func (p *program) userDelete() *cobra.Command {
	var yes *bool
	cmd := p.onUser("delete", "Delete an account for ever; the audit stays", func(cmd *cobra.Command, core *app.Core, u account.User) error {
		if err := p.confirm(*yes, "Deleting "+u.Email+" cannot be taken back."); err != nil {
			return err
		}
		if err := core.Login.Delete(cmd.Context(), login.Host(), u.ID); err != nil {
			return err
		}
		return p.print(map[string]string{"deleted": u.Email}, line(u.Email+" was deleted"))
	})
	yes = cmd.Flags().Bool("yes", false, "do not ask")
	return cmd
}
