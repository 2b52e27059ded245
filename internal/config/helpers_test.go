package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Keys of the kind that production takes.
const (
	strongJWT  = "kP3v9sXq7LmZt2RbW8yNcE5uHaJd4GfTo6iVx1QrSpDk0wBn"
	strongData = "Yh7Qe2LwZr9TmXk4VbNc8JsPd5GfUa3RtEo6iHv1SqDy0xBu"
	mailServer = "SMTP_URL=smtp://u:p@mail.example.com:587"
)

var noon = time.Date(2026, 11, 10, 12, 0, 0, 0, time.UTC)

// production is an environment that starts there without a fault.
func production(more ...string) []string {
	return append([]string{
		"ENVIRONMENT=production", "PUBLIC_URL=https://auth.example.com", "TRUSTED_PROXIES=10.0.0.0/8",
		"JWT_SECRET_KEY=" + strongJWT, "DATA_ENCRYPTION_KEY=" + strongData,
	}, more...)
}

// with sets variables in an environment, or takes them out where the value is
// empty.
func with(env []string, changes ...string) []string {
	out := append([]string(nil), changes...)
	for _, kv := range env {
		name, _, _ := strings.Cut(kv, "=")
		changed := false
		for _, c := range changes {
			changed = changed || strings.HasPrefix(c, name+"=")
		}
		if !changed {
			out = append(out, kv)
		}
	}
	return out
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func load(src Sources) (*Config, error) {
	src.Now = noon
	return Load(src)
}

func mustLoad(t *testing.T, src Sources) *Config {
	t.Helper()
	c, err := load(src)
	if err != nil {
		t.Fatalf("Load: %v", err)
	}
	return c
}

// faultsOf loads and gives the faults by variable.
func faultsOf(t *testing.T, src Sources) map[string]Fault {
	t.Helper()
	_, err := load(src)
	found := map[string]Fault{}
	if err == nil {
		return found
	}
	fs, ok := errors.AsType[*Faults](err)
	if !ok {
		t.Fatalf("the error is %T, not *Faults: %v", err, err)
	}
	for _, f := range fs.List {
		found[f.Variable] = f
	}
	return found
}

func warned(c *Config, piece string) bool {
	return strings.Contains(strings.Join(c.Warnings(), "\n"), piece)
}

func setting1(t *testing.T, c *Config, name string) Setting {
	t.Helper()
	for _, s := range c.Settings() {
		if s.Name == name {
			return s
		}
	}
	t.Fatalf("no setting %s", name)
	return Setting{}
}
