package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/app"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/httpapi"
)

func (p *program) audit() *cobra.Command {
	cmd := &cobra.Command{
		Use: "list", Short: "List decisions, newest first, with their private reasons", Args: flagsOnly,
		Example: "  aiwfe-auth audit list --request-id 3k5v...\n  aiwfe-auth audit list --email you@example.com --since 1h",
	}
	f := cmd.Flags()
	events := make([]string, 0, len(audit.Events))
	for _, e := range audit.Events {
		events = append(events, string(e))
	}
	event := oneOf(cmd, "event", "", "such as login", events...)
	email := f.String("email", "", "the address, in any case")
	user := f.String("user-id", "", "the account's id")
	ip := f.String("ip", "", "the client's address")
	request := f.String("request-id", "", "the X-Request-ID of an answer")
	outcome := oneOf(cmd, "outcome", "", "success or refused", audit.Success, audit.Refused)
	since := f.Duration("since", 0, "only the last so long, such as 1h")
	most := limit(cmd, 50)
	cmd.RunE = p.with(func(cmd *cobra.Command, core *app.Core, _ []string) error {
		q := audit.Query{
			Event: audit.Event(*event), User: account.ID(*user), IP: *ip, RequestID: *request, Outcome: *outcome, Limit: *most,
		}
		if *since > 0 {
			q.Since = time.Now().Add(-*since)
		}
		rows, err := auditRows(cmd.Context(), core, q, *email)
		if err != nil {
			return err
		}
		none := ""
		if len(rows) == 0 {
			if none, err = noRows(cmd, core); err != nil {
				return err
			}
		}
		return p.print(list{httpapi.AuditRows(rows)}, func(w io.Writer) {
			for _, r := range rows {
				fmt.Fprintf(w, "%s  %-16s %-8s %-22s %-28s %-16s %s", when(r.At), r.Event, r.Outcome, r.Reason, who(r), r.Client.IP, r.Client.RequestID)
				if r.Count > 1 {
					fmt.Fprintf(w, "  x%d", r.Count)
				}
				fmt.Fprintln(w)
			}
			if none != "" {
				fmt.Fprintln(w, none)
			}
		})
	})
	return group("audit", "Read, verify and export the audit",
		cmd, p.auditVerify(), p.auditCheckpoint(), p.auditKey(), p.auditExport(), p.auditSinks(), p.auditRestart())
}

// noRows says what was asked for and how far back there is anything: nothing
// found is an answer only to whoever knows the question.
func noRows(cmd *cobra.Command, core *app.Core) (string, error) {
	var asked []string
	cmd.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
		if f.Changed && f.Name != "limit" {
			asked = append(asked, fmt.Sprintf("--%s %q", f.Name, f.Value.String()))
		}
	})
	oldest, ok, err := core.Store.OldestAudit(cmd.Context())
	switch {
	case err != nil:
		return "", err
	case !ok:
		return "no rows: the audit of this database is empty", nil
	case len(asked) == 0:
		return "no rows", nil
	}
	said := "no rows for " + strings.Join(asked, " ") + "; the oldest row kept is of " + when(oldest)
	if slices.ContainsFunc(asked, func(a string) bool { return strings.HasPrefix(a, "--request-id") }) {
		said += ".\nEqual refusals of a minute share one row, which has the first id: aiwfe-auth explain tells of each, for 7 days; or use --email or --event request_refused"
	}
	return said, nil
}

// auditRows asks for the rows of an address in two ways: a row about an account
// names its id, one about a guess or a new account the address, some both.
func auditRows(ctx context.Context, core *app.Core, q audit.Query, email string) ([]audit.Row, error) {
	if email == "" {
		return core.Store.AuditRows(ctx, q)
	}
	address, err := account.Canonical(email)
	if err != nil {
		return nil, err
	}
	byAddress := q
	byAddress.Address = address
	rows, err := core.Store.AuditRows(ctx, byAddress)
	if err != nil || q.User != "" {
		return rows, err
	}
	user, ok, err := core.Store.UserByEmail(ctx, address)
	if err != nil || !ok {
		return rows, err
	}
	q.User = user.ID
	more, err := core.Store.AuditRows(ctx, q)
	rows = append(rows, more...)
	slices.SortFunc(rows, func(a, b audit.Row) int { return cmp.Compare(b.ID, a.ID) })
	rows = slices.CompactFunc(rows, func(a, b audit.Row) bool { return a.ID == b.ID })
	return rows[:min(len(rows), q.Limit)], err
}

func who(r audit.Row) string {
	if r.Address != "" {
		return r.Address
	}
	if r.User != "" {
		return "user " + string(r.User)
	}
	return "-"
}
