package inside

import (
	"context"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

var nine = time.Date(2026, time.November, 2, 9, 0, 0, 0, time.UTC)

// elsewhere is a node on another machine, of which no process can be seen.
func elsewhere(id string, started, seen time.Duration, edit ...func(map[string]string)) store.Node {
	marks := map[string]string{"PUBLIC_URL": "https://a.example", "JWT_SECRET_KEY": "aaaaa", placeMachine: "machine of " + id}
	for _, f := range edit {
		f(marks)
	}
	return store.Node{ID: id, Host: id, Version: "1", StartedAt: nine.Add(started), SeenAt: nine.Add(seen), Marks: marks}
}

func set(name, value string) func(map[string]string) {
	return func(m map[string]string) { m[name] = value }
}

// found are the causes that a check finds among nodes that run together.
func found(t *testing.T, engine string, check func(*inside, context.Context, *doctor.Result), nodes ...store.Node) []api.Cause {
	t.Helper()
	in := &inside{cfg: &config.Config{}, live: nodes, together: together(nodes), salt: "salt"}
	in.cfg.Database.Engine = engine
	d := doctor.Diagnose(t.Context(), "test", []doctor.Check{{Name: "x", Title: "x", Run: func(ctx context.Context, r *doctor.Result) {
		check(in, ctx, r)
	}}})
	var codes []api.Cause
	for _, f := range d.Findings {
		codes = append(codes, f.Code)
	}
	return codes
}

func TestNodesAreCompared(t *testing.T) {
	const minute = time.Minute
	other := set("JWT_SECRET_KEY", "bbbbb")
	skewed := elsewhere("b", 0, minute)
	skewed.Ahead = 20 * time.Second
	for _, c := range []struct {
		note  string
		check func(*inside, context.Context, *doctor.Result)
		nodes []store.Node
		want  []api.Cause
	}{
		{"alike", (*inside).nodesSecrets, []store.Node{elsewhere("a", 0, minute), elsewhere("b", 0, minute)}, nil},
		{"another key", (*inside).nodesSecrets, []store.Node{elsewhere("a", 0, minute), elsewhere("b", 0, minute, other)}, []api.Cause{"secret_differs_between_nodes"}},
		{"one that was killed, and its successor with a new key", (*inside).nodesSecrets, []store.Node{elsewhere("a", 0, minute), elsewhere("b", minute+1, 2*minute, other)}, nil},
		{"a key that is not known", (*inside).nodesSecrets, []store.Node{elsewhere("a", 0, minute), elsewhere("b", 0, minute, set("JWT_SECRET_KEY", ""))}, nil},
		{"another address", (*inside).nodesSettings, []store.Node{elsewhere("a", 0, minute), elsewhere("b", 0, minute, set("PUBLIC_URL", "https://b.example"))}, []api.Cause{"settings_differ_between_nodes"}},
		{"a setting that an older version does not tell", (*inside).nodesSettings, []store.Node{elsewhere("a", 0, minute), elsewhere("b", 0, minute, set("SESSION_IDLE", "1h"))}, nil},
		{"clocks alike", (*inside).nodesClocks, []store.Node{elsewhere("a", 0, minute), elsewhere("b", 0, minute)}, nil},
		{"clocks apart", (*inside).nodesClocks, []store.Node{elsewhere("a", 0, minute), skewed}, []api.Cause{"clock_skew"}},
		{"two machines", (*inside).nodesPlace, []store.Node{elsewhere("a", 0, minute), elsewhere("b", 0, minute)}, []api.Cause{"sqlite_on_two_machines"}},
		{"one machine", (*inside).nodesPlace, []store.Node{elsewhere("a", 0, minute), elsewhere("b", 0, minute, set(placeMachine, "machine of a"))}, nil},
	} {
		if got := found(t, store.SQLite, c.check, c.nodes...); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.note, got, c.want)
		}
	}
	if got := found(t, store.Postgres, (*inside).nodesPlace, elsewhere("a", 0, minute), elsewhere("b", 0, minute)); got != nil {
		t.Errorf("PostgreSQL is for several machines, and %v was found", got)
	}
}

func TestProcessOfThisMachineIsSeen(t *testing.T) {
	here := Place()
	if alive, known := process(here); !alive || !known {
		t.Errorf("this very process: alive %v, known %v", alive, known)
	}
	over := maps.Clone(here)
	over[placePID] = "2147483646"
	if alive, known := process(over); alive || !known {
		t.Errorf("a process that is not there: alive %v, known %v", alive, known)
	}
	for _, name := range []string{placeMachine, placeRoom} {
		far := maps.Clone(over)
		far[name] = "another"
		if _, known := process(far); known {
			t.Errorf("a process elsewhere (%s) is judged", name)
		}
	}
}

func TestMarksTellNoKey(t *testing.T) {
	at, err := url.Parse("https://auth.example.com")
	if err != nil {
		t.Fatal(err)
	}
	const key = "hunter2-canary-0123456789abcdef-long"
	cfg := &config.Config{PublicURL: at, JWTSecretKey: secret.FromString(key), SMTPURL: secret.FromString("smtp://u:" + key + "@mail")}
	cfg.JWTPreviousSecretKeys = []secret.Value{secret.FromString("b" + key), secret.FromString("a" + key)}
	marks := Marks(cfg, "salt")
	for name, v := range marks {
		if strings.Contains(v, "hunter2") || strings.Contains(v, secret.FromString(key).Fingerprint()) {
			t.Errorf("%s is told: %s", name, v)
		}
	}
	if len(marks["JWT_SECRET_KEY"]) != markLength || marks["DATA_ENCRYPTION_PREVIOUS_KEYS"] != "none" || marks["REDIS_URL"] != "none" {
		t.Errorf("%v", marks)
	}
	slices.Reverse(cfg.JWTPreviousSecretKeys)
	if again := Marks(cfg, "salt"); !maps.Equal(again, marks) {
		t.Error("the order of previous keys counts")
	}
	if Marks(cfg, "other salt")["JWT_SECRET_KEY"] == marks["JWT_SECRET_KEY"] {
		t.Error("the salt does not count")
	}
}
