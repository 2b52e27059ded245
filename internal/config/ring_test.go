package config

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

func withRing(t *testing.T, dir string) (*Config, Ring) {
	t.Helper()
	c := mustLoad(t, Sources{Env: []string{"ENVIRONMENT=test", "DATA_DIR=" + dir}})
	if _, err := c.EnsureSecrets(); err != nil {
		t.Fatal(err)
	}
	r, ok := c.Ring("JWT_SECRET_KEY")
	if !ok {
		t.Fatal("the key that made itself has no ring")
	}
	return c, r
}

func accepts(c *Config, k secret.Value) bool {
	for _, one := range append([]secret.Value{c.JWTSecretKey}, c.JWTPreviousSecretKeys...) {
		if one.Equal(k) {
			return true
		}
	}
	return false
}

func TestKeyIsAcceptedBeforeItSignsAndAfter(t *testing.T) {
	dir := t.TempDir()
	first, r := withRing(t, dir)
	old := first.JWTSecretKey
	next, err := r.Prepare(noon)
	if err != nil {
		t.Fatal(err)
	}
	if c, _ := withRing(t, dir); !c.JWTSecretKey.Equal(old) || !accepts(c, next) {
		t.Error("the next key signs already, or is not accepted")
	}
	if again, err := r.Prepare(noon); err != nil || !again.Equal(next) {
		t.Errorf("a rotation that was cut off made another key (%v)", err)
	}
	if made, err := r.Switch(old.Fingerprint(), noon, false); err != nil || !made.Equal(next) {
		t.Errorf("another key was put to use (%v)", err)
	}
	if c, _ := withRing(t, dir); !c.JWTSecretKey.Equal(next) || !accepts(c, old) || len(c.JWTPreviousSecretKeys) != 1 {
		t.Error("the new key does not sign, or the old one is not accepted")
	}
	if dropped, err := r.Drop(old.Fingerprint()); err != nil || !dropped {
		t.Errorf("the old key was not dropped: %v", err)
	}
	if c, _ := withRing(t, dir); accepts(c, old) || !accepts(c, next) {
		t.Error("the old key is accepted after it was dropped")
	}
}

func TestCompromisedKeyIsNotKept(t *testing.T) {
	dir := t.TempDir()
	first, r := withRing(t, dir)
	before, err := r.Switch(first.JWTSecretKey.Fingerprint(), noon, false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Switch(before.Fingerprint(), noon, true); err != nil {
		t.Fatal(err)
	}
	if c, _ := withRing(t, dir); accepts(c, first.JWTSecretKey) || accepts(c, before) || len(c.JWTPreviousSecretKeys) != 0 {
		t.Error("a key is accepted that was declared compromised")
	}
}

// Whatever was written when it was killed, the old key is accepted, and the rotation can be ended.
func TestRotationThatIsCutOffLeavesAWorkingState(t *testing.T) {
	dir := t.TempDir()
	c, r := withRing(t, dir)
	old := c.JWTSecretKey
	next, err := r.Prepare(noon)
	if err != nil {
		t.Fatal(err)
	}
	// Killed before the new key got its name, and after.
	both := []Beside{{next, noon, true}, {old, noon, false}}
	for _, current := range []secret.Value{old, next} {
		if err := r.writeBeside(both); err != nil {
			t.Fatal(err)
		}
		if err := replace(r.path, string(current.Reveal())+"\n"); err != nil {
			t.Fatal(err)
		}
		if c, _ := withRing(t, dir); !accepts(c, old) || !accepts(c, next) {
			t.Fatalf("with %s in use not both are accepted", current.Fingerprint())
		}
		if _, err := r.Switch(current.Fingerprint(), noon, false); err != nil {
			t.Fatal(err)
		}
		if c, _ := withRing(t, dir); !accepts(c, old) || !accepts(c, next) || c.JWTSecretKey.Equal(old) {
			t.Error("the rotation cannot be ended")
		}
	}
}

func TestBrokenRingIsToldAndNothingIsLost(t *testing.T) {
	dir := t.TempDir()
	_, r := withRing(t, dir)
	if err := os.WriteFile(filepath.Clean(r.file()), []byte("[{"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := mustLoad(t, Sources{Env: []string{"ENVIRONMENT=test", "DATA_DIR=" + dir}})
	if _, err := c.EnsureSecrets(); err == nil {
		t.Error("a broken file of keys is taken for none")
	}
	if _, err := r.Prepare(noon); err == nil {
		t.Error("it was written over")
	}
}
