package deploy

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

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

// parsed reads a YAML file below deploy/, strictly: no key that the type does not have, where it is a struct.
func parsed[T any](t *testing.T, parts ...string) T {
	t.Helper()
	return decoded[T](t, read(t, parts...))
}

func decoded[T any](t *testing.T, text string) (v T) {
	t.Helper()
	d := yaml.NewDecoder(strings.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return v
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
