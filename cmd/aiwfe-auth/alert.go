package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/alert"
	"github.com/aiwfe/aiwfe-auth/internal/app"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

func (p *program) alert() *cobra.Command {
	return group("alert", "See what fires, silence it, and try whether anybody would be told", p.alertList(), p.alertSilence(), p.alertUnsilence(), p.alertTest())
}

func (p *program) alertList() *cobra.Command {
	cmd := &cobra.Command{
		Use: "list", Short: "List alerts, silences and receivers; exit 1 when one fires that nobody silenced", Args: flagsOnly,
		Long: "Lists what fires, what may fire soon and what was resolved within seven days, as the running servers judged\n" +
			"it last, and the silences that count. It exits 1 when an alert fires that is not silenced.",
	}
	rules := cmd.Flags().Bool("rules", false, "list what is watched, with thresholds")
	cmd.RunE = p.with(func(cmd *cobra.Command, core *app.Core, _ []string) error {
		service, err := core.Alerts()
		if err != nil {
			return err
		}
		list, err := service.List(cmd.Context())
		if err != nil {
			return err
		}
		if err := p.print(list, func(w io.Writer) { tellAlerts(w, &list, *rules) }); err != nil {
			return err
		}
		for _, a := range list.Items {
			if a.State == string(alert.Firing) && !a.Silenced {
				return errQuiet
			}
		}
		return nil
	})
	return cmd
}

func tellAlerts(w io.Writer, list *api.AlertList, rules bool) {
	if rules {
		for _, r := range list.Rules {
			fmt.Fprintf(w, "%-20s %s\n%-20s %s; for %s\n", r.Name, r.Watches, "", r.Threshold, time.Duration(r.ForSeconds)*time.Second)
		}
		return
	}
	for i := range list.Items {
		a := &list.Items[i]
		state := a.State
		if a.Silenced {
			state += " (silenced)"
		}
		fmt.Fprintf(w, "%-8s %-20s %s since %s: %s\n", a.Severity, state, alert.Name(a), when(a.Since), a.Summary)
		if a.Cause != nil && a.State != string(alert.Resolved) {
			fmt.Fprintf(w, "         cause %s: %s. %s\n", a.Cause.Code, a.Cause.Title, a.Cause.Remedy)
			for _, c := range a.Cause.Commands {
				fmt.Fprintf(w, "           %s\n", c)
			}
		}
	}
	if len(list.Items) == 0 {
		fmt.Fprintln(w, "no alerts")
	}
	for _, s := range list.Silences {
		fmt.Fprintf(w, "silenced until %s: %s (%s, by %s), id %s\n", when(s.Until), strings.TrimSpace(s.Rule+" "+s.Label), s.Reason, s.By, s.ID)
	}
	fmt.Fprintf(w, "alerts go to: %s\n", cmp.Or(strings.Join(list.Receivers, ", "), "nobody; set ALERT_MAIL, ALERT_WEBHOOK_URL, ALERT_SLACK_URL or ALERT_SYSLOG"))
}

func (p *program) alertSilence() *cobra.Command {
	cmd := &cobra.Command{
		Use: "silence", Short: "Keep alerts of a rule from being told of, for a while", Args: flagsOnly,
		Example: "  aiwfe-auth alert silence --rule disk_space --label auth-1 --for 4h --reason 'the disk is being grown'\n" +
			"  aiwfe-auth alert silence --rule '*' --for 30m --reason 'maintenance'",
	}
	rule := cmd.Flags().String("rule", "", "a rule, from alert list --rules; * is all")
	label := cmd.Flags().String("label", "", "which of several, as alert list shows it after the rule")
	span := cmd.Flags().Duration("for", time.Hour, "for how long, at most 720h")
	reason := cmd.Flags().String("reason", "", "why; whoever looks later reads it")
	_ = cmd.MarkFlagRequired("rule")
	_ = cmd.MarkFlagRequired("reason")
	cmd.RunE = p.with(func(cmd *cobra.Command, core *app.Core, _ []string) error {
		service, err := core.Alerts()
		if err != nil {
			return err
		}
		s, err := service.Silence(cmd.Context(), host(), api.NewAlertSilence{Rule: *rule, Label: *label, Minutes: int(*span / time.Minute), Reason: *reason})
		if err != nil {
			return err
		}
		return p.print(s, line(fmt.Sprintf("%s is silenced until %s; to end it: aiwfe-auth alert unsilence --id %s",
			strings.TrimSpace(s.Rule+" "+s.Label), when(s.Until), s.ID)))
	})
	return cmd
}

func (p *program) alertUnsilence() *cobra.Command {
	cmd := &cobra.Command{Use: "unsilence", Short: "End a silence before its time", Args: flagsOnly}
	id := cmd.Flags().String("id", "", "the id of the silence, from alert list")
	_ = cmd.MarkFlagRequired("id")
	cmd.RunE = p.with(func(cmd *cobra.Command, core *app.Core, _ []string) error {
		service, err := core.Alerts()
		if err != nil {
			return err
		}
		if err := service.Unsilence(cmd.Context(), host(), *id); err != nil {
			return err
		}
		return p.print(map[string]string{"ended": *id}, line("the silence "+*id+" has ended"))
	})
	return cmd
}

// host is who decides at the command line.
func host() alert.Actor {
	a := login.Host()
	return alert.Actor{ID: a.ID, Client: a.Client}
}

func (p *program) alertTest() *cobra.Command {
	cmd := &cobra.Command{
		Use: "test", Short: "Send a test message to whoever is told of alerts, and say exactly what went wrong; exit 1 if one did not leave",
		Args: flagsOnly,
		Long: "Sends a test message at once by the ways that alerts go, with the same addresses, signature and guard, and\n" +
			"says of each receiver whether it took it, and if not, at which step it failed. No database is asked.",
		Example: "  aiwfe-auth alert test\n  aiwfe-auth alert test --to webhook",
	}
	to := cmd.Flags().String("to", "", "one of mail, webhook, slack, syslog; all that are set up if left out")
	cmd.PreRunE = func(*cobra.Command, []string) error {
		switch *to {
		case "", alert.ByMail, alert.ByWebhook, alert.BySlack, alert.BySyslog:
			return nil
		}
		return errors.New("--to must be one of: mail, webhook, slack, syslog")
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		cfg, err := p.load(cmd)
		if err != nil {
			return err
		}
		m, err := app.OpenMail(cfg, slog.New(slog.NewTextHandler(p.err, nil)))
		if err != nil {
			return err
		}
		results, err := app.TryAlerts(cmd.Context(), cfg, m, *to)
		if err != nil {
			return err
		}
		return p.tellTests(results)
	}
	return cmd
}

func (p *program) tellTests(results []api.AlertTested) error {
	failed := false
	for _, r := range results {
		failed = failed || !r.Sent
	}
	err := p.print(api.AlertTestResults{Results: results}, func(w io.Writer) {
		for _, r := range results {
			if r.Sent {
				fmt.Fprintf(w, "%s: %s took the test message\n", r.Receiver, r.To)
			} else {
				fmt.Fprintf(p.err, "%s: the test message to %s did not leave, step %s: %s\n", r.Receiver, r.To, r.Step, r.Detail)
			}
		}
	})
	if err == nil && failed {
		return errQuiet
	}
	return err
}
