package ground

import (
	"fmt"
	"time"
)

// A verb that takes longer than this hangs.
const verbLimit = 60 * time.Second

// Result is how a verb of the program ended.
type Result struct {
	Code           int // exit code
	Stdout, Stderr string
}

// Run runs another verb of the program with the environment and data of this instance and waits for its end.
func (s *Instance) Run(args ...string) Result {
	s.t.Helper()
	return s.RunInput("", args...)
}

// RunInput is Run with something to read on standard input, such as a password.
func (s *Instance) RunInput(input string, args ...string) Result {
	s.t.Helper()
	c := s.command(fmt.Sprintf("verb-%d", s.runs.Add(1)), args)
	c.Input = input
	p, err := Start(c)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		if err := p.Kill(); err != nil {
			s.t.Error(err)
		}
	})
	return Result{Code: s.wait(p, verbLimit), Stdout: p.Stdout(), Stderr: p.Stderr()}
}
