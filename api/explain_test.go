package api

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the generated files anew")

const pages = "../docs/errors"

//go:generate go test . -run TestEveryCodeHasItsPage -update

func TestEveryCodeIsExplained(t *testing.T) {
	for code := range Codes {
		e, ok := Explanations[code]
		if !ok {
			t.Errorf("%s has no explanation", code)
			continue
		}
		for name, text := range map[string]string{"Meaning": e.Meaning, "Person": e.Person, "Operator": e.Operator} {
			if !strings.HasSuffix(text, ".") {
				t.Errorf("%s: %s is not a whole sentence: %q", code, name, text)
			}
		}
		if len(e.Commands) == 0 && !strings.HasPrefix(e.Operator, "Nothing needs to be done.") {
			t.Errorf("%s names no command for the operator", code)
		}
		for _, c := range e.Commands {
			if !strings.HasPrefix(c, "aiwfe-auth ") {
				t.Errorf("%s: %q is no command of ours", code, c)
			}
		}
	}
	for code := range Explanations {
		if _, ok := Codes[code]; !ok {
			t.Errorf("%s is explained but is no code", code)
		}
	}
}

func TestEveryCodeHasItsPage(t *testing.T) {
	want := map[string][]byte{"README.md": index()}
	for code := range Codes {
		want[string(code)+".md"] = page(code)
	}
	for cause := range Causes {
		want[string(cause)+".md"] = causePage(cause)
	}
	if *update {
		if err := os.RemoveAll(pages); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(pages, 0o755); err != nil {
			t.Fatal(err)
		}
		for name, text := range want {
			if err := os.WriteFile(filepath.Join(pages, name), text, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, text := range want {
		got, err := os.ReadFile(filepath.Join(pages, name))
		if err != nil {
			t.Errorf("%v; run go generate ./api", err)
		} else if !bytes.Equal(got, text) {
			t.Errorf("%s is stale; run go generate ./api", name)
		}
	}
	there, err := os.ReadDir(pages)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range there {
		if want[f.Name()] == nil {
			t.Errorf("%s explains no code", f.Name())
		}
	}
}

func page(code Code) []byte {
	var b bytes.Buffer
	info, e := Codes[code], Explanations[code]
	fmt.Fprintf(&b, "# %s\n\n**%s** · HTTP %d %s\n\n%s\n", code, info.Title, info.Status, http.StatusText(info.Status), e.Meaning)
	if info.Legacy != "" {
		fmt.Fprintf(&b, "\nFastAPI-Users had the constant `%s` for it; the answer carries it as `legacy_detail`.\n", info.Legacy)
	}
	fmt.Fprintf(&b, "\n## If it happened to you\n\n%s\n", e.Person)
	fmt.Fprintf(&b, "\n## If you run the server\n\n%s\n", e.Operator)
	if len(e.Commands) > 0 {
		fmt.Fprintf(&b, "\n```sh\n%s\n```\n", strings.Join(e.Commands, "\n"))
	}
	return b.Bytes()
}

// TestEveryCauseIsExplained: a cause has whole sentences, and never the name of
// an error of the API.
func TestEveryCauseIsExplained(t *testing.T) {
	for cause, c := range Causes {
		if _, taken := Codes[Code(cause)]; taken {
			t.Errorf("%s is a cause and an error code", cause)
		}
		for name, text := range map[string]string{"Meaning": c.Meaning, "Remedy": c.Remedy} {
			if !strings.HasSuffix(text, ".") {
				t.Errorf("%s: %s is not a whole sentence: %q", cause, name, text)
			}
		}
		if c.Title == "" || strings.HasSuffix(c.Title, ".") {
			t.Errorf("%s: the title %q is empty or ends with a full stop", cause, c.Title)
		}
		switch c.Severity {
		case Critical, Serious, Warning:
		default:
			t.Errorf("%s has the severity %q", cause, c.Severity)
		}
		if len(c.Commands) == 0 {
			t.Errorf("%s names no command", cause)
		}
		for _, effect := range c.Explains {
			if _, ok := Causes[effect]; !ok {
				t.Errorf("%s explains %s, which is no cause", cause, effect)
			}
		}
	}
}

func causePage(cause Cause) []byte {
	var b bytes.Buffer
	c := Causes[cause]
	fmt.Fprintf(&b, "# %s\n\n**%s** · found by the doctor · %s\n\n%s\n", cause, c.Title, c.Severity, c.Meaning)
	fmt.Fprintf(&b, "\n## How to mend it\n\n%s\n\n```sh\n%s\n```\n", c.Remedy, strings.Join(c.Commands, "\n"))
	if len(c.Explains) > 0 {
		b.WriteString("\n## What comes of it\n\nFound together with it, these are no causes of their own:\n\n")
		for _, effect := range c.Explains {
			fmt.Fprintf(&b, "- [`%s`](%s.md)\n", effect, effect)
		}
	}
	return b.Bytes()
}

func index() []byte {
	var b bytes.Buffer
	b.WriteString("# Error codes\n\nThe same code stands in the answer, the log, the audit row and the metric. Codes are never renamed.\n\n" +
		"| Code | Status | Meaning |\n| --- | --- | --- |\n")
	for _, code := range slices.Sorted(maps.Keys(Codes)) {
		fmt.Fprintf(&b, "| [`%s`](%s.md) | %d | %s |\n", code, code, Codes[code].Status, Codes[code].Title)
	}
	b.WriteString("\n# Causes\n\nWhat `aiwfe-auth doctor` finds, and the findings of a running server.\n\n" +
		"| Cause | Severity | Meaning |\n| --- | --- | --- |\n")
	for _, cause := range slices.Sorted(maps.Keys(Causes)) {
		fmt.Fprintf(&b, "| [`%s`](%s.md) | %s | %s |\n", cause, cause, Causes[cause].Severity, Causes[cause].Title)
	}
	return b.Bytes()
}
