package web

import (
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"regexp"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/i18n"
)

// What templates say to people, they say through these functions:
//
//	t KEY [NAME VALUE]...     a sentence; the value named n chooses the plural form
//	say KEY [NAME VALUE]...   a sentence whose values may be markup made by part
//	part NAME DATA            another template as a value for say
//	language                  the language of the page: .Tag and .Dir
//	menu ADDRESS              links to the page in every language
//	lower TEXT                a label within a sentence

// plainT is a sentence that needs nothing, or only the product's name. It is put
// in while the template is parsed, so that a page made of words costs no more
// than one that is written out.
var plainT = regexp.MustCompile(`\{\{t "([a-z0-9_.]+)"( "product" \.Product)?\}\}`)

// parse reads all templates for one language.
func (p *Pages) parse(w *i18n.Words) (*template.Template, error) {
	set := template.New("")
	set.Funcs(p.functions(set, w))
	names, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		source, err := templateFiles.ReadFile(name)
		if err != nil {
			return nil, err
		}
		if _, err := set.New(name).Parse(p.putIn(w, string(source))); err != nil {
			return nil, fmt.Errorf("web: parse templates: %w", err)
		}
	}
	return set, nil
}

// putIn writes plain sentences out. Escaped, they are right in text and in an
// attribute, the two places where words stand.
func (p *Pages) putIn(w *i18n.Words, source string) string {
	return plainT.ReplaceAllStringFunc(source, func(call string) string {
		text, err := w.Find(plainT.FindStringSubmatch(call)[1], "product", p.options.Look.Name)
		if err != nil || strings.Contains(text, "{{") {
			return call
		}
		return template.HTMLEscapeString(text)
	})
}

func (p *Pages) functions(set *template.Template, w *i18n.Words) template.FuncMap {
	format := func(key, otherwise string) func(time.Time) string {
		layout := w.Text(key)
		if !w.Own(key) {
			layout = otherwise // a month in figures reads in every language
		}
		return func(t time.Time) string { return t.UTC().Format(layout) }
	}
	return template.FuncMap{
		"t":        w.Text,
		"say":      func(key string, pairs ...any) (template.HTML, error) { return say(w, key, pairs) },
		"part":     func(name string, data any) (template.HTML, error) { return part(set, name, data) },
		"language": w.Language,
		"menu":     menu(w.Language()),
		"lower":    func(s string) string { return lower(w.Language(), s) },
		"asset":    p.assets.Address,
		"look":     func() *look { return p.look },
		"dict":     dict,
		"now":      p.options.Now,
		"iso":      func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"utc":      format("common.date.moment", "2006-01-02 15:04 UTC"),
		"day":      format("common.date.day", "2006-01-02"),
	}
}

// say is a sentence with markup in it, wherever the language wants it. The
// markup is what templates made of their data; everything else is escaped. A
// mark from the private use area keeps each place until then.
func say(w *i18n.Words, key string, pairs []any) (template.HTML, error) {
	const firstMark = '\uE000'
	pairs = append([]any(nil), pairs...)
	var marks []string
	for i, value := range pairs {
		markup, ok := value.(template.HTML)
		if !ok {
			continue
		}
		mark := string(firstMark + rune(i))
		marks = append(marks, mark, string(markup))
		pairs[i] = mark
	}
	text, err := w.Find(key, pairs...)
	if err != nil {
		return "", err
	}
	// One pass: what stands in the markup is not looked at again.
	return template.HTML(strings.NewReplacer(marks...).Replace(template.HTMLEscapeString(text))), nil
}

// part makes one template, which escapes its data, a value for say.
func part(set *template.Template, name string, data any) (template.HTML, error) {
	var b strings.Builder
	if err := set.ExecuteTemplate(&b, name, data); err != nil {
		return "", err
	}
	return template.HTML(b.String()), nil
}

// lower is a label as it stands within a sentence. German writes its nouns
// with a capital wherever they stand.
func lower(l i18n.Language, s string) string {
	if l.Tag == "de" {
		return s
	}
	return strings.ToLower(s)
}

// dict gives a partial template its named values.
func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, errors.New("dict: a key without a value")
	}
	d := make(map[string]any, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		key, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict: key %d is not text", i/2)
		}
		d[key] = pairs[i+1]
	}
	return d, nil
}
