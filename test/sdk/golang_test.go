package sdk

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// inSDK is a folder of sdk/, all of whose files are looked at, since the go
// command remembers a result for as long as what was looked at stays the same.
func inSDK(t *testing.T, path string) string {
	t.Helper()
	root, err := ground.ModuleRoot()
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(root, "sdk", path)
	err = filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
		if err == nil {
			_, err = os.Stat(path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

// tool runs a program in a folder, without a network, and shows what it says when
// it fails.
func tool(t *testing.T, folder string, env []string, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = folder
	cmd.Env = append(append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod", "GOPROXY=off", "PYTHONDONTWRITEBYTECODE=1"), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%s %v: %v\n%s", name, args, err, out)
	}
}

func goExample(t *testing.T) string {
	t.Helper()
	folder, err := ground.NewFolder("example")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "example")
	inSDK(t, "go")
	tool(t, inSDK(t, "go/example"), nil, "go", "build", "-o", path, ".")
	return path
}

func TestGo(t *testing.T) {
	t.Parallel()
	p := newPlatform(t, map[string]string{"UPSTREAM_CREDENTIALS": "cookie", "TRUSTED_PROXIES": "127.0.0.1/32"})
	t.Run("the module's own tests", func(t *testing.T) {
		folder := inSDK(t, "go/authclient")
		tool(t, folder, nil, "go", "vet", "-tags", "live", ".")
		tool(t, folder, p.told(), "go", "test", "-tags", "live", "-count=1", ".")
	})
	p.start(t, goExample(t), nil, nil)
	t.Run("the example", p.visitExample)
	t.Run("through the gateway", p.comeThroughGateway)
	t.Run("behind forward-auth", p.behindForwardAuth)
	t.Run("two people a thousand times each", p.crowd)
	t.Run("in a browser", p.walkIn)
}
