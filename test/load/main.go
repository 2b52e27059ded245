// Command load measures the program against a baseline of the same run: a bare
// net/http handler, and the machine's own hash rate. It prints the ratios and
// writes them into docs/performance.md. Machines differ and are noisy; ratios
// of one run say more than figures.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"time"
)

// row is one line of the report.
type row struct {
	what, got, floor string
	ok               bool
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "baseline" {
		baseline(os.Args[2])
		return
	}
	seconds := flag.Int("seconds", 2, "length of one measurement")
	doc := flag.String("doc", "docs/performance.md", "the page that gets the table")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	rows, err := measure(ctx, time.Duration(*seconds)*time.Second)
	if err == nil {
		err = report(rows, *doc)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func measure(ctx context.Context, length time.Duration) ([]row, error) {
	s, err := start(ctx)
	if err != nil {
		return nil, err
	}
	defer s.stop()
	var rows []row
	for _, step := range []func(context.Context, *server, time.Duration) ([]row, error){
		idle, logins, checks, storm, timing, cold, size,
	} {
		more, err := step(ctx, s, length)
		if err != nil {
			return nil, err
		}
		rows = append(rows, more...)
		for _, r := range more {
			fmt.Println(line(r))
		}
	}
	return rows, nil
}

func line(r row) string {
	verdict := ""
	if r.floor != "" {
		verdict = "reached"
		if !r.ok {
			verdict = "MISSED"
		}
	}
	return fmt.Sprintf("| %s | %s | %s | %s |", r.what, r.got, r.floor, verdict)
}

const (
	begin = "<!-- measured: begin -->"
	end   = "<!-- measured: end -->"
)

// report puts the table between the marks of the page.
func report(rows []row, path string) error {
	page, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	head, rest, ok1 := strings.Cut(string(page), begin)
	_, tail, ok2 := strings.Cut(rest, end)
	if !ok1 || !ok2 {
		return fmt.Errorf("%s has no marks for the table", path)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s%s\nMeasured %s, %s, %d processors, load generator included.\n\n", head, begin,
		time.Now().UTC().Format("2006-01-02"), runtime.Version(), runtime.NumCPU())
	b.WriteString("| what | got | floor | |\n| --- | --- | --- | --- |\n")
	for _, r := range rows {
		b.WriteString(line(r) + "\n")
	}
	b.WriteString(end + tail)
	return os.WriteFile(path, []byte(b.String()), 0o644) //nolint:gosec // a page of the docs
}
