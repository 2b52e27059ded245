package main

import (
	"fmt"
	"os"
	"syscall"
)

// profile takes a CPU profile of the server until done is called, when profiles are asked for.
func (n *node) profile(w *world, of string) (done func()) {
	if w.options.profile == "" || n.db == nil { // the bare handler has none
		return func() {}
	}
	n.profiles++
	fmt.Fprintf(os.Stderr, "profile of %s: %s/%d-%d.pprof\n", of, w.options.profile, n.cmd.Process.Pid, n.profiles)
	_ = n.cmd.Process.Signal(syscall.SIGUSR1)
	return func() { _ = n.cmd.Process.Signal(syscall.SIGUSR2) }
}
