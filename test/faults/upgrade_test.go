package faults

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// nextSteps are the files of a version that has more steps of the schema, by engine.
func nextSteps(name string, steps map[string][]string) (map[string]string, error) {
	root, err := ground.ModuleRoot()
	if err != nil {
		return nil, err
	}
	files := map[string]string{}
	for engine, list := range steps {
		folder := "internal/store/migrations/" + engine
		have, err := filepath.Glob(filepath.Join(root, folder, "*.sql"))
		if err != nil || len(have) == 0 {
			return nil, fmt.Errorf("there are no steps in %s: %w", folder, err)
		}
		for i, step := range list {
			files[fmt.Sprintf("%s/%04d_%s_%d.sql", folder, len(have)+1+i, name, i)] = step
		}
	}
	return files, nil
}

// nextVersion has several slow steps, as the rules allow them: a table, a column with a default, an index. It is built
// once for all tests.
var nextVersion = sync.OnceValues(func() (string, error) {
	steps := map[string][]string{}
	for engine, pause := range map[string]string{
		"postgres": fmt.Sprintf("SELECT pg_sleep(%.2f);", slowStep.Seconds()/2),
		"sqlite": "CREATE TEMP TABLE slow AS WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 60000) " +
			"SELECT max(n) FROM c;\nDROP TABLE temp.slow;",
	} {
		for i := range slowSteps {
			steps[engine] = append(steps[engine], fmt.Sprintf("-- +goose Up\nCREATE TABLE slow_%d (id BIGINT PRIMARY KEY);\n"+
				"ALTER TABLE users ADD COLUMN slow_%d TEXT NOT NULL DEFAULT '';\n%s\nCREATE INDEX users_slow_%d ON users (slow_%d);\n%s\n",
				i, i, pause, i, i, pause))
		}
	}
	files, err := nextSteps("slow", steps)
	if err != nil {
		return "", err
	}
	return ground.OtherBinary("99.1.0", files)
})

// slowSteps is how many steps the next version has more, and slowStep about how long one takes.
const (
	slowSteps = 5
	slowStep  = 200 * time.Millisecond
)

func next(t *testing.T) string {
	t.Helper()
	binary, err := nextVersion()
	if err != nil {
		t.Fatal(err)
	}
	return binary
}

// The next version brings a step of the schema. It is taken while the old nodes serve, then they are replaced one by
// one; in between, an old one that is started again goes on with the newer schema.
func TestRollingUpgradeFailsNoRequest(t *testing.T) {
	t.Parallel()
	next := next(t)
	at := pooled(t)
	b := balanced(t, at)
	f := flow(t, b)

	r := ground.UnstartedOf(t, next, roomy(at, b.env)).Run("migrate", "up")
	if r.Code != 0 || !strings.Contains(r.Stdout, "_slow_0.sql") {
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
	const takes = "-- contract: the table of browser reports is no longer used\n-- +goose Up\nDROP TABLE browser_reports;\n"
	files, err := nextSteps("taken", map[string][]string{"postgres": {takes}, "sqlite": {takes}})
	if err != nil {
		t.Fatal(err)
	}
	next, err := ground.OtherBinary("100.0.0", files)
	if err != nil {
		t.Fatal(err)
	}
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
