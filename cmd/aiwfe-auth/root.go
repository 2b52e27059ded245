package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/aiwfe/aiwfe-auth/internal/app"
	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/store"
	"github.com/aiwfe/aiwfe-auth/internal/version"
)

// Exit codes.
const (
	exitFine    = 0
	exitProblem = 1
	exitUsage   = 2
)

// console is everything outside that a verb touches.
type console struct {
	in       io.Reader
	out, err io.Writer
	env      []string
}

// program is one call of the command line.
type program struct {
	console
	file    string // --config
	json    bool
	flags   map[string]*string // by variable
	started bool               // a verb began: what fails now is no wrong use
}

// errQuiet ends with exit code 1 after the verb said all there is to say.
var errQuiet = errors.New("")

func run(ctx context.Context, args []string, c console) int {
	p := &program{console: c, flags: map[string]*string{}}
	root := p.root()
	root.SetArgs(args)
	root.SetIn(c.in)
	root.SetOut(c.out)
	root.SetErr(c.err)
	cmd, err := root.ExecuteContextC(ctx)
	switch {
	case err == nil:
		return exitFine
	case errors.Is(err, errQuiet):
		return exitProblem
	case !p.started:
		fmt.Fprintf(c.err, "%v\nSee: %s --help\n", err, cmd.CommandPath())
		return exitUsage
	}
	fmt.Fprintln(c.err, p.say(err))
	return exitProblem
}

// say puts an error into words for the console: what a person may read, then
// what only the operator may.
func (p *program) say(err error) string {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return err.Error()
	}
	text := f.Detail
	if len(f.Fields) > 0 { // they say all of it, and here is no form to point at
		lines := make([]string, 0, len(f.Fields))
		for _, field := range f.Fields {
			lines = append(lines, strings.TrimPrefix(field.Pointer, "/")+": "+field.Detail)
		}
		text = strings.Join(lines, "\n")
	}
	if f.Cause != nil {
		text += "\n  cause: " + f.Cause.Error()
	}
	return text
}

func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "aiwfe-auth",
		Short: "An authentication server that says exactly why a login does not work",
		Long: "aiwfe-auth is an authentication server in one binary: SQLite with nothing to configure,\n" +
			"PostgreSQL when one machine is not enough.\n\n" +
			"Every setting is a flag of each verb too, such as --public-url: `aiwfe-auth serve --help` lists them,\n" +
			"`aiwfe-auth config init` explains them, `aiwfe-auth config show` says what holds and who set it.\n" +
			"Flags win over the environment, and that over the file of --config.",
		Example:       "  aiwfe-auth serve\n  aiwfe-auth user create --email you@example.com --role admin\n  aiwfe-auth token inspect - < token.txt",
		SilenceErrors: true, SilenceUsage: true,
		Args: verbOf, RunE: nothing,
	}
	root.Version = version.String()
	root.SetVersionTemplate("aiwfe-auth {{.Version}}\n")
	root.SetFlagErrorFunc(flagError)
	flags := root.PersistentFlags()
	flags.StringVar(&p.file, "config", "", "a YAML file with settings")
	flags.BoolVar(&p.json, "json", false, "answer with one JSON document")
	for _, f := range config.Flags() {
		p.flags[f.Variable] = flags.String(f.Name, "", f.Meaning)
		_ = flags.MarkHidden(f.Name) // listed by serve --help; elsewhere they would hide the verbs' own
	}
	root.AddCommand(
		p.serve(), p.setupLink(), p.migrate(), p.user(), p.session(), p.token(), p.audit(), p.alert(), p.mail(), p.keys(), p.nodes(), p.config(), p.doctor(), p.explain(), p.policy(), p.proxy(), p.bench(), p.backup(), p.maintenance(), p.imports(), p.healthcheck(), p.version(),
	)
	root.AddCommand(p.demo())
	helpers(root)
	p.starts(root)
	return root
}

// helpers makes cobra's own verbs as strict as ours: as they come, they answer
// an unknown topic or shell with exit code 0.
func helpers(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		switch c.Name() {
		case "completion":
			c.Args, c.RunE = verbOf, nothing
		case "help":
			c.Args = func(_ *cobra.Command, args []string) error {
				found, rest, err := root.Find(args)
				if err == nil && len(rest) > 0 {
					err = verbOf(found, rest)
				}
				return err
			}
		}
	}
}

// starts marks the moment after which a failure is no wrong use any more:
// flags and arguments have been checked by then.
func (p *program) starts(cmd *cobra.Command) {
	if verb := cmd.RunE; verb != nil {
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			p.started = true
			return verb(cmd, args)
		}
	}
	for _, c := range cmd.Commands() {
		p.starts(c)
	}
}

// nothing is what a group does by itself; verbOf never lets it come so far.
func nothing(*cobra.Command, []string) error { return nil }

// load reads the configuration from everywhere it may stand.
func (p *program) load(cmd *cobra.Command) (*config.Config, error) {
	given := map[string]string{}
	for variable, value := range p.flags {
		if f := cmd.Flags().Lookup(flagOf(variable)); f != nil && f.Changed {
			given[variable] = *value
		}
	}
	return config.Load(config.Sources{File: p.file, Env: p.env, Flags: given, DotEnv: ".env"})
}

func flagOf(variable string) string {
	for _, f := range config.Flags() {
		if f.Variable == variable {
			return f.Name
		}
	}
	return ""
}

// core opens what the verbs work on. Only warnings reach the console.
func (p *program) core(cmd *cobra.Command) (*app.Core, error) {
	cfg, err := p.load(cmd)
	if err != nil {
		return nil, err
	}
	missing := cfg.Database.Engine == store.SQLite && !exists(string(cfg.Database.DSN.Reveal()))
	log := slog.New(slog.NewTextHandler(p.err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	core, err := app.Open(cmd.Context(), cfg, log, app.Hooks{})
	if err == nil && missing {
		// Whoever stands in the wrong folder would else search an empty database.
		fmt.Fprintf(p.err, "note: there was no database yet; a new one was made: %s\n", cfg.Database.Masked)
	}
	return core, err
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return !errors.Is(err, fs.ErrNotExist)
}

// with runs a verb on an open core.
func (p *program) with(f func(*cobra.Command, *app.Core, []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		core, err := p.core(cmd)
		if err != nil {
			return err
		}
		defer core.Close()
		return f(cmd, core, args)
	}
}

// print answers with JSON where it was asked for, else by text.
func (p *program) print(v any, text func(io.Writer)) error {
	if !p.json {
		text(p.out)
		return nil
	}
	enc := json.NewEncoder(p.out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// group is a verb that only holds others.
func group(use, short string, verbs ...*cobra.Command) *cobra.Command {
	g := &cobra.Command{Use: use, Short: short, Args: verbOf, RunE: nothing}
	g.AddCommand(verbs...)
	return g
}
