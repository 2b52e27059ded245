// Package i18n holds the sentences of pages and mail in every language that
// the product speaks, and finds the language of a person.
package i18n

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

//go:embed messages
var files embed.FS

// Language is one that the product speaks.
type Language struct {
	// Tag is the BCP 47 tag, such as "de".
	Tag string
	// Name is what its speakers call it.
	Name string
	// Dir is the direction of its script: "ltr" or "rtl".
	Dir string
}

// Languages lists them; the first is what everybody else gets.
var Languages = []Language{
	{"en", "English", "ltr"},
	{"de", "Deutsch", "ltr"},
	{"fr", "Français", "ltr"},
	{"es", "Español", "ltr"},
	{"ja", "日本語", "ltr"},
	{"ar", "العربية", "rtl"},
}

// Catalog has all sentences. It is safe for use by many requests at once.
type Catalog struct {
	localizers map[string]*i18n.Localizer
	matcher    language.Matcher
}

// New reads the message files: messages/AREA.LANGUAGE.json, an object of
// sentences by key. A sentence that counts something is an object of its plural
// forms (CLDR: one, other and so on).
func New() (*Catalog, error) {
	bundle := i18n.NewBundle(language.English)
	bundle.RegisterUnmarshalFunc("json", func(data []byte, v any) error { return json.Unmarshal(data, v) })
	names, err := fs.Glob(files, "messages/*.json")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		data, err := files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		if _, err := bundle.ParseMessageFileBytes(data, path.Base(name)); err != nil {
			return nil, fmt.Errorf("i18n: read %s: %w", name, err)
		}
	}
	c := &Catalog{localizers: map[string]*i18n.Localizer{}}
	tags := make([]language.Tag, 0, len(Languages))
	for _, l := range Languages {
		c.localizers[l.Tag] = i18n.NewLocalizer(bundle, l.Tag)
		tags = append(tags, language.Make(l.Tag))
	}
	c.matcher = language.NewMatcher(tags)
	return c, nil
}

// maxHeader is how much of an Accept-Language header is read: parsers of it
// have been slow on long ones (CVE-2022-32149).
const maxHeader = 200

// Match finds the language for an Accept-Language header (RFC 9110 section
// 12.5.4); English when nothing fits.
func (c *Catalog) Match(header string) string {
	if len(header) > maxHeader {
		return Languages[0].Tag
	}
	wanted, _, err := language.ParseAcceptLanguage(header)
	if err != nil || len(wanted) == 0 {
		return Languages[0].Tag
	}
	_, at, confidence := c.matcher.Match(wanted...)
	if confidence == language.No {
		return Languages[0].Tag
	}
	return Languages[at].Tag
}

// Known says whether the product speaks the language of that tag.
func Known(tag string) bool {
	return slices.ContainsFunc(Languages, func(l Language) bool { return l.Tag == tag })
}

// Of gives a language by its tag, English for one that is not known.
func Of(tag string) Language {
	for _, l := range Languages {
		if l.Tag == tag {
			return l
		}
	}
	return Languages[0]
}

// Text is the sentence of a key. The pairs are names and values for its
// placeholders, {{.Name}}; the value named "n" also chooses the plural form. A
// key that a language lacks is given in English, and one that nobody knows as
// itself, which the tests refuse.
func (c *Catalog) Text(lang, key string, pairs ...any) string {
	text, err := c.Find(lang, key, pairs...)
	if err != nil {
		return key
	}
	return text
}

// Find is Text with the fault told.
func (c *Catalog) Find(lang, key string, pairs ...any) (string, error) {
	localizer, ok := c.localizers[lang]
	if !ok {
		localizer = c.localizers[Languages[0].Tag]
	}
	if len(pairs)%2 != 0 {
		return "", errors.New("i18n: a placeholder without a value")
	}
	o := i18n.LocalizeConfig{MessageID: key}
	if len(pairs) > 0 {
		data := make(map[string]any, len(pairs)/2)
		for i := 0; i < len(pairs); i += 2 {
			name, isText := pairs[i].(string)
			if !isText {
				return "", errors.New("i18n: the name of a placeholder is not text")
			}
			data[name] = pairs[i+1]
			if name == "n" {
				o.PluralCount = pairs[i+1]
			}
		}
		o.TemplateData = data
	}
	text, err := localizer.Localize(&o)
	var missing *i18n.MessageNotFoundErr
	if err != nil && text != "" && !errors.As(err, &missing) {
		return text, nil
	}
	if text != "" {
		return text, nil
	}
	return "", fmt.Errorf("i18n: %s in %s: %w", key, lang, err)
}
