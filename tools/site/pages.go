package main

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// page is one Markdown file and what becomes of it.
type page struct {
	source  string // within the repository: docs/guide/keys.md
	out     string // within the site: guide/keys.html
	title   string
	text    []byte
	body    string
	heads   []heading
	section string
}

// heading is a part of a page that can be linked and found.
type heading struct {
	level    int
	id, text string
	words    strings.Builder
}

type site struct {
	root  string
	pages []*page
	by    map[string]*page  // by source
	files map[string]string // what pages show or offer, by its place in the repository
}

// top are the pages outside docs/ that belong to the site.
var top = []string{"README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"}

func collect(root string) (*site, error) {
	s := &site{root: root, by: map[string]*page{}, files: map[string]string{}}
	for _, name := range top {
		if err := s.add(name, "project/"+strings.ToLower(strings.TrimSuffix(name, ".md"))+".html"); err != nil {
			return nil, err
		}
	}
	for _, folder := range []string{"docs", "sdk", "deploy"} {
		if err := s.walkFolder(folder); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(s.pages, func(a, b *page) int { return strings.Compare(a.out, b.out) })
	return s, nil
}

// passed are folders that hold no pages of ours.
var passed = map[string]bool{"site": true, "node_modules": true}

func (s *site) walkFolder(folder string) error {
	return filepath.WalkDir(filepath.Join(s.root, folder), func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && passed[d.Name()]:
			return fs.SkipDir
		case d.IsDir() || path.Ext(file) != ".md":
			return nil
		}
		source, err := filepath.Rel(s.root, file)
		if err != nil {
			return err
		}
		source = filepath.ToSlash(source)
		return s.add(source, place(source))
	})
}

// place is where a page of a folder goes: README.md is what a folder opens with.
func place(source string) string {
	name := strings.TrimSuffix(strings.TrimPrefix(source, "docs/"), ".md") + ".html"
	if path.Base(name) == "README.html" {
		return path.Join(path.Dir(name), "index.html")
	}
	return name
}

func (s *site) add(source, out string) error {
	text, err := os.ReadFile(filepath.Join(s.root, filepath.FromSlash(source)))
	if err != nil {
		return err
	}
	p := &page{source: source, out: out, text: text, title: title(text, source), section: sectionOf(out)}
	s.pages = append(s.pages, p)
	s.by[source] = p
	return nil
}

// title is the first heading of the text.
func title(text []byte, source string) string {
	for line := range strings.Lines(string(text)) {
		if t, ok := strings.CutPrefix(line, "# "); ok {
			return strings.ReplaceAll(strings.TrimSpace(t), "`", "")
		}
	}
	return source
}
