package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/spf13/cobra"

	"github.com/aiwfe/aiwfe-auth/internal/app"
	"github.com/aiwfe/aiwfe-auth/internal/backup"
)

func (p *program) backupRestore() *cobra.Command {
	var k keyFlags
	var as app.RestoreAs
	var yes bool
	cmd := &cobra.Command{
		Use: "restore FILE", Short: "Bring a backup back into an empty database, or in the place of what is there", Args: oneFile,
		Long: "Brings back everything, on SQLite or PostgreSQL, whichever it was made on. No server may run on the database.\n\n" +
			"Nobody knows what was revoked since the backup was made. So everybody is signed out: sessions, refresh tokens, personal\n" +
			"tokens, trust in devices, pending sign-ins and links end, and tokens of the old form from before are refused.\n" +
			"--keep-sessions leaves sessions, tokens and trust as the backup has them, those revoked since then included.\n" +
			"With --replace, backup codes used since stay used, and accounts disabled or locked since stay so, unless --undo is given.\n" +
			"It is all or nothing: after an interruption the same command begins anew, or finishes.",
		Example: "  aiwfe-auth backup restore --identity backup-key.txt today.backup\n" +
			"  DATABASE_URL=postgres://... aiwfe-auth backup restore --replace --passphrase-file passphrase.txt today.backup",
	}
	k.addOpening(cmd)
	cmd.Flags().BoolVar(&as.Replace, "replace", false, "take away what the database holds")
	cmd.Flags().BoolVar(&as.Undo, "undo", false, "with --replace: take nothing over from what is replaced, to undo a mistake in it")
	cmd.Flags().BoolVar(&as.KeepSessions, "keep-sessions", false, "let everybody stay signed in who was so then")
	cmd.Flags().BoolVar(&as.OtherKeys, "other-keys", false, "go on though DATA_ENCRYPTION_KEY is not the key of the backup")
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if as.Undo && !as.Replace {
			return errors.New("--undo belongs to --replace")
		}
		cfg, err := p.settings(cmd)
		if err != nil {
			return err
		}
		as.Path = args[0]
		if as.Unlock, err = k.unlock(p, cfg); err != nil {
			return err
		}
		if as.Replace {
			if err := p.confirm(yes, "Everything that the database "+cfg.Database.Masked+" holds will be taken away."); err != nil {
				return err
			}
		}
		show := p.meter()
		as.Read = show.rows
		rep, err := app.Restore(cmd.Context(), cfg, p.warnings(), as)
		show.end()
		for _, text := range rep.Warnings {
			fmt.Fprintln(p.err, "warning: "+text)
		}
		if err != nil {
			return err
		}
		return p.printRestored(rep)
	}
	return cmd
}

func (p *program) warnings() *slog.Logger {
	return slog.New(slog.NewTextHandler(p.err, &slog.HandlerOptions{Level: slog.LevelWarn}))
}

func oneFile(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("%s needs the file of one backup", cmd.CommandPath())
	}
	return nil
}

// restoredRow is a restore as the command line shows it.
type restoredRow struct {
	backup.Header
	Rows     int64    `json:"rows"`
	Ended    int64    `json:"sessions_ended"`
	Codes    int64    `json:"codes_stay_used"`
	Shut     int64    `json:"accounts_stay_shut"`
	KeyFiles []string `json:"key_files"`
	Finished bool     `json:"was_restored_before"`
	Warnings []string `json:"warnings"`
	Seconds  float64  `json:"seconds"`
}

func (p *program) printRestored(r app.RestoreReport) error {
	row := restoredRow{
		r.Header, r.Rows, r.Ended, r.Carried.Codes, r.Carried.Shut, append([]string{}, r.KeyFiles...), r.Finished,
		append([]string{}, r.Warnings...), r.Seconds,
	}
	return p.print(row, func(w io.Writer) {
		if r.Finished {
			fmt.Fprintf(w, "%s was restored here before, and nothing was done since; now everything is finished\n", r.ID)
			return
		}
		fmt.Fprintf(w, "%s of %s: %d rows were restored in %.1f s\n", r.ID, when(r.MadeAt), r.Rows, r.Seconds)
		fmt.Fprintf(w, "%d sessions and personal tokens ended\n", r.Ended)
		if r.Carried.Codes+r.Carried.Shut > 0 {
			fmt.Fprintf(w, "%d backup codes used since stay used, %d accounts disabled or locked since stay so\n", r.Carried.Codes, r.Carried.Shut)
		}
		for _, name := range r.KeyFiles {
			fmt.Fprintf(w, "put back into DATA_DIR: %s\n", name)
		}
	})
}
