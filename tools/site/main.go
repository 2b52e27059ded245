// Command site makes static HTML of the Markdown in the repository: pages with
// navigation and search that need no server and nothing of anybody else.
//
//	go -C tools run ./site -root .. -out ../docs/site/out
package main

import (
	"embed"
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

//go:embed assets
var assets embed.FS

func main() {
	root := flag.String("root", "..", "the repository")
	out := flag.String("out", "../docs/site/out", "where the pages go; what is there is replaced")
	flag.Parse()
	if err := build(*root, *out); err != nil {
		fmt.Fprintln(os.Stderr, "site:", err)
		os.Exit(1)
	}
}

// build reads all pages before it writes the first, since each knows the titles
// of the others.
func build(root, out string) error {
	s, err := collect(root)
	if err != nil {
		return err
	}
	if err := s.render(); err != nil {
		return err
	}
	if err := empty(out); err != nil {
		return err
	}
	for _, p := range s.pages {
		if err := write(out, p.out, s.whole(p)); err != nil {
			return err
		}
	}
	for _, name := range []string{"site.css", "site.js"} {
		content, err := assets.ReadFile("assets/" + name)
		if err != nil {
			return err
		}
		if err := write(out, name, content); err != nil {
			return err
		}
	}
	if err := write(out, "search-index.js", s.index()); err != nil {
		return err
	}
	for from, to := range s.files {
		content, err := os.ReadFile(filepath.Join(root, from))
		if err != nil {
			return err
		}
		if err := write(out, to, content); err != nil {
			return err
		}
	}
	fmt.Printf("%d pages in %s\n", len(s.pages), out)
	return nil
}

// empty makes the folder new. It removes only what this program made before.
func empty(out string) error {
	there, err := os.ReadDir(out)
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	if len(there) > 0 {
		if _, err := os.Stat(filepath.Join(out, "search-index.js")); err != nil {
			return fmt.Errorf("%s holds something else; please choose another folder", out)
		}
	}
	return os.RemoveAll(out)
}

func write(out, name string, content []byte) error {
	file := filepath.Join(out, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, content, 0o644)
}
