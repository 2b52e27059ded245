package ground

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// builtBinary builds the program once for the test binary.
var builtBinary = sync.OnceValues(func() (string, error) { return build("./cmd/aiwfe-auth", "aiwfe-auth") })

// Binary is the path of the built program. With AIWFE_TEST_RACE=1 it is built with the race detector.
func Binary(t testing.TB) string {
	t.Helper()
	path, err := builtBinary()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func build(pkg, name string) (string, error) {
	root, err := ModuleRoot()
	if err != nil {
		return "", err
	}
	if err := noteSources(root); err != nil {
		return "", err
	}
	folder, err := NewFolder("bin")
	if err != nil {
		return "", err
	}
	path := filepath.Join(folder, name)
	args := []string{"build", "-o", path}
	if os.Getenv("AIWFE_TEST_RACE") == "1" {
		args = append(args, "-race")
	}
	cmd := exec.Command("go", append(args, pkg)...)
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build %s: %w\n%s", pkg, err, out)
	}
	return path, nil
}

// noteSources looks at all that the program is built from. The go command
// remembers the result of a test for as long as the files that it looked at stay
// the same, and does not know what a program that the test starts is made of:
// else yesterday's result would pass for that of today's program.
func noteSources(root string) error {
	for _, name := range []string{"go.mod", "go.sum", "api", "cmd", "internal"} {
		err := filepath.WalkDir(filepath.Join(root, name), func(path string, _ fs.DirEntry, err error) error {
			if err == nil {
				_, err = os.Stat(path)
			}
			return err
		})
		if err != nil {
			return fmt.Errorf("look at the sources: %w", err)
		}
	}
	return nil
}

// ModuleRoot is the folder of go.mod, looked for upwards from where the test runs.
func ModuleRoot() (string, error) {
	folder, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find the module: %w", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder, nil
		}
		parent := filepath.Dir(folder)
		if parent == folder {
			return "", errors.New("no folder above this test holds a go.mod")
		}
		folder = parent
	}
}
