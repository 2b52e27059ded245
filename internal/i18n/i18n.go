// Package i18n holds the sentences of pages and mail in every language that
// the product speaks, and finds the language of a person.
package i18n

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"sync"

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
	// words are read when somebody first asks for the language: each takes a
	// megabyte, and most deployments speak one or two.
	words   map[string]func() *Words
	keys    []string
	matcher language.Matcher
}

// New reads the message files of English: messages/AREA.LANGUAGE.json, an object
// of sentences by key. A sentence that counts something is an object of its
// plural forms (CLDR: one, other and so on).
func New() (*Catalog, error) {
	first := Languages[0]
	english, err := read(first.Tag)
	if err != nil {
		return nil, err
	}
	words, err := wordsOf(first, english)
	if err != nil {
		return nil, err
	}
	c := &Catalog{words: map[string]func() *Words{first.Tag: func() *Words { return words }}}
	tags := []language.Tag{language.Make(first.Tag)}
	for _, l := range Languages[1:] {
		tags = append(tags, language.Make(l.Tag))
		c.words[l.Tag] = sync.OnceValue(func() *Words {
			w, err := wordsOf(l, english)
			if err != nil {
				return words // a test reads all files, so this is for nobody
			}
			return w
		})
	}
	for _, m := range english {
		c.keys = append(c.keys, m.ID)
	}
	slices.Sort(c.keys)
	c.matcher = language.NewMatcher(tags)
	return c, nil
}

// wordsOf reads one language, beside the English that it falls back on.
func wordsOf(l Language, english []*i18n.Message) (*Words, error) {
	own := english
	bundle := i18n.NewBundle(language.English)
	if err := bundle.AddMessages(language.English, spoken(english)...); err != nil {
		return nil, err
	}
	if l.Tag != Languages[0].Tag {
		var err error
		if own, err = read(l.Tag); err != nil {
			return nil, err
		}
		if err := bundle.AddMessages(language.Make(l.Tag), spoken(own)...); err != nil {
			return nil, err
		}
	}
	return newWords(l, i18n.NewLocalizer(bundle, l.Tag), english, own), nil
}

// read takes the messages of all areas in one language.
func read(tag string) ([]*i18n.Message, error) {
	names, err := fs.Glob(files, "messages/*."+tag+".json")
	if err != nil {
		return nil, err
	}
	parse := map[string]i18n.UnmarshalFunc{"json": func(data []byte, v any) error { return json.Unmarshal(data, v) }}
	var all []*i18n.Message
	for _, name := range names {
		data, err := files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		f, err := i18n.ParseMessageFileBytes(data, path.Base(name), parse)
		if err != nil {
			return nil, fmt.Errorf("i18n: read %s: %w", name, err)
		}
		all = append(all, f.Messages...)
	}
	return all, nil
}

// Keys are all keys, in order.
func (c *Catalog) Keys() []string { return slices.Clone(c.keys) }

// In is the catalog in one language; English for one that is not known.
func (c *Catalog) In(lang string) *Words {
	if w, ok := c.words[lang]; ok {
		return w()
	}
	return c.words[Languages[0].Tag]()
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
