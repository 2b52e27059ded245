package trace

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/aiwfe/aiwfe-auth/api"
)

// Every refusal leads somewhere: each code, and each cause of the doctor, says
// what to do by its name.
func TestEveryNameIsExplained(t *testing.T) {
	var names []string
	for code := range api.Codes {
		names = append(names, string(code))
	}
	for cause := range api.Causes {
		names = append(names, string(cause))
	}
	for name := range causes {
		names = append(names, name)
	}
	for name := range reasons {
		names = append(names, name)
	}
	for name := range gateReasons {
		names = append(names, name)
	}
	for _, name := range names {
		x, ok := Word(strings.ToUpper(name))
		v := x.Verdict
		if !ok || x.ID != name || v.Title == "" || v.Text == "" || !strings.HasSuffix(v.Text, ".") {
			t.Errorf("%s is explained as %+v", name, x)
		}
		var out bytes.Buffer
		Write(&out, x)
		if !strings.Contains(out.String(), name) {
			t.Errorf("%s: the text does not name it", name)
		}
	}
	for code := range api.Codes {
		if x, _ := Word(string(code)); x.Kind != api.ExplainedCode || x.Verdict.Remedy == "" || x.Verdict.Docs != "docs/errors/"+string(code)+".md" {
			t.Errorf("%s leads nowhere: %+v", code, x)
		}
	}
	if _, ok := Word("nothing_of_ours"); ok {
		t.Error("a name of nothing is explained")
	}
}

// mentioned is a reason in the reference of the audit.
var mentioned = regexp.MustCompile("`([a-z0-9_]+)`")

// What the reference of the audit lists, explain has words for.
func TestReasonsOfTheReferenceHaveWords(t *testing.T) {
	page, err := os.ReadFile("../../docs/reference/audit.md")
	if err != nil {
		t.Fatal(err)
	}
	_, part, _ := strings.Cut(string(page), "\n## Reasons")
	for line := range strings.Lines(part) {
		cells := strings.Split(line, " | ")
		if len(cells) < 2 || !strings.HasPrefix(line, "| `") {
			continue
		}
		for _, m := range mentioned.FindAllStringSubmatch(cells[0], -1) {
			if _, ok := reasonWords(m[1]); !ok {
				t.Errorf("the reason %s has no words in reasons.go", m[1])
			}
		}
	}
}

func TestCodeOfAReportHasOneForm(t *testing.T) {
	for text, want := range map[string]string{"k7m2qz": "K7M2QZ", " K7M2QZ ": "K7M2QZ", "K7M2Q": "", "K7M2Q0": "", "K7M2QI": "", "": ""} {
		if got, ok := ReportCode(text); got != want || ok != (want != "") {
			t.Errorf("%q is read as %q", text, got)
		}
	}
}
