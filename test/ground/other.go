package ground

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// OtherBinary builds the program with other text in place of some of its files, named from the root of the module, and
// under another version: what the next one might be.
func OtherBinary(version string, files map[string]string) (string, error) {
	root, err := ModuleRoot()
	if err != nil {
		return "", err
	}
	folder, err := NewFolder("other")
	if err != nil {
		return "", err
	}
	overlay := struct{ Replace map[string]string }{map[string]string{}}
	for name, text := range files {
		put := filepath.Join(folder, fmt.Sprint(len(overlay.Replace))+filepath.Ext(name))
		if err := os.WriteFile(put, []byte(text), 0o600); err != nil {
			return "", err
		}
		overlay.Replace[filepath.Join(root, name)] = put
	}
	text, err := json.Marshal(overlay)
	if err != nil {
		return "", err
	}
	list, path := filepath.Join(folder, "overlay.json"), filepath.Join(folder, "aiwfe-auth")
	if err := os.WriteFile(list, text, 0o600); err != nil {
		return "", err
	}
	cmd := exec.Command("go", "build", "-overlay", list, "-o", path,
		"-ldflags", "-X github.com/aiwfe/aiwfe-auth/internal/version.release="+version, "./cmd/aiwfe-auth")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the program with other files: %w\n%s", err, out)
	}
	return path, nil
}

// ServerOf is Server with a binary of the test's own.
func ServerOf(t testing.TB, binary string, env map[string]string) *Instance {
	t.Helper()
	return serve(t, binary, env)
}

// UnstartedOf is Unstarted with a binary of the test's own.
func UnstartedOf(t testing.TB, binary string, env map[string]string) *Instance {
	t.Helper()
	return newInstance(t, binary, env)
}

// Begin is Run without waiting for the end; what still runs when the test ends is killed.
func (s *Instance) Begin(args ...string) *Process {
	s.t.Helper()
	p, err := Start(s.command(fmt.Sprintf("verb-%d", s.runs.Add(1)), args))
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		if err := p.Kill(); err != nil {
			s.t.Error(err)
		}
	})
	return p
}
