package faults

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the table of docs/faults.md anew")

// folders are where the packages of tests are.
var folders = map[string]string{
	"faults": ".", "faultlab": "../faultlab", "store": "../../internal/store", "contract": "../contract", "watch": "../../internal/doctor/watch",
	"ratelimit": "../../internal/ratelimit", "mail": "../../internal/mail", "httpkit": "../../internal/httpkit", "config": "../../internal/config",
	"session": "../../internal/session", "token": "../../internal/token", "mfa": "../../internal/mfa", "app": "../../internal/app",
	"backup": "../../internal/backup",
}

func TestTableOfFaults(t *testing.T) {
	t.Parallel()
	if *update {
		if err := ReplaceSection(Page, "table", Table()); err != nil {
			t.Fatal(err)
		}
	}
	got, err := Section(Page, "table")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Table(), got); diff != "" {
		t.Errorf("the table of docs/faults.md is stale: go test ./test/faults -run TestTableOfFaults -update\n%s", diff)
	}
}

func TestEveryFaultHasItsTests(t *testing.T) {
	t.Parallel()
	all := Faults()
	if len(all) != 25 {
		t.Errorf("there are %d faults, not 25", len(all))
	}
	for i, f := range all {
		if f.Name != fmt.Sprintf("F%d", i+1) {
			t.Errorf("%s stands where F%d should", f.Name, i+1)
		}
		if len(f.Tests) == 0 && !strings.HasPrefix(f.Stands, "not yet") {
			t.Errorf("%s has no test, and does not say so", f.Name)
		}
		for _, name := range f.Tests {
			exists(t, f.Name, name)
		}
	}
}

// exists looks for the function in the sources.
func exists(t *testing.T, fault, name string) {
	t.Helper()
	pkg, test, _ := strings.Cut(name, ".")
	folder, known := folders[pkg]
	if !known {
		t.Errorf("%s names a test of the package %q, which folders does not know", fault, pkg)
		return
	}
	files, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "func "+test+"(t *testing.T)") {
			return
		}
	}
	t.Errorf("%s names %s, and there is no such test", fault, name)
}
