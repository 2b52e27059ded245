package main

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"github.com/aiwfe/aiwfe-auth/internal/bench"
)

// rival is the server to be measured, and how.
type rival struct {
	url, method, path      string
	header                 []string
	loginMethod, loginPath string
	loginHeader            []string
	loginBody              string
	loginUsers             int
	stdin, noBare          bool
	clients                int
	rate, seconds          float64
	storms, pids           []int
}

func (p *program) benchCompare() *cobra.Command {
	var r rival
	cmd := &cobra.Command{
		Use: "compare", Short: "Measure any server as this program is measured, beside a bare handler", Args: flagsOnly,
		Long: "Session checks in a closed loop and at a fixed rate, logins, and session checks while others log in.\n" +
			"docs/guide/bench.md has command lines for this program and for others.",
		Example: "  aiwfe-auth bench compare --url http://127.0.0.1:8080 --path /api/v1/auth/status --header \"Authorization: Bearer $TOKEN\"",
	}
	f := cmd.Flags()
	f.StringVar(&r.url, "url", "", "where the server is, such as http://127.0.0.1:8080")
	f.StringVar(&r.path, "path", "/", "path of the session check")
	f.StringVar(&r.method, "method", "GET", "its method")
	f.StringArrayVar(&r.header, "header", nil, "a header of it, as \"Name: value\"; may be given again")
	f.StringVar(&r.loginPath, "login-path", "", "path of a login; without it there are no logins and no storms")
	f.StringVar(&r.loginMethod, "login-method", "POST", "its method")
	f.StringArrayVar(&r.loginHeader, "login-header", nil, "a header of it, as \"Name: value\"; may be given again")
	f.StringVar(&r.loginBody, "login-body", "", "its body; {n} becomes 1, 2 and so on, {password} the line from --password-stdin")
	f.IntVar(&r.loginUsers, "login-users", 1, "up to which number {n} goes before it begins again")
	f.BoolVar(&r.stdin, "password-stdin", false, "read {password} from standard input")
	f.IntVar(&r.clients, "clients", 16, "clients of the closed loop")
	f.Float64Var(&r.rate, "rate", 100, "session checks a second of the open loop")
	f.Float64Var(&r.seconds, "seconds", 2, "length of one measurement")
	f.IntSliceVar(&r.storms, "storm", []int{16, 64}, "how many clients log in at once, a storm for each")
	f.IntSliceVar(&r.pids, "pid", nil, "processes whose CPU is counted with their children: the server, and its database")
	f.BoolVar(&r.noBare, "no-bare", false, "start no bare handler to compare with")
	_ = cmd.MarkFlagRequired("url")
	cmd.PreRunE = func(*cobra.Command, []string) error {
		if r.seconds <= 0 || r.rate <= 0 || r.clients < 1 || r.loginUsers < 1 {
			return errors.New("--seconds, --rate, --clients and --login-users are above zero")
		}
		return nil
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return p.compare(cmd, r) }
	return cmd
}

func (p *program) compare(cmd *cobra.Command, r rival) error {
	c, host, err := p.comparison(r)
	if err != nil {
		return err
	}
	ctx := cmd.Context()
	near := ownNetwork(ctx, host)
	if !near {
		fmt.Fprintf(p.err, "note: %s is neither this machine nor in a private network; send load only to a server that is yours\n", host)
	}
	if ofThisMachine(host) && !r.noBare {
		bare, err := startBare(ctx)
		if err != nil {
			return err
		}
		defer bare.stop()
		c.Bare, c.BarePID = bare.wires, bare.cmd.Process.Pid
	}
	runtime.GOMAXPROCS(1) // what the generator takes is not there for the server
	report := bench.Report{At: time.Now(), Machine: bench.ThisMachine()}
	if !p.json {
		fmt.Fprint(p.out, bench.Head)
	}
	err = c.Rows(ctx, func(row bench.Row) {
		report.Rows = append(report.Rows, row)
		if !p.json {
			fmt.Fprintln(p.out, row)
		}
	})
	if err != nil {
		return err
	}
	return p.print(report, func(io.Writer) {})
}
