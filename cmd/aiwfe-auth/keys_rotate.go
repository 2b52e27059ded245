package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/aiwfe/aiwfe-auth/internal/app"
)

// knowWait is how long running servers may take to know a new key.
const knowWait = 30 * time.Second

func (p *program) keysRotate() *cobra.Command {
	var compromised, show, yes bool
	cmd := &cobra.Command{
		Use: "rotate jwt|data", Short: "Exchange a key; nobody is signed out", Args: cobra.MatchAll(cobra.ExactArgs(1), purpose), ValidArgs: []string{"jwt", "data"},
		Long: "Exchanges the key that signs tokens (jwt), or the one that seals data and that all other keys are kept under (data).\n\n" +
			"A key that made itself is exchanged here: every running server accepts the new one first, then uses it, and keeps\n" +
			"accepting the old one until the last token made with it has ended, or all data is sealed anew. Nobody is signed out,\n" +
			"and no server is restarted. Ended at any moment, it goes on from there when it is called again.\n\n" +
			"A key that somebody set is theirs to exchange: this says which settings become what, and in which order. The fresh\n" +
			"value is put into a file in DATA_DIR that you alone may read, or printed with --print.\n\n" +
			"With --compromised the old key and those before it count no more from this moment on, and every session ends.",
		Example: "  aiwfe-auth keys rotate jwt\n  aiwfe-auth keys rotate data --compromised --yes",
		RunE: p.with(func(cmd *cobra.Command, core *app.Core, args []string) error {
			if compromised {
				if err := p.confirm(yes, "Every session ends, and everybody has to sign in again."); err != nil {
					return err
				}
			}
			r := app.Rotation{Purpose: args[0], Compromised: compromised, Wait: knowWait}
			shown := p.meter()
			defer shown.end()
			r.Progress = shown.count
			if !app.KeepsKey(core.Config, args[0]) {
				return p.foreignKey(cmd, core, r, show)
			}
			out, err := core.RotateKey(cmd.Context(), r)
			if err != nil {
				return err
			}
			shown.end()
			return p.print(out, func(w io.Writer) {
				fmt.Fprintf(w, "The %s key %s was exchanged for %s.\n", out.Purpose, out.Old, out.New)
				if out.Resealed > 0 {
					fmt.Fprintf(w, "%d rows were sealed anew.\n", out.Resealed)
				}
				if compromised {
					fmt.Fprintln(w, "All that was made with the old key has ended; everybody signs in again.")
					return
				}
				fmt.Fprintln(w, "The old one goes by itself when nothing needs it any more; see: aiwfe-auth keys list")
			})
		}),
	}
	cmd.Flags().BoolVar(&compromised, "compromised", false, "end everything made with the old key at once")
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask before everything ends")
	cmd.Flags().BoolVar(&show, "print", false, "print the fresh value of a key that you keep, instead of writing it to a file")
	return cmd
}

func purpose(_ *cobra.Command, args []string) error {
	if args[0] != "jwt" && args[0] != "data" {
		return fmt.Errorf("%q is no key: jwt signs tokens, data seals what lies in the database", args[0])
	}
	return nil
}

// foreignKey says how a key is exchanged that is not ours.
func (p *program) foreignKey(cmd *cobra.Command, core *app.Core, r app.Rotation, show bool) error {
	if r.Compromised {
		if err := core.Denounce(cmd.Context(), r); err != nil {
			return err
		}
	}
	out := struct {
		Purpose     string   `json:"purpose"`
		Compromised bool     `json:"compromised"`
		File        string   `json:"file,omitempty"`
		Value       string   `json:"value,omitempty"`
		Steps       []string `json:"steps"`
	}{Purpose: r.Purpose, Compromised: r.Compromised}
	where := "printed here"
	if show {
		out.Value = app.NewKey()
	} else {
		var err error
		if out.File, err = app.WriteNewKey(core.Config, r.Purpose); err != nil {
			return fmt.Errorf("the new value cannot be kept in DATA_DIR %s: %w\n  Use --print to have it printed", core.Config.DataDir, err)
		}
		where = "in " + out.File
	}
	out.Steps = app.Steps(core.Config, r.Purpose, where, r.Compromised)
	return p.print(out, func(w io.Writer) {
		if r.Compromised {
			fmt.Fprintln(w, "Every session has ended, and the old key is declared compromised.")
		}
		if show {
			fmt.Fprintf(w, "New value: %s\n", out.Value)
		}
		for i, s := range out.Steps {
			fmt.Fprintf(w, "%d. %s\n", i+1, s)
		}
	})
}

func (p *program) keysRetire() *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use: "retire jwt|data [FINGERPRINT]", Short: "Retire an old key before it goes by itself",
		Args: cobra.MatchAll(cobra.RangeArgs(1, 2), purpose), ValidArgs: []string{"jwt", "data"},
		Long: "Retires the previous keys of a purpose, or the one of them with that fingerprint. One that something still needs is\n" +
			"retired only with --force: tokens made with it are refused from then on, and what it alone opens stays closed.",
		RunE: p.with(func(cmd *cobra.Command, core *app.Core, args []string) error {
			done, err := core.RetireKeys(cmd.Context(), args[0], strings.Join(args[1:], ""), force)
			if err != nil {
				return err
			}
			return p.print(map[string]any{"retired": done}, func(w io.Writer) {
				for _, k := range done {
					fmt.Fprintf(w, "The %s key %s is retired.\n", k.Purpose, k.Fingerprint)
				}
				if len(done) == 0 {
					fmt.Fprintln(w, "There is no previous key.")
				}
			})
		}),
	}
	cmd.Flags().BoolVar(&force, "force", false, "retire it though something still needs it")
	return cmd
}
