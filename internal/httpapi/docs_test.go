package httpapi

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
)

const auditPage = "../../docs/reference/audit.md"

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestEveryAuditEventIsExplained(t *testing.T) {
	_, part, ok := strings.Cut(read(t, auditPage), "\n## Events\n")
	if !ok {
		t.Fatal("the page has no events")
	}
	part, _, _ = strings.Cut(part, "\n## ")
	explained := map[string]bool{}
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\| .+\\. \\|$").FindAllStringSubmatch(part, -1) {
		explained[m[1]] = true
	}
	for _, e := range audit.Events {
		if !explained[string(e)] {
			t.Errorf("%s is not explained", e)
		}
		delete(explained, string(e))
	}
	for name := range explained {
		t.Errorf("%s is explained but is no event", name)
	}
}

// TestEveryReasonIsExplained reads the reasons from the source: an operator
// who meets one in the audit must find it on the page.
func TestEveryReasonIsExplained(t *testing.T) {
	page, found := read(t, auditPage), 0
	for _, dir := range []string{"../login", "../httpkit", "."} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			for _, reason := range reasons(t, name) {
				found++
				if !strings.Contains(page, "`"+reason+"`") {
					t.Errorf("%s: the reason %s is not in docs/reference/audit.md", name, reason)
				}
			}
		}
	}
	if found < 20 {
		t.Errorf("only %d reasons were found: this test looks in the wrong place", found)
	}
}

// reasons are the literal reasons of fault.New in one file.
func reasons(t *testing.T, name string) (list []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) < 3 {
			return true
		}
		if f, ok := call.Fun.(*ast.SelectorExpr); !ok || f.Sel.Name != "New" {
			return true
		} else if x, ok := f.X.(*ast.Ident); !ok || x.Name != "fault" {
			return true
		}
		if lit, ok := call.Args[1].(*ast.BasicLit); ok {
			if reason, err := strconv.Unquote(lit.Value); err == nil && reason != "" {
				list = append(list, reason)
			}
		}
		return true
	})
	return list
}
