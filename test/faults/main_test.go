package faults

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"testing"
)

// TestMain lets twice as many tests run at once as Go would: most of the time they wait for a grace, a deadline or a
// start, not for a processor. A number given on the command line stands.
func TestMain(m *testing.M) {
	flag.Parse()
	if p := flag.Lookup("test.parallel"); p.Value.String() == fmt.Sprint(runtime.GOMAXPROCS(0)) {
		if err := p.Value.Set(fmt.Sprint(2 * runtime.GOMAXPROCS(0))); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}
