package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/aiwfe/aiwfe-auth/internal/app"
	"github.com/aiwfe/aiwfe-auth/internal/password"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// seedFlags are how much, and for whom.
type seedFlags struct {
	app.Seed
	stdin  bool
	bcrypt int
	file   string
}

func (p *program) benchSeed() *cobra.Command {
	var f seedFlags
	cmd := &cobra.Command{
		Use: "seed", Short: "Fill the database with made-up accounts, sessions and audit rows; development and test only", Args: flagsOnly,
		Example: "  aiwfe-auth bench seed --users 1000000\n" +
			"  printf %s \"$PASSWORD\" | aiwfe-auth bench seed --users 1000 --password-stdin --live 100 --live-file live.jsonl",
	}
	cmd.Flags().IntVar(&f.Users, "users", 1000, "how many accounts")
	cmd.Flags().IntVar(&f.Sessions, "sessions", -1, "how many sessions, each with a device and a refresh token; as many as accounts if left out")
	cmd.Flags().IntVar(&f.Audit, "audit", -1, "how many audit rows; as many as accounts if left out")
	cmd.Flags().BoolVar(&f.stdin, "password-stdin", false, "read the password of all from standard input; without it nobody can sign in")
	cmd.Flags().IntVar(&f.bcrypt, "bcrypt-cost", 0, "hash it by bcrypt of this cost, as another program might have; 0 hashes as the server does")
	cmd.Flags().IntVar(&f.Show, "live", 0, "write tokens and cookies of so many live sessions to --live-file")
	cmd.Flags().StringVar(&f.file, "live-file", "", "a new file for them, which only its owner may read")
	cmd.PreRunE = func(*cobra.Command, []string) error { return f.check() }
	cmd.RunE = p.with(func(cmd *cobra.Command, core *app.Core, _ []string) error { return p.seed(cmd, core, f) })
	return cmd
}

// check refuses numbers that mean nothing.
func (f *seedFlags) check() error {
	if f.Sessions < 0 {
		f.Sessions = f.Users
	}
	if f.Audit < 0 {
		f.Audit = f.Users
	}
	switch {
	case f.Users < 1:
		return errors.New("--users is at least 1: sessions and audit rows belong to somebody")
	case (f.Show > 0) != (f.file != ""):
		return errors.New("--live and --live-file go together")
	case f.Show > f.Sessions*9/10:
		return fmt.Errorf("--live %d is more than the %d sessions that will be alive: nine of ten", f.Show, f.Sessions*9/10)
	}
	return nil
}

func (p *program) seed(cmd *cobra.Command, core *app.Core, f seedFlags) error {
	text := secret.RandomText(32)
	if f.stdin {
		var err error
		if text, err = p.password(true, "", nil); err != nil {
			return err
		}
	}
	hash, err := f.hash(cmd.Context(), core, text)
	if err != nil {
		return err
	}
	f.Hash = hash
	began, last := time.Now(), time.Now()
	f.Step = func(what string, done int) {
		if time.Since(last) > 5*time.Second {
			last = time.Now()
			fmt.Fprintf(p.err, "%d %s\n", done, what)
		}
	}
	finish, err := f.open()
	if err != nil {
		return err
	}
	if err := errors.Join(core.Seed(cmd.Context(), f.Seed), finish()); err != nil {
		return err
	}
	took := time.Since(began).Round(time.Millisecond)
	return p.print(map[string]any{
		"users": f.Users, "sessions": f.Sessions, "audit_rows": f.Audit, "live": f.Show, "seconds": took.Seconds(),
	}, func(w io.Writer) {
		fmt.Fprintf(w, "%d accounts, %d sessions and %d audit rows were made in %s\n", f.Users, f.Sessions, f.Audit, took)
	})
}

// hash is the one that all share.
func (f *seedFlags) hash(ctx context.Context, core *app.Core, text string) (string, error) {
	if f.bcrypt == 0 {
		return core.Passwords.Hash(ctx, text)
	}
	h, err := password.New(password.Options{Algorithm: password.Bcrypt, BcryptCost: f.bcrypt})
	if err != nil {
		return "", err
	}
	defer h.Close()
	return h.Hash(ctx, text)
}

// open makes the file for what opens sessions.
func (f *seedFlags) open() (finish func() error, err error) {
	if f.file == "" {
		return func() error { return nil }, nil
	}
	file, err := os.OpenFile(f.file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the file for live sessions must be a new one: %w", err)
	}
	out := bufio.NewWriter(file)
	f.Live = func(s app.SeededSession) error { return json.NewEncoder(out).Encode(s) }
	return func() error { return errors.Join(out.Flush(), file.Close()) }, nil
}
