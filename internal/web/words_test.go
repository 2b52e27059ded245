package web

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
)

// quotedKey is what looks like a key in a template or in Go: the keys of the
// catalog are looked for everywhere, for mail has its own words.
var quotedKey = regexp.MustCompile(`"([a-z]+(?:\.[a-z0-9_]+)+)"`)

// askedKey is a key where one is asked for.
var askedKey = regexp.MustCompile(`(?:\b(?:t|say) |\b(?:Text|Find|(?:link)?[bB]ase)\((?:q(?:\.Lang\(\))?, )?)"([^"(]*)"`)

// sources are the templates and the Go files of the product, tests left out.
func sources(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir("..", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(name, "_test.go") {
			return err
		}
		if ext := filepath.Ext(name); ext != ".go" && ext != ".html" {
			return nil
		}
		text, err := os.ReadFile(name)
		found[filepath.ToSlash(name)] = string(text)
		return err
	})
	if err != nil || len(found) < 50 {
		t.Fatalf("%d files, %v", len(found), err)
	}
	return found
}

func TestEveryKeyThatIsAskedForExists(t *testing.T) {
	w := words(t, "en")
	areas := map[string]bool{}
	for _, key := range catalog(t).Keys() {
		area, _, _ := strings.Cut(key, ".")
		areas[area] = true
	}
	for name, source := range sources(t) {
		for _, m := range askedKey.FindAllStringSubmatch(source, -1) {
			if m[1] != "" && strings.HasPrefix(name, "../web/") && !w.Has(m[1]) {
				t.Errorf("%s asks for %q, which the catalog lacks", name, m[1])
			}
		}
		for _, m := range quotedKey.FindAllStringSubmatch(source, -1) {
			if ext := filepath.Ext(m[1]); ext == ".css" || ext == ".js" { // a file of that name
				continue
			}
			area, _, _ := strings.Cut(m[1], ".")
			if strings.HasPrefix(name, "../web/") && areas[area] && !w.Has(m[1]) {
				t.Errorf("%s has the key %q, which the catalog lacks", name, m[1])
			}
		}
	}
}

func TestEveryKeyIsUsed(t *testing.T) {
	used := map[string]bool{}
	for _, source := range sources(t) {
		for _, m := range quotedKey.FindAllStringSubmatch(source, -1) {
			used[m[1]] = true
		}
	}
	for _, key := range catalog(t).Keys() {
		parts := strings.Split(key, ".")
		_, ofCode := api.Codes[api.Code(parts[1])]
		ofCode = ofCode && parts[0] == "errors" && slices.Contains([]string{"title", "detail", "hint", "summary", "more"}, parts[len(parts)-1])
		event, ofEvent := strings.CutPrefix(key, "admin.event.")
		ofEvent = ofEvent && slices.Contains(audit.Events, audit.Event(event))
		if !used[key] && !ofCode && !ofEvent && parts[0] != "field" && parts[0] != "mail" { // those of letters are asked for in package mail
			t.Errorf("nobody says %s", key)
		}
	}
}

// A sentence for a code that no field is refused with is one too many.
func TestEveryFieldCodeIsInUse(t *testing.T) {
	all := strings.Join(slices.Collect(maps.Values(sources(t))), "")
	for _, key := range catalog(t).Keys() {
		code, ok := strings.CutPrefix(key, "field.")
		if !ok {
			continue
		}
		if !strings.Contains(all, `"`+code+`"`) {
			t.Errorf("no field is ever refused as %s", code)
		}
	}
}

func TestEveryCodeHasItsWords(t *testing.T) {
	w := words(t, "en")
	for code, info := range api.Codes {
		key := "errors." + string(code)
		if got := w.Text(key + ".title"); got != info.Title {
			t.Errorf("%s: the page would say %q, the API says %q", code, got, info.Title)
		}
		if !w.Has(key + ".detail") {
			t.Errorf("%s has no detail", code)
		}
		if w.Has(key+".summary") != w.Has(key+".more") {
			t.Errorf("%s has a summary without more, or more without a summary", code)
		}
	}
}

// english are the templates that stay in English: the reference of the API.
var english = []string{"docs.html", "problem.html"}

var (
	comment = regexp.MustCompile(`(?s)\{\{/\*.*?\*/\}\}`)
	action  = regexp.MustCompile(`\{\{.*?\}\}`)
	// attribute stands alone where a template is a part of a tag.
	attribute = regexp.MustCompile(`[a-z-]+="[^"]*"`)
	letter    = regexp.MustCompile(`\pL`)
	// sentence is text within an action: a label, or several words.
	sentence = regexp.MustCompile(`"(?:Label|LinkText|Hint|Text)" "|"\p{Lu}[^"]* [^"]*"`)
)

// A sentence that is written into a template is one that nobody translates.
func TestTemplatesHoldNoSentences(t *testing.T) {
	names, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if slices.Contains(english, strings.TrimPrefix(name, "templates/")) {
			continue
		}
		source, err := templateFiles.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range bare(comment.ReplaceAllString(string(source), "")) {
			t.Errorf("%s says %q: give it a key", name, found)
		}
	}
}

// bare is what a template says by itself.
func bare(source string) (found []string) {
	for _, a := range action.FindAllString(source, -1) {
		if sentence.MatchString(a) {
			found = append(found, a)
		}
	}
	z := html.NewTokenizer(strings.NewReader(action.ReplaceAllString(source, "")))
	for z.Next() != html.ErrorToken {
		token := z.Token()
		if token.Type == html.TextToken && letter.MatchString(attribute.ReplaceAllString(token.Data, "")) {
			found = append(found, strings.TrimSpace(token.Data))
		}
		for _, a := range token.Attr {
			if slices.Contains([]string{"aria-label", "title", "alt", "placeholder", "label"}, a.Key) && letter.MatchString(a.Val) {
				found = append(found, a.Val)
			}
		}
	}
	return found
}

func TestBareSentencesAreFound(t *testing.T) {
	for source, want := range map[string]int{
		`<p>{{t "a.b"}}</p>`:                            0,
		`<p class="lead">{{.X}} · {{.Y}}</p>`:           0,
		`{{template "field" dict "Label" (t "a.b")}}`:   0,
		`<p>Hello</p>`:                                  1,
		`<p>{{if .X}}Hello{{end}}</p>`:                  1,
		`<nav aria-label="Main"></nav>`:                 1,
		`{{template "field" dict "Label" "Name"}}`:      1,
		`<bdi>{{or .Device "Unknown device"}}</bdi>`:    1,
		`<input autocomplete="username webauthn" name>`: 0,
	} {
		if got := bare(source); len(got) != want {
			t.Errorf("%s: found %q", source, got)
		}
	}
}
