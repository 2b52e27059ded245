package deploy

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// ruleFile is a file of rules, as far as it is looked at.
type ruleFile struct {
	Groups []struct {
		Rules []struct {
			Record, Alert, Expr, For string
			Labels, Annotations      map[string]string
		}
	}
}

// panel is one of a dashboard; rows may hold others.
type panel struct {
	ID         int
	Type       string
	Title      string
	Datasource struct{ UID string }
	GridPos    struct{ X, Y, W, H int }
	Panels     []panel
	Targets    []struct{ Expr, RefID string }
}

type dashboard struct {
	UID, Title    string
	SchemaVersion int
	Panels        []panel
	Templating    struct {
		List []struct{ Name, Type, Definition string }
	}
}

func dashboardFile(t *testing.T) dashboard {
	t.Helper()
	var d dashboard
	if err := json.Unmarshal([]byte(read(t, "grafana", "aiwfe-auth.json")), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

func rules(t *testing.T) (f ruleFile) {
	t.Helper()
	if err := yaml.Unmarshal([]byte(read(t, "prometheus", "aiwfe-auth.rules.yml")), &f); err != nil {
		t.Fatal(err)
	}
	return f
}

// expressions are all that is asked of Prometheus, by where it stands.
func expressions(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, g := range rules(t).Groups {
		for _, r := range g.Rules {
			all["rule "+r.Record+r.Alert] = r.Expr
		}
	}
	for _, p := range dashboardFile(t).Panels {
		for _, target := range p.Targets {
			all[fmt.Sprintf("panel %d %s %s", p.ID, p.Title, target.RefID)] = target.Expr
		}
	}
	if len(all) < 40 {
		t.Fatalf("only %d expressions were found", len(all))
	}
	return all
}

var (
	// selector is a name with its matchers. A bare name without any is found by the prefixes that all of ours have.
	selector = regexp.MustCompile(`([a-zA-Z_:][\w:]*)\s*(?:\{([^}]*)\}|\[)`)
	bare     = regexp.MustCompile(`\b(?:aiwfe_auth|http_server|process|go)_\w+`)
	matcher  = regexp.MustCompile(`(\w+)\s*(?:=~|!~|!=|=)`)
	grouping = regexp.MustCompile(`\b(?:by|on) \(([^)]*)\)`)
	quoted   = regexp.MustCompile(`"[^"]*"`)
)

// TestEveryNameIsOneThatTheServerShows: metrics, the labels of matchers, and those that are grouped by.
func TestEveryNameIsOneThatTheServerShows(t *testing.T) {
	t.Parallel()
	known := metrics(t)
	recorded := map[string]bool{}
	for _, g := range rules(t).Groups {
		for _, r := range g.Rules {
			recorded[r.Record] = true
		}
	}
	for where, expr := range expressions(t) {
		labels := map[string]bool{}
		for _, m := range selector.FindAllStringSubmatch(expr, -1) {
			if known[m[1]] == nil && !recorded[m[1]] {
				t.Errorf("%s asks for %s, which /metrics does not show", where, m[1])
			}
			for _, l := range matcher.FindAllStringSubmatch(quoted.ReplaceAllString(m[2], `""`), -1) {
				if known[m[1]] != nil && !known[m[1]][l[1]] {
					t.Errorf("%s asks for the label %s of %s, which has none", where, l[1], m[1])
				}
			}
		}
		for _, name := range bare.FindAllString(quoted.ReplaceAllString(expr, `""`), -1) {
			if known[name] == nil && !strings.Contains(expr, ":"+name) {
				t.Errorf("%s asks for %s, which /metrics does not show", where, name)
			}
			for l := range known[name] {
				labels[l] = true
			}
		}
		for _, g := range grouping.FindAllStringSubmatch(expr, -1) {
			for l := range strings.SplitSeq(g[1], ",") {
				if l = strings.TrimSpace(l); len(labels) > 0 && !labels[l] {
					t.Errorf("%s groups by %s, which nothing in it has", where, l)
				}
			}
		}
		balanced(t, where, expr)
	}
}

// balanced is what can be told of the syntax without a parser of it.
func balanced(t *testing.T, where, expr string) {
	t.Helper()
	var open []rune
	pairs := map[rune]rune{')': '(', ']': '[', '}': '{'}
	for _, c := range quoted.ReplaceAllString(expr, `""`) {
		switch c {
		case '(', '[', '{':
			open = append(open, c)
		case ')', ']', '}':
			if len(open) == 0 || open[len(open)-1] != pairs[c] {
				t.Errorf("%s: %q closes nothing in %s", where, c, expr)
				return
			}
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 || strings.Count(expr, `"`)%2 != 0 {
		t.Errorf("%s: something is left open in %s", where, expr)
	}
}

// TestRulesLeadSomewhere: each alert says how long it waits, how grave it is, and where to read on.
func TestRulesLeadSomewhere(t *testing.T) {
	t.Parallel()
	root, err := ground.ModuleRoot()
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, g := range rules(t).Groups {
		for _, r := range g.Rules {
			if r.Alert == "" {
				continue
			}
			if names[r.Alert] {
				t.Errorf("there are two alerts %s", r.Alert)
			}
			names[r.Alert] = true
			if r.For == "" || r.Labels["severity"] == "" || r.Annotations["summary"] == "" || r.Annotations["description"] == "" {
				t.Errorf("%s lacks for, severity, summary or description", r.Alert)
			}
			page, ours := strings.CutPrefix(r.Annotations["runbook_url"], "https://github.com/aiwfe/aiwfe-auth/blob/main/")
			if _, err := os.Stat(filepath.Join(root, page)); err != nil || !ours {
				t.Errorf("%s: there is no runbook %s", r.Alert, r.Annotations["runbook_url"])
			}
		}
	}
	for _, name := range []string{"AiwfeAuthLoginsFail", "AiwfeAuthDatabaseErrors", "AiwfeAuthSlow", "AiwfeAuthCSRFTokensFail"} {
		if !names[name] {
			t.Errorf("the threshold %s is missing", name)
		}
	}
}

// TestDashboardCanBeImported: ids are unique, panels lie beside each other, and the data source is a choice.
func TestDashboardCanBeImported(t *testing.T) {
	t.Parallel()
	d := dashboardFile(t)
	if d.UID == "" || d.Title == "" || d.SchemaVersion < 38 || len(d.Templating.List) == 0 || d.Templating.List[0].Type != "datasource" {
		t.Errorf("%s %s: version %d, variables %v", d.UID, d.Title, d.SchemaVersion, d.Templating.List)
	}
	ids, taken := map[int]string{}, map[[2]int]string{}
	for _, p := range d.Panels {
		if before, ok := ids[p.ID]; ok || p.ID == 0 {
			t.Errorf("%q has the id %d of %q", p.Title, p.ID, before)
		}
		ids[p.ID] = p.Title
		if p.Type != "row" && (p.Datasource.UID != "${datasource}" || len(p.Targets) == 0) {
			t.Errorf("%q asks %q for %d things", p.Title, p.Datasource.UID, len(p.Targets))
		}
		for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
			for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
				if other, ok := taken[[2]int{x, y}]; ok || x >= 24 {
					t.Fatalf("%q lies upon %q, or beyond the edge", p.Title, other)
				}
				taken[[2]int{x, y}] = p.Title
			}
		}
	}
}

// TestPrometheusReadsTheRules has Prometheus' own tool look, where it is installed.
func TestPrometheusReadsTheRules(t *testing.T) {
	t.Parallel()
	tool, err := exec.LookPath("promtool")
	if err != nil {
		t.Log("promtool is not installed, so names and brackets were looked at and no more")
		return
	}
	root, err := ground.ModuleRoot()
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"check", "rules", "aiwfe-auth.rules.yml"}, {"test", "rules", "aiwfe-auth.rules_test.yml"}, {"check", "config", "--syntax-only", "prometheus.yml"},
	} {
		cmd := exec.CommandContext(t.Context(), tool, args...)
		cmd.Dir = filepath.Join(root, "deploy", "prometheus")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
}
