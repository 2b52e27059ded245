package config

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

func TestMissingKeysAreMadeAndKept(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	src := Sources{Env: []string{"DATA_DIR=" + dir}}
	c := mustLoad(t, src)
	made, err := c.EnsureSecrets()
	if err != nil {
		t.Fatal(err)
	}
	want := []string{filepath.Join(dir, "jwt-secret-key"), filepath.Join(dir, "data-encryption-key")}
	if !slices.Equal(made, want) {
		t.Errorf("made %q", made)
	}
	for _, path := range want {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
	}
	if _, w := weakness("JWT_SECRET_KEY", c.JWTSecretKey.Reveal()); w != "" || c.JWTSecretKey.Equal(c.DataEncryptionKey) {
		t.Errorf("the made keys are no good: %q", w)
	}
	if o := setting1(t, c, "JWT_SECRET_KEY").Origin; o != "file "+want[0] {
		t.Errorf("origin %q", o)
	}
	again := mustLoad(t, src)
	if made, err := again.EnsureSecrets(); err != nil || len(made) != 0 || !again.JWTSecretKey.Equal(c.JWTSecretKey) || !again.DataEncryptionKey.Equal(c.DataEncryptionKey) {
		t.Errorf("the second start made %q, %v, or has other keys", made, err)
	}
}

func TestKeysThatWereSetAreLeftAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	c := mustLoad(t, Sources{Env: []string{"DATA_DIR=" + dir, "JWT_SECRET_KEY=" + strongJWT, "DATA_ENCRYPTION_KEY=" + strongData}})
	if made, err := c.EnsureSecrets(); err != nil || len(made) != 0 || string(c.JWTSecretKey.Reveal()) != strongJWT {
		t.Errorf("made %q, %v", made, err)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Error("a folder was made for nothing")
	}
}

// Processes that start together must not sign with different keys.
func TestStartsAtTheSameInstantEndWithOneKey(t *testing.T) {
	dir := t.TempDir()
	const many = 16
	keys := make([]string, many)
	news := make([]int, many)
	var wg sync.WaitGroup
	for i := range many {
		c := mustLoad(t, Sources{Env: []string{"DATA_DIR=" + dir}})
		wg.Go(func() {
			made, err := c.EnsureSecrets()
			if err != nil {
				t.Error(err)
			}
			news[i] = len(made)
			keys[i] = string(c.JWTSecretKey.Reveal()) + string(c.DataEncryptionKey.Reveal())
		})
	}
	wg.Wait()
	if slices.Sort(keys); len(slices.Compact(keys)) != 1 {
		t.Error("there are different keys")
	}
	total := 0
	for _, n := range news {
		total += n
	}
	files, err := os.ReadDir(dir)
	if err != nil || total != 2 || len(files) != 2 {
		t.Errorf("%d files were told as made, and %d lie there: %v, %v", total, len(files), files, err)
	}
}

func TestKeysAreNotMadeInProduction(t *testing.T) {
	for _, e := range []Environment{Production, Staging, "", "prod"} {
		c := &Config{Environment: e, DataDir: t.TempDir()}
		if _, err := c.EnsureSecrets(); err == nil {
			t.Errorf("%q made its own keys", e)
		}
	}
}

func TestSpoiltKeyFileIsToldAndKept(t *testing.T) {
	path := write(t, "jwt-secret-key", "sesame\n")
	c := mustLoad(t, Sources{Env: []string{"DATA_DIR=" + filepath.Dir(path)}})
	_, err := c.EnsureSecrets()
	if err == nil || !strings.Contains(err.Error(), path) || strings.Contains(err.Error(), "sesame") {
		t.Errorf("got %v", err)
	}
}
