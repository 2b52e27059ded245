package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/aiwfe/aiwfe-auth/internal/config"
)

// checked is the answer of config check.
type checked struct {
	OK          bool     `json:"ok"`
	Environment string   `json:"environment"`
	Database    string   `json:"database"`
	Faults      []fault1 `json:"faults"`
	Warnings    []string `json:"warnings"`
}

type fault1 struct {
	Variable string `json:"variable"`
	Value    string `json:"value"`
	Origin   string `json:"origin"`
	Problem  string `json:"problem"`
	Expected string `json:"expected"`
	Hint     string `json:"hint,omitempty"`
}

func (p *program) config() *cobra.Command {
	check := &cobra.Command{
		Use: "check", Short: "Check the configuration and tell every fault at once; exit 1 if there is one", Args: flagsOnly,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := p.load(cmd)
			faults, isFaults := errors.AsType[*config.Faults](err)
			if err != nil && !isFaults {
				return err
			}
			if f, bad := cfg.CheckDataDir(); bad && !(isFaults && faults.Has("DATA_DIR")) {
				if !isFaults {
					faults, isFaults = &config.Faults{}, true
				}
				faults.List = append(faults.List, f)
				err = faults
			}
			out := checked{
				OK: err == nil, Environment: string(cfg.Environment), Database: cfg.Database.Masked,
				Faults: []fault1{}, Warnings: append([]string{}, cfg.Warnings()...),
			}
			if isFaults {
				for _, f := range faults.List {
					out.Faults = append(out.Faults, fault1{f.Variable, f.Value, f.Origin, f.Problem, f.Expected, f.Hint})
				}
			}
			if printed := p.print(out, func(w io.Writer) {
				fmt.Fprintln(w, means(cfg))
				for _, warning := range out.Warnings {
					fmt.Fprintln(w, "warning: "+warning)
				}
				if out.OK {
					fmt.Fprintln(w, "The configuration is fine.")
				}
			}); printed != nil {
				return printed
			}
			if err != nil && p.json {
				return errQuiet
			}
			return err
		},
	}
	show := &cobra.Command{
		Use: "show", Short: "Show every setting with its value and where it comes from; secrets are masked", Args: flagsOnly,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := p.load(cmd)
			if cfg == nil {
				return err
			}
			all := cfg.Settings()
			if printed := p.print(list{all}, func(w io.Writer) {
				for _, s := range all {
					value := s.Value
					if value == "" {
						value = "-"
					}
					fmt.Fprintf(w, "%-30s %-44s %s\n", s.Name, value, s.Origin)
				}
			}); printed != nil {
				return printed
			}
			return err
		},
	}
	initial := &cobra.Command{
		Use: "init", Short: "Print a YAML file with every setting explained", Args: flagsOnly,
		RunE: func(*cobra.Command, []string) error { return config.InitYAML(p.out) },
	}
	return group("config", "Check and show the configuration", check, show, initial)
}
