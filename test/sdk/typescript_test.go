package sdk

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// quick are settings under which a test may sign in as often as it likes.
var quick = map[string]string{
	"LOGIN_LIMIT_ADDRESS": "100000/1m", "LOGIN_LIMIT_ACCOUNT": "1000/1m", "SESSION_LIMIT": "100",
}

// TestTypeScript runs the tests of the package itself.
func TestTypeScript(t *testing.T) {
	folder := built(t)
	srv := ground.Server(t, with(nil))
	brief := ground.Server(t, with(map[string]string{"CSRF_TTL": "1s"}))
	tests, err := filepath.Glob(filepath.Join(folder, "test", "*.test.mjs"))
	if err != nil || len(tests) == 0 {
		t.Fatalf("sdk/typescript has no tests: %v", err)
	}
	cmd := exec.Command(program(t, "node"), append([]string{"--test"}, tests...)...)
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "AIWFE_AUTH_URL="+srv.URL, "AIWFE_AUTH_BRIEF_URL="+brief.URL, "AIWFE_MINT_URL="+mint(t))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("node --test: %v\n%s", err, out)
	}
}

// TestTypesAreOfTheDocument: the committed types are those of the committed OpenAPI document, and say what they should.
func TestTypesAreOfTheDocument(t *testing.T) {
	folder := built(t)
	run(t, folder, "node", "scripts/types.mjs", "--check")
	run(t, folder, "node", "node_modules/typescript/bin/tsc", "-p", "tsconfig.check.json")
}
