package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/app"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

// repairedRow is what was done to one account, as the command line shows it.
type repairedRow struct {
	ID    string `json:"id"`
	Email string `json:"email"`
	// Flaws are the causes by the names that the doctor gives them.
	Flaws []flawRow `json:"flaws"`
	// Changed are the columns that were written, or would be.
	Changed []string `json:"changed"`
	// Link sets a new password, once; NeedsLink says in a dry run that one would
	// be given.
	Link      string `json:"link,omitempty"`
	NeedsLink bool   `json:"needs_link"`
}

type flawRow struct {
	Cause  string `json:"cause"`
	Says   string `json:"says"`
	Mended bool   `json:"mended"`
}

func (p *program) userRepair() *cobra.Command {
	cmd := &cobra.Command{
		Use: "repair", Short: "Mend rows with which their owner cannot sign in; no password is guessed or " +
			"set", Args: flagsOnly,
		Long: "Mends rows that were made or restored by hand: values that are missing, misspelled, padded or of a type\n" +
			"that cannot be read. Where the password hash is of no use, it prints a one-time link by which the owner sets\n" +
			"a new password. What needs somebody who knows more is named and left; then the exit code is 1.",
		Example: "  aiwfe-auth user repair --all --dry-run\n  aiwfe-auth user repair --email you@example.com",
	}
	email := cmd.Flags().String("email", "", "the address of one account, in any spelling")
	id := cmd.Flags().String("id", "", "the id of one account")
	all := cmd.Flags().Bool("all", false, "every account that has a flaw")
	dry := cmd.Flags().Bool("dry-run", false, "say what would be done, and do nothing")
	cmd.PreRunE = func(*cobra.Command, []string) error {
		given := 0
		for _, is := range []bool{*email != "", *id != "", *all} {
			if is {
				given++
			}
		}
		if given != 1 {
			return errors.New("please say which: --email, --id or --all")
		}
		return nil
	}
	cmd.RunE = p.with(func(cmd *cobra.Command, core *app.Core, _ []string) error {
		done, err := core.Login.Repair(cmd.Context(), login.Host(), core.Store, account.ID(*id), *email, *dry)
		rows := make([]repairedRow, 0, len(done))
		left := false
		for _, d := range done {
			rows = append(rows, repaired(core, d))
			left = left || len(d.Left) > 0 || d.Stale
		}
		if printed := p.print(list{rows}, func(w io.Writer) { writeRepaired(w, rows, *dry) }); err == nil {
			err = printed
		}
		if err == nil && left {
			err = errQuiet
		}
		return err
	})
	return cmd
}

func repaired(core *app.Core, d login.Repaired) repairedRow {
	r := repairedRow{ID: string(d.ID), Email: d.Email, Changed: d.Changed, NeedsLink: d.Kind != "", Flaws: []flawRow{}}
	if r.Changed == nil {
		r.Changed = []string{}
	}
	for _, f := range d.Flaws {
		mended := !d.Stale && (len(f.Mended) > 0 || f.Link)
		r.Flaws = append(r.Flaws, flawRow{Cause: string(f.Cause), Says: f.Says, Mended: mended})
	}
	if d.Token != "" {
		r.Link = app.Issuer(core.Config) + login.LinkPath(d.Kind, d.Token)
	}
	return r
}

func writeRepaired(w io.Writer, rows []repairedRow, dry bool) {
	if len(rows) == 0 {
		fmt.Fprintln(w, "nothing to mend")
	}
	did := "written"
	if dry {
		did = "would be written"
	}
	for _, r := range rows {
		fmt.Fprintf(w, "account %s %s\n", r.ID, r.Email)
		for _, f := range r.Flaws {
			state := "mended"
			switch {
			case !f.Mended:
				state = "left, see aiwfe-auth doctor"
			case dry:
				state = "can be mended"
			}
			fmt.Fprintf(w, "  %s: %s; %s\n", f.Cause, f.Says, state)
		}
		if len(r.Changed) > 0 {
			fmt.Fprintf(w, "  %s: %s\n", did, strings.Join(r.Changed, ", "))
		}
		switch {
		case r.Link != "":
			fmt.Fprintf(w, "  a new password is set by this link, once, for an hour:\n%s\n", r.Link)
		case r.NeedsLink:
			fmt.Fprintln(w, "  a one-time link for a new password would be given")
		}
	}
}
