package main

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"unicode"

	"github.com/yuin/goldmark/ast"
)

// source is where files are shown that are no part of the site.
const source = "https://github.com/aiwfe/aiwfe-auth/blob/main/"

// turn is where a link of the repository leads to in the site.
func (s *site) turn(p *page, destination []byte) ([]byte, error) {
	link := string(destination)
	if strings.Contains(link, "://") || strings.HasPrefix(link, "mailto:") || strings.HasPrefix(link, "#") || link == "" {
		return destination, nil
	}
	file, anchor, _ := strings.Cut(link, "#")
	if anchor != "" {
		anchor = "#" + anchor
	}
	file = path.Join(path.Dir(p.source), file)
	info, err := os.Stat(filepath.Join(s.root, filepath.FromSlash(file)))
	if err != nil {
		return nil, fmt.Errorf("the link %s leads nowhere", link)
	}
	for _, one := range []string{file, file + "/README.md"} {
		if to := s.by[one]; to != nil {
			return []byte(relative(p.out, to.out) + anchor), nil
		}
	}
	switch {
	case !info.IsDir() && strings.HasPrefix(file, "docs/"):
		s.files[file] = strings.TrimPrefix(file, "docs/")
	case file == "api/openapi.json":
		s.files[file] = "reference/openapi.json"
	default:
		return []byte(source + file), nil
	}
	return []byte(relative(p.out, s.files[file])), nil
}

// relative is the link from one file of the site to another; absolute ones
// would not work from a folder.
func relative(from, to string) string {
	r, err := filepath.Rel(path.Dir(from), to)
	if err != nil {
		return to
	}
	return filepath.ToSlash(r)
}

// slugs names headings as GitHub does, so that a link works in both places.
type slugs struct{ seen map[string]int }

func (s *slugs) Generate(value []byte, _ ast.NodeKind) []byte {
	id := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsLetter(r), unicode.IsNumber(r), r == '-', r == '_':
			return unicode.ToLower(r)
		case r == ' ':
			return '-'
		}
		return -1
	}, strings.TrimSpace(string(value)))
	n := s.seen[id]
	s.seen[id]++
	if n > 0 {
		id += "-" + strconv.Itoa(n)
	}
	return []byte(id)
}

func (s *slugs) Put([]byte) {}
