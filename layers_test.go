package aiwfeauth

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/aiwfe/aiwfe-auth/"

// layers gives each package its height. A package imports only lower ones, or
// what `beside` allows. This is the direction rule of ARCHITECTURE.md.
var layers = map[string]int{
	"api":              0,
	"internal/version": 0, "internal/argon": 0, "internal/cache": 0, "internal/spell": 0, "internal/pause": 0, "internal/i18n": 0, "internal/proxyconf": 0,
	"internal/fault": 1, "internal/secret": 1, "internal/bench": 1, "internal/figures": 1, "internal/policy": 1, "internal/brand": 1,
	"internal/account": 2, "internal/config": 2, "internal/mail": 2, "internal/doctor": 2, "internal/outward": 2,
	"internal/password": 3, "internal/session": 3, "internal/token": 3, "internal/csrf": 3,
	"internal/ratelimit": 3, "internal/audit": 3, "internal/passkey": 3, "internal/mfa": 3,
	"internal/doctor/bundle": 3, "internal/backup": 3,
	"internal/login": 4, "internal/doctor/watch": 4, "internal/trace": 4, "internal/selftest": 4, "internal/alert": 4, "internal/upkeep": 4,
	"internal/moving": 4, "internal/moving/tables": 5,
	"internal/httpkit": 5, "internal/doctor/outside": 5, "internal/otlp": 5,
	"internal/httpapi": 6, "internal/web": 6, "internal/gateway": 6, "internal/monitor": 6, "internal/store": 6,
	"internal/valkey": 6, "internal/demo": 6,
	"internal/doctor/inside": 7,
	"internal/app":           8,
	"internal/doctor/prove":  9,
	"cmd/aiwfe-auth":         10,
}

// configReaders may know the configuration; everybody else is given values.
var configReaders = map[string]bool{
	"internal/app": true, "cmd/aiwfe-auth": true, "internal/config": true, "internal/doctor/inside": true,
	"internal/doctor/prove": true,
}

// TestImportsGoDown reads the files itself: a test that called `go list` could
// be answered from the cache.
func TestImportsGoDown(t *testing.T) {
	for pkg, file := range sources(t) {
		height, known := layers[pkg.dir]
		if !known {
			if !strings.HasPrefix(pkg.dir, "test/") && pkg.dir != "." && !strings.Contains(pkg.dir, "genlist") && !strings.HasPrefix(pkg.dir, "internal/store/storetest") {
				t.Errorf("%s has no place in layers_test.go and ARCHITECTURE.md", pkg.dir)
			}
			continue
		}
		for _, imp := range file.Imports {
			name, err := strconv.Unquote(imp.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			other, ours := strings.CutPrefix(name, module)
			if !ours {
				continue
			}
			if other == "internal/config" && !configReaders[pkg.dir] {
				t.Errorf("%s imports config: only app and the command may", pkg.name)
			}
			if h, ok := layers[other]; !ok || h >= height {
				t.Errorf("%s (layer %d) imports %s (layer %d): imports go down", pkg.name, height, other, h)
			}
		}
	}
}

// TestNounsKnowNoTransportAndNoDatabase holds the other half of the rule.
func TestNounsKnowNoTransportAndNoDatabase(t *testing.T) {
	for pkg, file := range sources(t) {
		if h, ok := layers[pkg.dir]; !ok || h > 4 || h == 0 || pkg.dir == "internal/config" || pkg.dir == "internal/outward" {
			continue // outward is a transport, which nouns are given by its interface
		}
		for _, imp := range file.Imports {
			switch name, _ := strconv.Unquote(imp.Path.Value); {
			case name == "net/http", name == "database/sql", strings.Contains(name, "pgx"), strings.Contains(name, "prometheus"):
				t.Errorf("%s imports %s: nouns know neither HTTP nor SQL nor metrics", pkg.name, name)
			}
		}
	}
}

// TestNoWeakRandomness: what is random here is a secret sooner or later.
func TestNoWeakRandomness(t *testing.T) {
	for pkg, file := range sources(t) {
		if strings.HasPrefix(pkg.dir, "test/") {
			continue // ports and shuffles
		}
		for _, imp := range file.Imports {
			name, _ := strconv.Unquote(imp.Path.Value)
			if pkg.dir == "internal/password" && name == "crypto/sha1" {
				continue // inside the HMAC of PBKDF2, for hashes that others made; nothing is made with it
			}
			switch name {
			case "math/rand", "math/rand/v2", "crypto/md5", "crypto/sha1", "crypto/des", "crypto/rc4":
				t.Errorf("%s imports %s", pkg.name, name)
			}
		}
	}
}

// TestEveryPackageSaysWhatItOwns wants a comment on each package.
func TestEveryPackageSaysWhatItOwns(t *testing.T) {
	said := map[string]bool{}
	for pkg, file := range sources(t) {
		said[pkg.dir] = said[pkg.dir] || file.Doc != nil
	}
	for dir, ok := range said {
		if !ok && dir != "." {
			t.Errorf("package %s has no comment", dir)
		}
	}
}

// TestEveryDependencyHasALine: a direct dependency says why it is there.
func TestEveryDependencyHasALine(t *testing.T) {
	why, err := os.ReadFile("docs/reference/dependencies.md")
	if err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(mod)) {
		fields := strings.Fields(line)
		if len(fields) != 2 || !strings.HasPrefix(line, "\t") || strings.Contains(line, "// indirect") {
			continue
		}
		name := strings.TrimPrefix(fields[0], "github.com/pb33f/") // two of one house, named together
		if !strings.Contains(string(why), name) {
			t.Errorf("%s has no line in docs/reference/dependencies.md", fields[0])
		}
	}
}

type source struct{ dir, name string }

// sources are the product's Go files, tests left out.
func sources(t *testing.T) map[source]*ast.File {
	t.Helper()
	files := map[source]*ast.File{}
	set := token.NewFileSet()
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (strings.HasPrefix(d.Name(), ".") && name != "." || d.Name() == "testdata" || d.Name() == "tools"):
			return filepath.SkipDir
		case d.IsDir() && name == "sdk":
			return filepath.SkipDir // modules of their own, which import nothing of this one
		case !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		f, err := parser.ParseFile(set, name, nil, parser.ImportsOnly|parser.ParseComments)
		if err != nil {
			return err
		}
		files[source{path.Clean(filepath.ToSlash(filepath.Dir(name))), name}] = f
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 50 {
		t.Fatalf("only %d files found: this test looks in the wrong place", len(files))
	}
	return files
}
