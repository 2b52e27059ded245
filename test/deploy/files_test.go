package deploy

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aiwfe/aiwfe-auth/internal/config"
)

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// isSetting holds a variable against the table of settings; a secret goes by its file.
func isSetting(t *testing.T, where, variable string) {
	t.Helper()
	if !slices.ContainsFunc(config.Flags(), func(f config.Flag) bool { return f.Variable == variable }) {
		t.Errorf("%s: %s is no setting of the program, or a secret that does not go by its file", where, variable)
	}
}

// secretSettings are those that go by a file.
func secretSettings() (names []string) {
	for _, f := range config.Flags() {
		if name, secret := strings.CutSuffix(f.Variable, "_FILE"); secret && strings.HasPrefix(f.Meaning, "a file that holds "+name) {
			names = append(names, name)
		}
	}
	return names
}
