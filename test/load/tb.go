package main

import (
	"fmt"
	"testing"
)

// scene stands where the servers of package ground want a test: it ends them, and a failure of theirs ends the bench.
type scene struct {
	testing.TB
	cleanups []func()
	said     []string
}

// broken is what a failure of a server panics with; see catch.
type broken struct{ error }

func (s *scene) Helper()          {}
func (s *scene) Failed() bool     { return false }
func (s *scene) Name() string     { return "bench" }
func (s *scene) Cleanup(f func()) { s.cleanups = append(s.cleanups, f) }
func (s *scene) Log(args ...any)  { s.said = append(s.said, fmt.Sprint(args...)) }
func (s *scene) Error(args ...any) {
	s.said = append(s.said, fmt.Sprint(args...))
}
func (s *scene) Fatal(args ...any) { panic(broken{fmt.Errorf("%s", fmt.Sprint(args...))}) }
func (s *scene) Fatalf(form string, args ...any) {
	panic(broken{fmt.Errorf(form, args...)})
}

// catch makes an error of a server's failure.
func catch(f func()) (err error) {
	defer func() {
		switch b := recover().(type) {
		case nil:
		case broken:
			err = b.error
		default:
			panic(b)
		}
	}()
	f()
	return nil
}

func (s *scene) end() {
	for i := len(s.cleanups) - 1; i >= 0; i-- {
		s.cleanups[i]()
	}
}
