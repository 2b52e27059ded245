// Package docs holds the documentation to what it says: links lead somewhere,
// commands, settings and tests that it names exist, and the site is whole.
package docs

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const root = "../.."

// page is a Markdown file, by its place in the repository.
type page struct {
	name string
	// text is what stands outside of blocks of code, by line.
	text []line
	// code is what stands in them.
	code []line
	// anchors are what a link may end in.
	anchors map[string]bool
}

type line struct {
	number   int
	text     string
	language string // of a block
}

// elsewhere are folders that hold no pages of ours.
var elsewhere = map[string]bool{
	".git": true, "node_modules": true, "testdata": true, "data": true, "out": true, "bin": true, "output": true,
}

func pages(t *testing.T) map[string]*page {
	t.Helper()
	all := map[string]*page{}
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && elsewhere[d.Name()]:
			return fs.SkipDir
		case d.IsDir() || filepath.Ext(file) != ".md":
			return nil
		}
		name, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		content, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		all[name] = read(name, string(content))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 200 {
		t.Fatalf("only %d pages were found", len(all))
	}
	return all
}

func read(name, content string) *page {
	p := &page{name: name, anchors: map[string]bool{}}
	seen, fence, language := map[string]int{}, "", ""
	for i, text := range strings.Split(content, "\n") {
		trimmed := strings.TrimSpace(text)
		switch {
		case fence == "" && strings.HasPrefix(trimmed, "```"):
			fence, language = "```", strings.TrimPrefix(trimmed, "```")
		case fence != "" && trimmed == fence:
			fence = ""
		case fence != "":
			p.code = append(p.code, line{i + 1, text, language})
		default:
			p.text = append(p.text, line{i + 1, text, ""})
			if h := heading.FindStringSubmatch(text); h != nil {
				id := slug(h[1])
				if n := seen[id]; n > 0 {
					p.anchors[id+"-"+string(rune('0'+n))] = true
				}
				seen[id]++
				p.anchors[id] = true
			}
			for _, m := range named.FindAllStringSubmatch(text, -1) {
				p.anchors[m[1]] = true
			}
		}
	}
	return p
}

var (
	heading = regexp.MustCompile(`^#{1,6} +(.*)$`)
	named   = regexp.MustCompile(`<a (?:id|name)="([^"]+)"`)
	linked  = regexp.MustCompile(`\[([^\]]*)\]\(([^)\s]+)[^)]*\)`)
	dropped = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
	inline  = regexp.MustCompile("`([^`]+)`")
)

// slug is the anchor that GitHub gives a heading.
func slug(text string) string {
	text = linked.ReplaceAllString(text, "$1")
	text = dropped.ReplaceAllString(strings.ToLower(strings.TrimSpace(text)), "")
	return strings.ReplaceAll(text, " ", "-")
}

// beside is where a link of the page leads to.
func (p *page) beside(file string) string { return path.Join(path.Dir(p.name), file) }
