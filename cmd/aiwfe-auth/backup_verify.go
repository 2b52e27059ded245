package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/aiwfe/aiwfe-auth/internal/app"
)

func (p *program) backupVerify() *cobra.Command {
	var k keyFlags
	var as app.VerifyAs
	cmd := &cobra.Command{
		Use: "verify FILE", Short: "Restore a backup where nobody is, compare every row, and sign somebody in there", Args: oneFile,
		Long: "Restores into a scratch database, which is an SQLite file beside DATA_DIR or, with --in-database, a schema of its own in\n" +
			"the PostgreSQL database of DATABASE_URL, and takes it away again. Nothing else is written. Servers may run meanwhile.",
		Example: "  aiwfe-auth backup verify --identity backup-key.txt today.backup",
	}
	k.addOpening(cmd)
	cmd.Flags().BoolVar(&as.InDatabase, "in-database", false, "use a schema of its own in the PostgreSQL database of DATABASE_URL")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		cfg, err := p.load(cmd)
		if err != nil {
			return err
		}
		as.Path = args[0]
		if as.Unlock, err = k.unlock(p, cfg); err != nil {
			return err
		}
		// As every flag of a setting: whoever names a database means that one.
		as.InDatabase = as.InDatabase || cmd.Flags().Changed("database-url")
		show := p.meter()
		as.Read = show.rows
		rep, err := app.VerifyBackup(cmd.Context(), cfg, p.warnings(), as)
		show.end()
		if err != nil {
			return err
		}
		if err := p.print(rep, func(w io.Writer) { writeVerified(w, rep) }); err != nil {
			return err
		}
		if !rep.OK {
			return errQuiet
		}
		return nil
	}
	return cmd
}

func writeVerified(w io.Writer, rep app.VerifyReport) {
	for _, s := range rep.Steps {
		mark := "ok  "
		if !s.OK {
			mark = "FAIL"
		}
		fmt.Fprintf(w, "%s %6.1f s  %s: %s\n", mark, s.Seconds, s.Name, s.Text)
	}
	if rep.OK {
		fmt.Fprintf(w, "%s of %s can be restored; tried in %.1f s\n", rep.ID, when(rep.MadeAt), rep.Seconds)
	} else {
		fmt.Fprintf(w, "%s of %s cannot be relied on\n", rep.ID, when(rep.MadeAt))
	}
}
