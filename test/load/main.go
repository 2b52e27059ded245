// Command load measures the program against baselines of the same run: a bare net/http handler, the machine's own hash
// rate, a bare binary's start. It prints one table and writes it into docs/performance.md. Machines differ and are noisy;
// ratios of one run say more than figures.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/bench"
)

// part is a group of figures that are measured together.
type part struct {
	name    string
	measure func(context.Context, *world) ([]bench.Row, error)
}

func parts() []part {
	return []part{
		{"size", sizes},
		{"cold", colds},
		{"check", checks},
		{"forward", forwards},
		{"engine", engines},
		{"login", logins},
		{"storm", storms},
		{"overload", overloads},
		{"revoke", revocations},
		{"nodes", twoNodes},
		{"gateway", gateways},
		{"timing", timing},
		{"growth", growth},
	}
}

func main() {
	if len(os.Args) == 4 && os.Args[1] == "hash" { // a process of its own, to have all processors
		hash(os.Args[2:])
		return
	}
	seconds := flag.Float64("seconds", 2, "length of one measurement; a figure takes several")
	only := flag.String("only", "", "measure only these parts, such as check,login,storm")
	users := flag.Int("users", 100_000, "size of the large database of growth")
	doc := flag.String("doc", "", "the page that gets the table, with JSON and charts beside it; printed only if left out")
	first := flag.Bool("first", false, "let the bench and its servers go before all else on this machine; Linux, needs root")
	profile := flag.String("profile", "", "a folder for CPU profiles of the server, which is then built with them in")
	flag.Parse()
	o := options{length: time.Duration(*seconds * float64(time.Second)), only: *only, users: *users, doc: *doc, profile: *profile}
	if *first { // the session is one group for the scheduler; who started this program has another
		if err := errors.Join(setsid(), os.WriteFile("/proc/self/autogroup", []byte("-10"), 0)); err != nil {
			fmt.Fprintln(os.Stderr, "the bench goes before nobody:", err)
		}
	}
	if o.profile != "" {
		var err error
		if o.profile, err = filepath.Abs(o.profile); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// setsid makes a session of its own; one that leads a session already has it.
func setsid() error {
	if _, err := syscall.Setsid(); err != nil && !errors.Is(err, syscall.EPERM) {
		return err
	}
	return nil
}

// options are the flags.
type options struct {
	length time.Duration
	only   string
	doc    string
	// profile is an absolute folder, or empty.
	profile string
	users   int
}

func run(ctx context.Context, o options) error {
	chosen, err := choose(o.only)
	if err != nil {
		return err
	}
	// The generator has one processor at most: what it takes is not there for the server.
	runtime.GOMAXPROCS(1)
	w, err := newWorld(ctx, o)
	defer w.stop()
	if err != nil {
		return err
	}
	fmt.Print(bench.Head)
	report := bench.Report{At: time.Now(), Machine: bench.ThisMachine()}
	var failed []error
	for _, p := range chosen {
		rows, err := p.measure(ctx, w)
		for _, r := range rows {
			fmt.Println(r)
		}
		report.Rows = append(report.Rows, rows...)
		if err != nil { // the other figures are worth having
			failed = append(failed, fmt.Errorf("%s could not be measured: %w", p.name, err))
		}
		if ctx.Err() != nil {
			break
		}
	}
	if o.doc != "" && ctx.Err() == nil {
		if o.only != "" {
			report, err = renewed(report, o.doc)
			failed = append(failed, err)
		}
		if err == nil {
			failed = append(failed, write(report, o.doc))
		}
	}
	return errors.Join(failed...)
}

// choose gives the parts that are named, or all.
func choose(only string) ([]part, error) {
	all := parts()
	if only == "" {
		return all, nil
	}
	var names []string
	for _, p := range all {
		names = append(names, p.name)
	}
	wanted := strings.Split(only, ",")
	for _, name := range wanted {
		if !slices.Contains(names, name) {
			return nil, errors.New("there is no part " + name + "; there are " + strings.Join(names, ", "))
		}
	}
	return slices.DeleteFunc(all, func(p part) bool { return !slices.Contains(wanted, p.name) }), nil
}
