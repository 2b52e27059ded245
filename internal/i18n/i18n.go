// Package i18n holds the sentences of pages and mail in every language that
// the product speaks, and finds the language of a person.
package i18n

import (
	"embed"
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
	words   map[string]*Words
	keys    []string
	matcher language.Matcher
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
	read := map[string][]*i18n.Message{}
	for _, name := range names {
		data, err := files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		f, err := bundle.ParseMessageFileBytes(data, path.Base(name))
		if err != nil {
			return nil, fmt.Errorf("i18n: read %s: %w", name, err)
		}
		read[f.Tag.String()] = append(read[f.Tag.String()], f.Messages...)
	}
	c := &Catalog{words: map[string]*Words{}}
	english := read[Languages[0].Tag]
	tags := make([]language.Tag, 0, len(Languages))
	for _, l := range Languages {
		c.words[l.Tag] = newWords(l, i18n.NewLocalizer(bundle, l.Tag), english, read[l.Tag])
		tags = append(tags, language.Make(l.Tag))
	}
	for _, m := range english {
		c.keys = append(c.keys, m.ID)
	}
	slices.Sort(c.keys)
	c.matcher = language.NewMatcher(tags)
	return c, nil
}

// Keys are all keys, in order.
func (c *Catalog) Keys() []string { return slices.Clone(c.keys) }

// In is the catalog in one language; English for one that is not known.
func (c *Catalog) In(lang string) *Words {
	if w, ok := c.words[lang]; ok {
		return w
	}
	return c.words[Languages[0].Tag]
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

// Text is the sentence of a key in a language; see Words.Text.
func (c *Catalog) Text(lang, key string, pairs ...any) string { return c.In(lang).Text(key, pairs...) }

// Find is Text with the fault told.
func (c *Catalog) Find(lang, key string, pairs ...any) (string, error) {
	return c.In(lang).Find(key, pairs...)
}
