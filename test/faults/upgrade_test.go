package faults

import (
	"fmt"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// nextFiles is the program as its next version might be: one more step in the schema of each engine.
func nextFiles(t *testing.T, name, step string) map[string]string {
	t.Helper()
	return nextSteps(t, name, map[string][]string{"postgres": {step}, "sqlite": {step}})
}

// nextSteps are several, by engine.
func nextSteps(t *testing.T, name string, steps map[string][]string) map[string]string {
	t.Helper()
	root, err := ground.ModuleRoot()
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for engine, list := range steps {
		folder := "internal/store/migrations/" + engine
		have, err := filepath.Glob(filepath.Join(root, folder, "*.sql"))
		if err != nil || len(have) == 0 {
			t.Fatal(have, err)
		}
		for i, step := range list {
			files[fmt.Sprintf("%s/%04d_%s_%d.sql", folder, len(have)+1+i, name, i)] = step
		}
	}
	return files
}

// A step as the rules allow it: a table, a column with a default, an index.
const expands = `-- +goose Up
CREATE TABLE things_to_come (id BIGINT PRIMARY KEY, what TEXT NOT NULL);
ALTER TABLE users ADD COLUMN to_come TEXT NOT NULL DEFAULT '';
CREATE INDEX users_to_come ON users (to_come);

-- +goose Down
SELECT 1;
`

// The next version brings a step of the schema. It is taken while the old nodes serve, then they are replaced one by
// one; in between, an old one that is started again goes on with the newer schema.
func TestRollingUpgradeFailsNoRequest(t *testing.T) {
	t.Parallel()
	next := ground.OtherBinary(t, "99.1.0", nextFiles(t, "to_come", expands))
	at := pooled(t)
	b := balanced(t, at)
	f := flow(t, b)

	r := ground.UnstartedOf(t, next, roomy(at, b.env)).Run("migrate", "up")
	if r.Code != 0 || !strings.Contains(r.Stdout, "_to_come_0.sql") {
		t.Fatalf("migrate up ended with %d: %s%s", r.Code, r.Stdout, r.Stderr)
	}
	b.nodes[1].Signal(syscall.SIGTERM)
	b.nodes[1].Wait()
	b.nodes[1].Start()
	b.ready()
	if r := b.nodes[1].Run("doctor", "--json"); strings.Contains(r.Stdout, "schema_") {
		t.Errorf("the doctor of the old version finds fault with the newer schema: %s", r.Stdout)
	}
	b.replace(0, next)
	b.replace(1, next)
	for i, s := range b.nodes {
		if version := newCaller(s).call("GET", "/api/health", "", nil); !strings.Contains(string(version.body), "99.1.0") {
			t.Errorf("node %d is not the new one: %s", i, version.body)
		}
	}
	enough := int64(rounds(500, 10_000))
	eventually(t, 5*time.Minute, "there were enough requests", func() bool { return f.done.Load() >= enough })
	f.end(t)
}

// What is gone may not be asked for: a step that says so keeps the old version out, by name.
func TestOldVersionDoesNotStartOnASchemaThatTookSomethingAway(t *testing.T) {
	t.Parallel()
	files := nextFiles(t, "taken", "-- contract: the table of browser reports is no longer used\n-- +goose Up\nDROP TABLE browser_reports;\n")
	next := ground.OtherBinary(t, "100.0.0", files)
	everywhere(t, func(t *testing.T, at place) {
		data := map[string]string{"DATA_DIR": filepath.Join(t.TempDir(), "data")}
		s := serve(t, at, data)
		s.Stop()
		if r := ground.UnstartedOf(t, next, roomy(at, data)).Run("migrate", "up"); r.Code != 0 {
			t.Fatalf("migrate up ended with %d: %s", r.Code, r.Stderr)
		}
		r := s.Run("serve")
		if r.Code == 0 || !strings.Contains(r.Stderr, "run the newer program") {
			t.Errorf("the old version ended with %d: %s", r.Code, r.Stderr)
		}
		if r := s.Run("doctor", "--json"); !strings.Contains(r.Stdout, "schema_newer") {
			t.Errorf("the doctor says %s", r.Stdout)
		}
	})
}
