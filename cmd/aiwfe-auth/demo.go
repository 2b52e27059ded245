package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/app"
	"github.com/aiwfe/aiwfe-auth/internal/demo"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// demoFlags are how many come, for how long, and where.
type demoFlags struct {
	demo.Options
	people int
}

// demo is not in the list of verbs, since it is of use only where a server is tried out.
func (p *program) demo() *cobra.Command {
	var f demoFlags
	traffic := &cobra.Command{
		Use: "traffic", Short: "Have made-up people sign in, so that charts show something; development and test only",
		Long: "Makes accounts in the database of this configuration and drives the server on it through its public API:\n" +
			"people sign in rightly, mistype, use second factors, refresh, log out and come in crowds; forms that were\n" +
			"open for too long are refused. With --guess somebody guesses passwords in the middle of the time.",
		Example: "  aiwfe-auth demo traffic --for 10m\n  aiwfe-auth demo traffic --for 1h --rate 120 --people 80 --guess",
		Args:    flagsOnly,
	}
	traffic.Flags().DurationVar(&f.For, "for", 5*time.Minute, "how long it goes on")
	traffic.Flags().Float64Var(&f.Rate, "rate", 60, "how many come in a minute")
	traffic.Flags().IntVar(&f.people, "people", 40, "how many there are, each with an account that stays")
	traffic.Flags().BoolVar(&f.Guess, "guess", false, "have somebody guess passwords in the middle of the time")
	traffic.Flags().StringVar(&f.URL, "url", "", "the server, on this machine; PUBLIC_URL if left out")
	traffic.PreRunE = func(*cobra.Command, []string) error { return f.check() }
	traffic.RunE = p.with(func(cmd *cobra.Command, core *app.Core, _ []string) error { return p.traffic(cmd, core, f) })
	g := group("demo", "Made-up people for a server that is tried out", traffic)
	g.Hidden = true
	return g
}

func (f *demoFlags) check() error {
	switch {
	case f.For < time.Second || f.For > 24*time.Hour:
		return errors.New("--for is between 1s and 24h")
	case f.Rate <= 0 || f.Rate > 6000:
		return errors.New("--rate is more than 0 and at most 6000")
	case f.people < 1 || f.people > 2000:
		return errors.New("--people is between 1 and 2000")
	}
	return nil
}

func (p *program) traffic(cmd *cobra.Command, core *app.Core, f demoFlags) error {
	if !core.Config.Environment.Relaxed() {
		return fmt.Errorf("ENVIRONMENT is %s: demo traffic is for development and test only, so nobody was made "+
			"and nothing was sent", core.Config.Environment)
	}
	if f.URL == "" {
		f.URL = app.Issuer(core.Config)
	}
	f.Password = secret.RandomText(32)
	hash, err := core.Passwords.Hash(cmd.Context(), f.Password)
	if err != nil {
		return err
	}
	err = core.Seed(cmd.Context(), app.Seed{
		Users: f.people, Hash: hash, Step: func(string, int) {},
		Made: func(u account.User) { f.Emails = append(f.Emails, u.Email) },
	})
	if err != nil {
		return err
	}
	f.Seed = uint64(time.Now().UnixNano()) //nolint:gosec // any number does
	if onTerminal(p.err) {
		ends := time.Now().Add(f.For)
		f.Told = func(r demo.Report) {
			left := time.Until(ends).Round(time.Second)
			fmt.Fprintf(p.err, "\r%d sign-ins, %d refused, %s left   ", r.SignIns, total(r.Refused), left)
		}
		defer fmt.Fprintln(p.err)
	}
	found, err := demo.Run(cmd.Context(), f.Options)
	if err != nil {
		return err
	}
	return p.print(found, func(w io.Writer) { writeTraffic(w, found) })
}

func total(refused map[string]int) (n int) {
	for _, one := range refused {
		n += one
	}
	return n
}

func writeTraffic(w io.Writer, r demo.Report) {
	fmt.Fprintf(w, "%d people made %d requests: %d sign-ins (%d with a second factor), %d refreshes, %d logouts, "+
		"%d crowds, %d guesses\n", r.People, r.Requests, r.SignIns, r.SecondFactors, r.Refreshes, r.Logouts, r.Crowds, r.Guesses)
	for _, code := range slices.Sorted(maps.Keys(r.Refused)) {
		fmt.Fprintf(w, "refused as %-22s %d\n", code, r.Refused[code])
	}
	if r.Failed > 0 {
		fmt.Fprintf(w, "without an answer                 %d\n", r.Failed)
	}
}
