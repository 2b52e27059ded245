package faultlab

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// TestFixMendsModesAndMigrationsAndNothingElse breaks what --fix may mend, and
// one thing that it must leave to a person.
func TestFixMendsModesAndMigrationsAndNothingElse(t *testing.T) {
	t.Parallel()
	dir := openFolder(t)
	s := ground.Unstarted(t, map[string]string{"DATA_DIR": dir})
	if res := s.Run("user", "list"); res.Code != 0 {
		t.Fatal(res.Stderr)
	}
	db, key := filepath.Join(dir, "aiwfe-auth.db"), filepath.Join(dir, "jwt-secret-key")
	for _, path := range []string{db, db + "-wal", db + "-shm"} { // every migration is pending in an empty one
		if err := os.RemoveAll(path); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(db, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{db, key} {
		if err := os.Chmod(path, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	before := doctor(t, s)
	if before.Healthy {
		t.Fatal("nothing was found before")
	}
	after := doctor(t, s, "--fix")
	expect(t, after)
	fixed := 0
	for _, n := range after.Notes {
		if n.Code == "fixed" {
			fixed++
		}
	}
	if fixed != 4 { // the folder, two files, the schema
		t.Errorf("it tells of %d things that it did: %v", fixed, after.Notes)
	}
	for _, path := range []string{db, key} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o640 {
			t.Errorf("%s has mode %v, %v", path, info.Mode(), err)
		}
	}
	expect(t, doctor(t, s))
	again := doctor(t, s, "--fix")
	if slices.ContainsFunc(again.Notes, func(n api.Note) bool { return n.Code == "fixed" || n.Code == "not_fixed" }) {
		t.Errorf("a second time it did something: %v", again.Notes)
	}
}

func TestFixSaysWhatItLeaves(t *testing.T) {
	t.Parallel()
	d := doctor(t, ground.Unstarted(t, real(map[string]string{"COOKIE_DOMAIN": "co.uk"})), "--fix")
	expect(t, d, "cookie_public_suffix")
	if !slices.ContainsFunc(d.Notes, func(n api.Note) bool { return n.Code == "not_fixed" }) {
		t.Errorf("it does not say that migrations were left: %v", d.Notes)
	}
}
