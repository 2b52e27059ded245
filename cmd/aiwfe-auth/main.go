// Command aiwfe-auth is the authentication server and everything to run it:
// one file for each verb.
//
// It exits 0 when all is well, 1 when it found a problem, and 2 when it was
// used wrongly. Results go to standard output, everything else to standard
// error.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	profiling()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], console{in: os.Stdin, out: os.Stdout, err: os.Stderr, env: os.Environ()})
	stop()
	os.Exit(code)
}
