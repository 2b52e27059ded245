package app

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// What is sealed somewhere nobody knows of is closed for ever once its key is retired: every seal in the program has
// its place in store.SealedPlaces, or is a fact that is sealed anew at each start.
func TestEverySealedColumnIsKnown(t *testing.T) {
	known := []string{"factDerived", "FactSealed", "rootBound"}
	for _, p := range store.SealedPlaces {
		known = append(known, `"`+p.Label+`"`)
	}
	seal := regexp.MustCompile(`\.Seal\(.*?, ("[a-z ]+"|rootBound|[fF]act[A-Z][a-z]+)[,()]`)
	found := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") ||
			strings.Contains(path, "secret"+string(filepath.Separator)) || strings.Contains(path, "storetest") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for line := range strings.SplitSeq(string(text), "\n") {
			if !strings.Contains(line, ".Seal(") {
				continue
			}
			m := seal.FindStringSubmatch(line)
			if m == nil || !slices.Contains(known, m[1]) {
				t.Errorf("%s seals what no rotation would seal anew; give it a line in store.SealedPlaces: %s", path, strings.TrimSpace(line))
				continue
			}
			found++
		}
		return nil
	})
	if err != nil || found < 4 {
		t.Errorf("%d seals were found, %v", found, err)
	}
}
