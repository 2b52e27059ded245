package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/spf13/cobra"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/app"
	"github.com/aiwfe/aiwfe-auth/internal/upkeep"
)

func (p *program) maintenance() *cobra.Command {
	return group("maintenance", "Do what is to be done each day, week and month, and report on it",
		p.maintain(api.MaintenanceDaily, "Look at sign-ins, pools, certificates, the audit, backups and the disk"),
		p.maintain(api.MaintenanceWeekly, "Look at trends, growth, keys that are due, the age of the program, and accounts that nobody uses"),
		p.maintain(api.MaintenanceMonthly, "Audit the security, hold the month against its targets, and rehearse a recovery"),
		p.maintenanceReport(),
	)
}

func (p *program) maintain(kind, short string) *cobra.Command {
	cmd := &cobra.Command{
		Use: kind, Short: short + "; exit 1 when something is to be done", Args: flagsOnly,
		Long: short + ".\nIt works whether the server runs or not, and tells first what is to be done, with the command for it.\n" +
			"A server does the same by itself, see MAINTENANCE_SCHEDULE.",
		Example: "  aiwfe-auth maintenance " + kind + "\n  aiwfe-auth maintenance " + kind + " --json --mail",
	}
	byMail := cmd.Flags().Bool("mail", false, "send the report to MAINTENANCE_MAIL too")
	cmd.PreRunE = func(cmd *cobra.Command, _ []string) error {
		if !*byMail {
			return nil
		}
		if cfg, err := p.load(cmd); err == nil && cfg.MaintenanceMail == "" {
			return errors.New("--mail needs MAINTENANCE_MAIL, the address that gets the report")
		}
		return nil
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		cfg, err := p.load(cmd)
		if err != nil {
			return err
		}
		chores := app.Chores{Config: cfg, Log: slog.New(slog.NewTextHandler(p.err, &slog.HandlerOptions{Level: slog.LevelWarn})), Begun: p.choreProgress()}
		chores.Core, chores.Away = p.core(cmd)
		if chores.Core != nil {
			defer chores.Core.Close()
		}
		report, err := chores.Do(cmd.Context(), kind)
		if err != nil {
			return err
		}
		return p.reported(cmd, chores, report, *byMail)
	}
	return cmd
}

func (p *program) reported(cmd *cobra.Command, chores app.Chores, report api.MaintenanceReport, byMail bool) error {
	if err := p.print(report, func(w io.Writer) { upkeep.Write(w, report) }); err != nil {
		return err
	}
	if byMail {
		if err := chores.Send(cmd.Context(), report); err != nil {
			return err
		}
	}
	if !report.Well {
		return errQuiet
	}
	return nil
}

// choreProgress tells at a terminal what is being done, once it takes long.
func (p *program) choreProgress() func(string) {
	if !onTerminal(p.err) {
		return nil
	}
	began := time.Now()
	return func(title string) {
		if time.Since(began) > 2*time.Second {
			fmt.Fprintf(p.err, "… %s\n", title)
		}
	}
}

func (p *program) maintenanceReport() *cobra.Command {
	cmd := &cobra.Command{
		Use: "report", Short: "Show the last reports; exit 1 when something of them is to be done", Args: flagsOnly,
		Example: "  aiwfe-auth maintenance report --kind daily",
	}
	kind := oneOf(cmd, "kind", "", "daily, weekly or monthly", api.MaintenanceKinds...)
	cmd.RunE = p.with(func(cmd *cobra.Command, core *app.Core, _ []string) error {
		all, err := core.Store.UpkeepReports(cmd.Context())
		if err != nil {
			return err
		}
		shown, well := []api.MaintenanceReport{}, true
		for _, r := range all {
			if *kind == "" || r.Kind == *kind {
				shown = append(shown, r)
				well = well && r.Well
			}
		}
		if err := p.print(list{shown}, func(w io.Writer) { tellReports(w, shown) }); err != nil {
			return err
		}
		if !well {
			return errQuiet
		}
		return nil
	})
	return cmd
}

func tellReports(w io.Writer, shown []api.MaintenanceReport) {
	for i, r := range shown {
		if i > 0 {
			fmt.Fprintln(w)
		}
		upkeep.Write(w, r)
	}
	if len(shown) == 0 {
		fmt.Fprintln(w, "no maintenance was done yet; to do it now: aiwfe-auth maintenance daily")
	}
}
