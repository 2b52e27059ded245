// Command profile joins CPU profiles of the server to the one by which the Go
// compiler builds it: profile TO FROM...
package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"

	"github.com/google/pprof/profile"
)

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: profile TO FROM...")
		os.Exit(2)
	}
	if err := join(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, "profile:", err)
		os.Exit(1)
	}
}

func join(to string, from []string) error {
	all := make([]*profile.Profile, 0, len(from))
	for _, name := range from {
		p, err := read(name)
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		all = append(all, p)
	}
	whole, err := profile.Merge(all)
	if err != nil {
		return err
	}
	// The compiler goes by names and lines: where the program lay, and when it
	// ran, would only make each profile another one.
	for _, m := range whole.Mapping {
		m.File, m.BuildID = "aiwfe-auth", ""
	}
	whole.TimeNanos, whole.DurationNanos = 0, 0
	f, err := os.Create(to)
	if err != nil {
		return err
	}
	return cmp.Or(whole.Write(f), f.Close())
}

func read(name string) (p *profile.Profile, err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return profile.Parse(f)
}
