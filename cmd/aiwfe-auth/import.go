package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/aiwfe/aiwfe-auth/internal/app"
	"github.com/aiwfe/aiwfe-auth/internal/moving"
)

// importFlags are what is brought along, and how.
type importFlags struct {
	moving.Options
	urlFile, report string
}

func (p *program) imports() *cobra.Command {
	var f importFlags
	cmd := &cobra.Command{
		Use: "import SYSTEM [FILE | - | URL]", Short: "Bring the people of another system along, with their passwords",
		Long: "Bring the people of another system along, with their passwords and authenticator apps.\n" +
			"SYSTEM is one of " + strings.Join(moving.Systems(), ", ") + ".\n\n" +
			"A file may be compressed by gzip; - is standard input. fastapi-users and gotrue can be read from their\n" +
			"database too: postgres://... or sqlite:FILE. A URL with a password belongs into the file of --from-file, into\n" +
			"the environment as IMPORT_DATABASE_URL, or on standard input: arguments are seen by everybody on the host.\n\n" +
			"The command can be run again at any time: it goes on where it ended and makes nobody twice.\n" +
			"It ends with 1 when rows were refused; --report says which, and why.",
		Example: "  aiwfe-auth import keycloak realm-export.json --dry-run --report refused.csv\n" +
			"  aiwfe-auth import keycloak realm-export.json\n" +
			"  IMPORT_DATABASE_URL=postgres://... aiwfe-auth import gotrue\n" +
			"  zcat users.json.gz | aiwfe-auth import auth0 - --invite",
		Args: importArgs,
	}
	flags := cmd.Flags()
	flags.BoolVar(&f.DryRun, "dry-run", false, "do all of it but keep nothing, and say what would have been done")
	flags.BoolVar(&f.Update, "update", false, "take over what has changed there since an earlier import")
	flags.BoolVar(&f.Admins, "admins", false, "let administrators be administrators here; else they become users")
	flags.BoolVar(&f.Invite, "invite", false, "mail a link to people whose password cannot come along, instead of refusing them")
	flags.BoolVar(&f.DropFactors, "drop-factors", false, "take people along without a second factor that cannot come along")
	flags.StringVar(&f.Domain, "domain", "", "make name@DOMAIN of names that are no addresses")
	flags.StringVar(&f.Source, "source", "", "a name of this installation, to tell two of one system apart")
	flags.StringVar(&f.urlFile, "from-file", "", "a file that holds the URL of the database to read from")
	flags.StringVar(&f.report, "report", "", "write the rows that were refused to this file: CSV if it ends in .csv, else JSON lines")
	cmd.RunE = p.with(func(cmd *cobra.Command, core *app.Core, args []string) error {
		return p.importPeople(cmd, core, args, f)
	})
	return cmd
}

func importArgs(cmd *cobra.Command, args []string) error {
	switch {
	case len(args) == 0:
		return fmt.Errorf("which system? One of %s", strings.Join(moving.Systems(), ", "))
	case !slices.Contains(moving.Systems(), args[0]):
		return fmt.Errorf("%q is no system that people are imported from; there are %s",
			args[0], strings.Join(moving.Systems(), ", "))
	case len(args) > 2:
		return errors.New("one file or URL at a time")
	case len(args) == 2 && cmd.Flags().Changed("from-file"):
		return errors.New("give a file or URL, or --from-file, and not both")
	}
	return nil
}

func (p *program) importPeople(cmd *cobra.Command, core *app.Core, args []string, f importFlags) error {
	f.Source = cmp.Or(f.Source, args[0])
	from, err := p.importSource(cmd.Context(), core, args, f.urlFile)
	if err != nil {
		return err
	}
	defer from.close()
	finish, err := f.open()
	if err != nil {
		return err
	}
	bar := newBar(p.err, from.done, from.total)
	f.Step = bar.step
	sum, err := core.Import(cmd.Context(), from.reader, f.Options)
	bar.end()
	err = errors.Join(err, finish())
	if sum == nil {
		return err
	}
	if err != nil {
		if sum.Imported+sum.Updated > 0 && !f.DryRun {
			err = fmt.Errorf("%w\n%d people had been imported and %d updated by then; the same command goes on from there",
				err, sum.Imported, sum.Updated)
		}
		return err
	}
	if err := p.print(sum, func(w io.Writer) { tellImport(w, sum, f.report) }); err != nil {
		return err
	}
	if sum.Refused > 0 {
		return errQuiet
	}
	return nil
}

// open makes the report, for its owner alone: it holds addresses.
func (f *importFlags) open() (finish func() error, err error) {
	if f.report == "" {
		return func() error { return nil }, nil
	}
	file, err := os.OpenFile(f.report, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the report cannot be written: %w", err)
	}
	put, end := moving.Report(file, strings.HasSuffix(strings.ToLower(f.report), ".csv"))
	f.Refused = put
	return func() error { return errors.Join(end(), file.Close()) }, nil
}

// tellImport says what was done.
func tellImport(w io.Writer, s *moving.Summary, report string) {
	did := "were"
	if s.DryRun {
		fmt.Fprintln(w, "Dry run: nothing was kept.")
		did = "would be"
	}
	fmt.Fprintf(w, "%d rows were read from %s in %.1f s.\n", s.Read, s.Source, s.Seconds)
	for _, l := range []struct {
		n    int64
		what string
	}{
		{s.Imported, did + " imported"},
		{s.Unchanged, "were imported before and are as they were"},
		{s.Updated, "had changed there and " + did + " updated"},
		{s.Differs, "differ from what was imported before and were left as they are here"},
		{s.Gone, "were imported before and deleted here since; they stay deleted"},
		{s.Refused, did + " refused"},
	} {
		if l.n > 0 {
			fmt.Fprintf(w, "  %d %s\n", l.n, l.what)
		}
	}
	for _, what := range slices.Sorted(maps.Keys(s.PassedOver)) {
		fmt.Fprintf(w, "  %d passed over: %s\n", s.PassedOver[what], what)
	}
	fmt.Fprintf(w, "Of those imported: %d administrators, %d disabled, %d with an authenticator app.\n",
		s.Admins, s.Disabled, s.SecondFactors)
	for _, kind := range slices.Sorted(maps.Keys(s.Hashes)) {
		fmt.Fprintf(w, "  %d with a password hash of the kind %s\n", s.Hashes[kind], kind)
	}
	for _, what := range slices.Sorted(maps.Keys(s.Left)) {
		fmt.Fprintf(w, "  left behind, %d times: %s\n", s.Left[what], what)
	}
	if s.WithoutPassword > 0 {
		fmt.Fprintf(w, "%d accounts wait for a first password; %d of them were sent a link now.\n", s.WithoutPassword, s.Invited)
	}
	if s.Refused > 0 && report == "" {
		fmt.Fprintln(w, "To see which rows were refused and why, add --report refused.csv")
	}
}
