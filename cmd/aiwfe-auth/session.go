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

// sessionRow is a session as the command line shows it.
type sessionRow struct {
	ID         string    `json:"id"`
	Kind       string    `json:"kind"`
	Device     string    `json:"device"`
	IP         string    `json:"ip"`
	CreatedAt  time.Time `json:"created_at"`
	LastSeenAt time.Time `json:"last_seen_at"`
	ExpiresAt  time.Time `json:"expires_at"`
}

func (p *program) session() *cobra.Command {
	show := p.onUser("list", "List an account's live sessions", func(cmd *cobra.Command, core *app.Core, u account.User) error {
		all, err := core.Login.Sessions(cmd.Context(), u.ID)
		if err != nil {
			return err
		}
		rows := make([]sessionRow, 0, len(all))
		for _, s := range all {
			rows = append(rows, sessionRow{s.ID, s.Kind, s.DeviceName, s.IP, s.CreatedAt.UTC(), s.SeenAt.UTC(), s.ExpiresAt.UTC()})
		}
		return p.print(list{rows}, func(w io.Writer) {
			for _, r := range rows {
				fmt.Fprintf(w, "%-31s %-8s %-24s %-16s last seen %s\n", r.ID, r.Kind, r.Device, r.IP, when(r.LastSeenAt))
			}
			if len(rows) == 0 {
				fmt.Fprintln(w, "no live sessions")
			}
		})
	})
	var id *string
	var all *bool
	end := p.onUser("revoke", "End one session of an account, or all of them; it holds on every node at once",
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
	id = end.Flags().String("id", "", "the session's id, from session list")
	all = end.Flags().Bool("all", false, "all sessions of the account")
	end.PreRunE = either("id", "all")
	return group("session", "List and end sessions", show, end)
}
