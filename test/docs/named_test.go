package docs

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestTestsThatPagesNameExist: a promise is as good as the test that holds it.
func TestTestsThatPagesNameExist(t *testing.T) {
	known := tests(t)
	all := pages(t)
	for _, p := range all {
		for _, l := range p.text {
			for _, m := range testName.FindAllString(l.text, -1) {
				if !known[m] && !strings.HasSuffix(p.name, "CHANGELOG.md") {
					t.Errorf("%s:%d: there is no test %s", p.name, l.number, m)
				}
			}
		}
	}
	threats := 0
	for _, l := range all["docs/threat-model.md"].text {
		if !threat.MatchString(l.text) {
			continue
		}
		threats++
		if !testName.MatchString(l.text) {
			t.Errorf("docs/threat-model.md:%d: a threat without a test", l.number)
		}
	}
	if threats < 40 {
		t.Errorf("only %d threats were looked at", threats)
	}
}

var (
	testName = regexp.MustCompile(`\b(?:Test|Fuzz)[A-Z]\w+`)
	threat   = regexp.MustCompile(`^\| [STRIDE]\d+ \|`)
	declared = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)[A-Z]\w+)\(`)
)

func tests(t *testing.T) map[string]bool {
	t.Helper()
	known := map[string]bool{}
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(file, "_test.go") {
			return err
		}
		content, err := os.ReadFile(file)
		for _, m := range declared.FindAllSubmatch(content, -1) {
			known[string(m[1])] = true
		}
		return err
	})
	if err != nil || len(known) < 1000 {
		t.Fatalf("%d tests were found (%v)", len(known), err)
	}
	return known
}
