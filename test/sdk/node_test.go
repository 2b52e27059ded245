package sdk

import (
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

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
	once.sdk.Do(func() { buildIn(t, folder, "dist", "node_modules/typescript/bin/tsc") })
	return folder
}

// exampleBuilt is its example, which takes longer.
func exampleBuilt(t *testing.T) string {
	t.Helper()
	folder := filepath.Join(built(t), "example")
	once.example.Do(func() { buildIn(t, folder, "build", "node_modules/vite/bin/vite.js", "build") })
	return folder
}

// buildIn builds what a folder is the source of, unless that was done since the source last changed.
func buildIn(t *testing.T, folder, product string, args ...string) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(folder, args[0])); err != nil {
		t.Fatalf("%v; scripts/install-sdk-deps installs it", err)
	}
	stamp := filepath.Join(folder, product, ".built")
	changed := lastChange(t, inModule(t, "sdk/typescript"))
	if info, err := os.Stat(stamp); err == nil && info.ModTime().After(changed) {
		return
	}
	run(t, folder, "node", args...)
	if err := os.WriteFile(stamp, nil, 0o600); err != nil {
		t.Fatal(err)
	}
}

func inModule(t *testing.T, path string) string {
	t.Helper()
	root, err := ground.ModuleRoot()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(root, path)
}

// lastChange is when a source of the package was last changed. It looks at each, so that the go command does not take
// yesterday's result of a test for that of today's files.
func lastChange(t *testing.T, folder string) (last time.Time) {
	t.Helper()
	made := map[string]bool{"node_modules": true, "dist": true, "build": true, ".svelte-kit": true}
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && made[d.Name()]:
			return filepath.SkipDir
		case d.IsDir():
			return nil
		}
		info, err := os.Stat(path)
		if err == nil && info.ModTime().After(last) {
			last = info.ModTime()
		}
		return err
	})
	if err != nil {
		t.Fatalf("look at the sources of %s: %v", folder, err)
	}
	return last
}
