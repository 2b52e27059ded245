package sdk

import (
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// with adds to the quick settings.
func with(more map[string]string) map[string]string {
	env := maps.Clone(quick)
	maps.Copy(env, more)
	return env
}

func program(t *testing.T, name string) string {
	t.Helper()
	path, err := ground.Program(name)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// run runs a program in a folder and fails the test with all it said.
func run(t *testing.T, folder, name string, args ...string) {
	t.Helper()
	if out, err := command(t, folder, name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
}

func command(t *testing.T, folder, name string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(program(t, name), args...)
	cmd.Dir = folder
	return cmd
}

var once struct{ sdk, example sync.Once }

// built is sdk/typescript, compiled once for all tests.
func built(t *testing.T) string {
	t.Helper()
	folder := inModule(t, "sdk/typescript")
	noteSources(t, folder)
	once.sdk.Do(func() { run(t, folder, "node", "node_modules/typescript/bin/tsc") })
	return folder
}

func inModule(t *testing.T, path string) string {
	t.Helper()
	root, err := ground.ModuleRoot()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(root, path)
}

// noteSources looks at all that the package is built from, so that the go command does not take yesterday's result of a
// test for that of today's files.
func noteSources(t *testing.T, folder string) {
	t.Helper()
	made := map[string]bool{"node_modules": true, "dist": true, "build": true, ".svelte-kit": true}
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && made[d.Name()]:
			return filepath.SkipDir
		}
		_, err = os.Stat(path)
		return err
	})
	if err != nil {
		t.Fatalf("look at the sources of %s: %v", folder, err)
	}
}
