package ground

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// A failing test shows the end of a server's log, not all of it.
const tailLength = 4000

func tail(text string) string {
	if len(text) > tailLength {
		return "..." + text[len(text)-tailLength:]
	}
	return text
}

func logWhenFailed(t testing.TB, name, text string) {
	t.Helper()
	if t.Failed() && text != "" {
		t.Logf("the log of %s ends:\n%s", name, tail(text))
	}
}

// Stdout is what the server has written to standard output, over all its runs.
func (p *Process) Stdout() string { return readLog(p.logPath("stdout")) }

// Stderr is what the server has written to standard error, over all its runs.
func (p *Process) Stderr() string { return readLog(p.logPath("stderr")) }

func readLog(path string) string {
	text, err := os.ReadFile(path) //nolint:gosec // a path this package made
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// A restarted server goes on in the same two files.
func (p *Process) openLog(kind string) (*os.File, error) {
	f, err := os.OpenFile(p.logPath(kind), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the %s of %s: %w", kind, p.command.Name, err)
	}
	return f, nil
}

func (p *Process) logPath(kind string) string {
	return filepath.Join(p.command.Folder, p.command.Name+"."+kind)
}
