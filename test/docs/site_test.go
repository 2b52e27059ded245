package docs

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	reference = regexp.MustCompile(`(?:href|src)="([^"]*)"`)
	loaded    = regexp.MustCompile(`<(?:script|link|img|iframe)[^>]*(?:href|src)="(https?:|//)`)
	marked    = regexp.MustCompile(` id="([^"]+)"`)
)

// TestSiteIsWhole makes the site and follows all that its pages name: it is
// opened from a folder, without a server and without the internet.
func TestSiteIsWhole(t *testing.T) {
	out := filepath.Join(t.TempDir(), "site")
	build(t, out)
	ids, texts := site(t, out)
	if len(texts) < 250 {
		t.Errorf("the site has only %d pages", len(texts))
	}
	for file, text := range texts {
		if m := loaded.FindString(text); m != "" {
			t.Errorf("%s loads something from elsewhere: %s", file, m)
		}
		for _, m := range reference.FindAllStringSubmatch(text, -1) {
			link := m[1]
			if strings.Contains(link, ":") {
				continue
			}
			to, anchor, _ := strings.Cut(link, "#")
			target := file
			if to != "" {
				target = filepath.Join(filepath.Dir(file), to)
			}
			if _, err := os.Stat(filepath.Join(out, target)); err != nil {
				t.Errorf("%s: %s leads nowhere", file, link)
			} else if anchor != "" && !ids[target+"#"+anchor] {
				t.Errorf("%s: %s has no such heading", file, link)
			}
		}
	}
	index, err := os.ReadFile(filepath.Join(out, "search-index.js"))
	if err != nil || len(index) > 3<<20 || !strings.Contains(string(index), "From nothing to a first sign-in") {
		t.Errorf("the index has %d bytes (%v), or lacks a sentence of docs/start.md", len(index), err)
	}
}

// build makes the site by the module of the tools, as make site does.
func build(t *testing.T, out string) {
	t.Helper()
	repository, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	made := exec.CommandContext(t.Context(), "go", "-C", filepath.Join(repository, "tools"), "run", "./site",
		"-root", repository, "-out", out)
	if said, err := made.CombinedOutput(); err != nil {
		t.Fatalf("the site was not made: %v\n%s", err, said)
	}
}

func site(t *testing.T, out string) (ids map[string]bool, texts map[string]string) {
	t.Helper()
	ids, texts = map[string]bool{}, map[string]string{}
	err := filepath.WalkDir(out, func(name string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(name) != ".html" {
			return err
		}
		content, err := os.ReadFile(name)
		file, _ := filepath.Rel(out, name)
		texts[file] = string(content)
		for _, m := range marked.FindAllSubmatch(content, -1) {
			ids[file+"#"+string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids, texts
}
