package store_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/internal/store"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// Both engines take the same steps under the same numbers, so that a version
// means the same everywhere.
func TestBothEnginesHaveTheSameSteps(t *testing.T) {
	t.Parallel()
	names := func(engine string) (list []string) {
		t.Helper()
		files, err := fs.ReadDir(store.MigrationFiles(), "migrations/"+engine)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			list = append(list, f.Name())
		}
		return list
	}
	sqlite, postgres := names(store.SQLite), names(store.Postgres)
	if diff := cmp.Diff(sqlite, postgres); diff != "" || len(sqlite) == 0 {
		t.Errorf("(-sqlite +postgres):\n%s", diff)
	}
	name := regexp.MustCompile(`^(\d{4})_[a-z_]+\.sql$`)
	for i, one := range sqlite {
		m := name.FindStringSubmatch(one)
		if m == nil || m[1] != fmt.Sprintf("%04d", i+1) {
			t.Errorf("step %d is called %s", i+1, one)
		}
	}
}

// modernc.org/sqlite is translated against one version of libc; with another
// it may fail in ways that no other test shows.
func TestLibcIsTheOneThatSQLiteWasMadeWith(t *testing.T) {
	t.Parallel()
	root, err := ground.ModuleRoot()
	if err != nil {
		t.Fatal(err)
	}
	ours := required(t, filepath.Join(root, "go.mod"))
	var sqlite struct{ GoMod string }
	goJSON(t, &sqlite, "list", "-m", "-json", "modernc.org/sqlite@"+ours["modernc.org/sqlite"])
	want := required(t, sqlite.GoMod)["modernc.org/libc"]
	if got := ours["modernc.org/libc"]; got != want || want == "" {
		t.Errorf("go.mod asks for libc %q, SQLite was made with %q", got, want)
	}
}

// required reads the versions that a go.mod asks for. It opens the file by
// itself, so that a changed one never meets a cached result.
func required(t *testing.T, file string) map[string]string {
	t.Helper()
	if _, err := os.ReadFile(file); err != nil {
		t.Fatal(err)
	}
	var mod struct {
		Require []struct{ Path, Version string }
	}
	goJSON(t, &mod, "mod", "edit", "-json", file)
	versions := map[string]string{}
	for _, r := range mod.Require {
		versions[r.Path] = r.Version
	}
	return versions
}

func goJSON(t *testing.T, into any, args ...string) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", args...).Output()
	if err != nil {
		t.Fatalf("go %v: %v", args, err)
	}
	if err := json.Unmarshal(out, into); err != nil {
		t.Fatal(err)
	}
}
