package sdk

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// python is Debian's, for which scripts/install-test-deps brings FastAPI; where
// there is none of Debian, the one on PATH.
func python(t *testing.T) string {
	t.Helper()
	const debians = "/usr/bin/python3"
	if _, err := os.Stat(debians); err == nil {
		return debians
	}
	path, err := ground.Program("python3")
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func TestPython(t *testing.T) {
	t.Parallel()
	p, python := newPlatform(t, nil), python(t)
	folder := inSDK(t, "python")
	source := "PYTHONPATH=" + filepath.Join(folder, "src")
	t.Run("the package's own tests", func(t *testing.T) {
		tool(t, folder, []string{source}, python, "-W", "error", "-m", "unittest", "discover", "-s", "tests")
		tool(t, folder, append(p.told(), source), python, "-W", "error", "-m", "unittest", "discover", "-s", "tests/live", "-p", "live_*.py")
	})
	t.Run("the example", func(t *testing.T) {
		p.startPython(t, "app.py")
		p.visitExample(t)
		p.comeThroughGateway(t)
	})
	t.Run("the example with FastAPI", func(t *testing.T) {
		p.startPython(t, "-m", "uvicorn", "fastapi_app:app", "--port", p.app[strings.LastIndex(p.app, ":")+1:])
		p.visitExample(t)
		p.comeThroughGateway(t)
	})
}

// startPython runs an example of the package.
func (p *platform) startPython(t *testing.T, args ...string) {
	t.Helper()
	folder := inSDK(t, "python")
	example := filepath.Join(folder, "example")
	if strings.HasSuffix(args[0], ".py") {
		args[0] = filepath.Join(example, args[0])
	}
	p.start(t, python(t), args, []string{"PYTHONDONTWRITEBYTECODE=1", "PYTHONPATH=" + filepath.Join(folder, "src") + ":" + example})
}

// next is the same server with an application of another address.
func (p *platform) next(t *testing.T) *platform {
	t.Helper()
	return &platform{p.Instance, ground.FreeAddr(t)}
}
