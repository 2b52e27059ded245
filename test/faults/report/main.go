// Command report reads what "go test -json" says of the suite of faults, passes it on as text, and writes date,
// duration and results into docs/faults.md. It ends with 1 when a test failed.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/test/faults"
)

// event is a line of go test -json.
type event struct {
	Action, Package, Test, Output string
	Elapsed                       float64
}

func main() {
	began := time.Now()
	ended, failed, err := follow()
	if err == nil {
		err = faults.ReplaceSection("docs/faults.md", "last run", page(ended, began))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		failed = true
	}
	if failed {
		os.Exit(1)
	}
}

// follow reads to the end. Tests that passed say nothing.
func follow() (ended map[string]event, failed bool, err error) {
	ended = map[string]event{}
	said := map[string]string{}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			fmt.Println(lines.Text())
			continue
		}
		name := path.Base(e.Package) + "." + e.Test
		switch e.Action {
		case "output", "build-output":
			said[name] += e.Output
		case "build-fail":
			failed = true
			fmt.Print(said[name])
		case "pass", "fail", "skip":
			ended[name] = e
			if e.Action != "pass" || e.Test == "" {
				fmt.Print(said[name])
			}
			failed = failed || e.Action == "fail"
			delete(said, name)
		}
	}
	return ended, failed, lines.Err()
}

// page is one line for each test of each fault. Those of other packages have no long form: make test runs them.
func page(ended map[string]event, began time.Time) string {
	ran := map[string]bool{}
	for _, e := range ended {
		ran[path.Base(e.Package)] = true
	}
	text := fmt.Sprintf("%s, %s in all.\n\n| fault | test | result |\n| --- | --- | --- |\n",
		began.UTC().Format("2 January 2006, 15:04 UTC"), time.Since(began).Round(time.Second))
	for _, f := range faults.Faults() {
		if len(f.Tests) == 0 {
			text += fmt.Sprintf("| %s | | %s |\n", f.Name, f.Stands)
		}
		for _, name := range f.Tests {
			result := "by `make test`"
			if of, _, _ := strings.Cut(name, "."); ran[of] {
				result = "not in this run"
			}
			if e, ok := ended[name]; ok {
				result = fmt.Sprintf("%s, %.0f s", strings.ToUpper(e.Action), e.Elapsed)
			}
			text += fmt.Sprintf("| %s | `%s` | %s |\n", f.Name, name, result)
		}
	}
	return text
}
