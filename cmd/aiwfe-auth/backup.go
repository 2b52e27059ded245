package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/aiwfe/aiwfe-auth/internal/app"
	"github.com/aiwfe/aiwfe-auth/internal/backup"
	"github.com/aiwfe/aiwfe-auth/internal/config"
)

func (p *program) backup() *cobra.Command {
	return group("backup", "Keep the whole installation in one file, try it, and bring it back",
		p.backupCreate(), p.backupVerify(), p.backupRestore(), p.backupList(), p.backupKey())
}

func (p *program) backupCreate() *cobra.Command {
	var k keyFlags
	var recipients []string
	var plain bool
	cmd := &cobra.Command{
		Use: "create [FILE]", Short: "Make a backup while everything goes on", Args: cobra.MaximumNArgs(1),
		Long: "Writes everything that the database holds into one file, as of the moment at which it begins; servers may run and\n" +
			"write meanwhile. Without FILE it is named by the moment, in BACKUP_DIR. It is closed to --recipient or BACKUP_RECIPIENT,\n" +
			"or to the passphrase of --passphrase-stdin, --passphrase-file or BACKUP_PASSPHRASE.",
		Example: "  aiwfe-auth backup key --out backup-key.txt\n" +
			"  aiwfe-auth backup create --recipient age1... /mnt/backups/today.backup\n" +
			"  aiwfe-auth backup create --passphrase-stdin today.backup < passphrase.txt",
	}
	k.add(cmd)
	cmd.Flags().StringSliceVar(&recipients, "recipient", nil, "a public age key (age1...); may be given several times")
	cmd.Flags().BoolVar(&plain, "plain", false, "do not close it: whoever has the file then has every password hash")
	cmd.RunE = p.with(func(cmd *cobra.Command, core *app.Core, args []string) error {
		lock, err := k.lock(p, core.Config, recipients, plain)
		if err != nil {
			return err
		}
		as := app.BackupAs{Lock: lock}
		if len(args) == 1 {
			as.Path = args[0]
		}
		show := p.meter()
		as.Wrote = func(table string, rows int64) { show.rows("writing", table, rows, 0) }
		made, err := core.Backup(cmd.Context(), as)
		show.end()
		if err != nil {
			return err
		}
		return p.printMade(made)
	})
	return cmd
}

// madeRow is a new backup as the command line shows it.
type madeRow struct {
	backup.Header
	Path     string                  `json:"path"`
	Bytes    int64                   `json:"bytes"`
	Rows     int64                   `json:"rows"`
	Tables   map[string]backup.Total `json:"tables"`
	KeyFiles bool                    `json:"holds_key_files"`
	Left     []string                `json:"left_out"`
	Seconds  float64                 `json:"seconds"`
}

func (p *program) printMade(m backup.Made) error {
	rows := backup.Rows(m.Tables)
	left := append([]string{}, m.Origin.Foreign...)
	return p.print(madeRow{m.Header, m.Path, m.Bytes, rows, m.Tables, m.KeysIn, left, m.Seconds}, func(w io.Writer) {
		fmt.Fprintf(w, "%s\n%d rows of %d tables, %s, in %.1f s; %s\n", m.Path, rows, len(m.Tables), size(m.Bytes), m.Seconds, closedBy(m.Closed))
		switch {
		case m.KeysIn:
			fmt.Fprintln(w, "The keys that made themselves in DATA_DIR are in it.")
		case m.Closed == backup.Open:
			fmt.Fprintln(w, "The keys of the installation are not in it. Anybody who reads this file has every password hash.")
		default:
			fmt.Fprintln(w, "DATA_ENCRYPTION_KEY and JWT_SECRET_KEY are not in it: keep them elsewhere, and not beside it.")
		}
		for _, name := range left {
			fmt.Fprintf(w, "not in it, for it belongs to another program: the table %s\n", name)
		}
	})
}

func closedBy(closed string) string {
	switch closed {
	case backup.ByPassphrase:
		return "closed by a passphrase"
	case backup.ToRecipients:
		return "closed to the holders of age keys"
	}
	return "not closed"
}

// size is a number of bytes for a person.
func size(n int64) string {
	if n < 1_000_000 {
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}

func (p *program) backupList() *cobra.Command {
	return &cobra.Command{
		Use: "list [FOLDER]", Short: "List the backups of BACKUP_DIR or a folder, the newest first", Args: cobra.MaximumNArgs(1),
		Long: "Lists what anybody may read of them. Exit code 1 means that a file is called a backup and is none.",
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := p.load(cmd)
			if err != nil {
				return err
			}
			dir := cfg.BackupDir
			if len(args) == 1 {
				dir = args[0]
			}
			all, err := backup.List(dir)
			if err != nil {
				return fmt.Errorf("the folder cannot be read: %w", err)
			}
			bad := 0
			err = p.print(list{append([]backup.Entry{}, all...)}, func(w io.Writer) {
				for _, e := range all {
					if e.Trouble != "" {
						fmt.Fprintf(w, "%-21s %10s  %s: %s\n", "?", size(e.Bytes), e.Path, e.Trouble)
						continue
					}
					fmt.Fprintf(w, "%-21s %10s  %-8s schema %-3d %-10s %s\n", when(e.MadeAt), size(e.Bytes), e.Engine, e.Schema, e.Closed, e.Path)
				}
				if len(all) == 0 {
					fmt.Fprintf(w, "there is no backup in %s\n", dir)
				}
			})
			for _, e := range all {
				if e.Trouble != "" {
					bad++
				}
			}
			if err == nil && bad > 0 {
				return errQuiet
			}
			return err
		},
	}
}

func (p *program) backupKey() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use: "key", Short: "Make a pair of age keys: the public one closes backups, the secret one opens them", Args: flagsOnly,
		Long: "Writes the secret key into a new file that its owner alone may read, and prints the public one for BACKUP_RECIPIENT.\n" +
			"Keep the file where the backups are not, and not on the server: without it no backup opens, with it every one does.",
		Example: "  aiwfe-auth backup key --out backup-key.txt",
	}
	cmd.Flags().StringVar(&out, "out", "", "the new file for the secret key")
	_ = cmd.MarkFlagRequired("out")
	cmd.RunE = func(*cobra.Command, []string) error {
		hidden, public, err := backup.NewKey()
		if err != nil {
			return err
		}
		f, err := os.OpenFile(out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return fmt.Errorf("the secret key needs a new file: %w", err)
		}
		_, err = fmt.Fprintf(f, "# public key: %s\n%s\n", public, hidden.Reveal())
		if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
			return fmt.Errorf("the secret key cannot be written: %w", err)
		}
		return p.print(map[string]string{"recipient": public, "file": out}, line(public))
	}
	return cmd
}

// settings reads the configuration as far as backups need it.
func (p *program) settings(cmd *cobra.Command) (*config.Config, error) {
	cfg, err := p.load(cmd)
	if err == nil {
		fmt.Fprintln(p.err, means(cfg))
	}
	return cfg, err
}
