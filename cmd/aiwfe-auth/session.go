package main

import (
	"cmp"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/app"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

// sessionRow is a session as the command line shows it. Name is that of a
// personal access token, which is a session of its own kind; Method is the way
// in, such as password+totp.
type sessionRow struct {
	ID         string    `json:"id"`
	Kind       string    `json:"kind"`
	Method     string    `json:"method"`
	Name       string    `json:"name"`
	Device     string    `json:"device"`
	IP         string    `json:"ip"`
	CreatedAt  time.Time `json:"created_at"`
	LastSeenAt time.Time `json:"last_seen_at"`
	ExpiresAt  time.Time `json:"expires_at"`
}

func (p *program) session() *cobra.Command {
	show := p.onUser("list", "List an account's live sessions and personal access tokens", p.sessionList)
	var id *string
	var all *bool
	end := p.onUser("revoke", "End one session or personal access token, or all sessions; it holds on every node at once",
		func(cmd *cobra.Command, core *app.Core, u account.User) error {
			n := 1
			var err error
			if *all {
				n, err = core.Login.EndOthers(cmd.Context(), login.Host(), u.ID, "")
			} else {
				err = core.Login.End(cmd.Context(), login.Host(), u.ID, *id)
			}
			if err != nil {
				return err
			}
			return p.print(map[string]int{"ended": n}, line(fmt.Sprintf("%s of %s ended", many(n, "session"), u.Email)))
		})
	id = end.Flags().String("id", "", "the id of the session or the token, from session list")
	all = end.Flags().Bool("all", false, "all sessions of the account; personal access tokens stay, each ends by its --id")
	end.PreRunE = either("id", "all")
	return group("session", "List and end sessions", show, end)
}

func (p *program) sessionList(cmd *cobra.Command, core *app.Core, u account.User) error {
	all, err := core.Login.Sessions(cmd.Context(), u.ID)
	if err != nil {
		return err
	}
	tokens, err := core.Store.ListTokens(cmd.Context(), u.ID, time.Now())
	if err != nil {
		return err
	}
	rows := make([]sessionRow, 0, len(all)+len(tokens))
	for _, s := range append(all, tokens...) {
		rows = append(rows, sessionRow{
			s.ID, s.Kind, s.Method, s.Name, s.DeviceName, s.IP, s.CreatedAt.UTC(), s.SeenAt.UTC(), s.ExpiresAt.UTC(),
		})
	}
	return p.print(list{rows}, func(w io.Writer) {
		for _, r := range rows {
			fmt.Fprintf(w, "%-31s %-8s %-17s %-24s %-16s last seen %s\n",
				r.ID, r.Kind, r.Method, cmp.Or(r.Name, r.Device), r.IP, when(r.LastSeenAt))
		}
		if len(rows) == 0 {
			fmt.Fprintln(w, "no live sessions")
		}
	})
}
