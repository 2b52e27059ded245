package i18n

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/nicksnyder/go-i18n/v2/i18n/template"
)

// Words is the catalog in one language.
type Words struct {
	lang Language
	// plain has the sentences without placeholders, English where the language
	// has none: most of what a page says is looked up here and costs nothing.
	plain map[string]string
	// keys has every key, true for those that the language itself has.
	keys      map[string]bool
	localizer *i18n.Localizer
	parser    *template.TextParser
}

func newWords(l Language, localizer *i18n.Localizer, english, own []*i18n.Message) *Words {
	w := &Words{
		lang: l, plain: map[string]string{}, keys: map[string]bool{}, localizer: localizer,
		// A placeholder without a value is a fault and not "<no value>" on a page.
		parser: &template.TextParser{Option: "missingkey=error"},
	}
	for _, m := range english {
		w.add(m)
		w.keys[m.ID] = false
	}
	for _, m := range own {
		w.add(m)
		w.keys[m.ID] = true
	}
	return w
}

func (w *Words) add(m *i18n.Message) {
	if isPlain(m) {
		w.plain[m.ID] = m.Other
		return
	}
	delete(w.plain, m.ID)
}

// isPlain says that a sentence is the same whatever it speaks of.
func isPlain(m *i18n.Message) bool {
	return m.Zero+m.One+m.Two+m.Few+m.Many == "" && !strings.Contains(m.Other, "{{")
}

// spoken are the messages that have to be put together. The library makes a
// template of each that it is given, and few are worth one.
func spoken(all []*i18n.Message) []*i18n.Message {
	return slices.DeleteFunc(slices.Clone(all), isPlain)
}

// Language is the language of the words.
func (w *Words) Language() Language { return w.lang }

// Has says whether there is such a key.
func (w *Words) Has(key string) bool {
	_, ok := w.keys[key]
	return ok
}

// Own says whether the language itself has the key, and not only English.
func (w *Words) Own(key string) bool { return w.keys[key] }

// Text is the sentence of a key. The pairs are names and values for its
// placeholders, {{.name}}; the value named "n" also chooses the plural form. A
// key that the language lacks is given in English, and one that nobody knows as
// itself, which the tests refuse.
func (w *Words) Text(key string, pairs ...any) string {
	text, err := w.Find(key, pairs...)
	if err != nil {
		return key
	}
	return text
}

// Find is Text with the fault told.
func (w *Words) Find(key string, pairs ...any) (string, error) {
	if text, ok := w.plain[key]; ok {
		return text, nil
	}
	o := i18n.LocalizeConfig{MessageID: key, TemplateParser: w.parser}
	data, err := values(pairs)
	if err != nil {
		return "", fmt.Errorf("i18n: %s: %w", key, err)
	}
	o.TemplateData, o.PluralCount = data, data["n"]
	text, err := w.localizer.Localize(&o)
	if text == "" {
		return "", fmt.Errorf("i18n: %s in %s: %w", key, w.lang.Tag, err)
	}
	return text, nil // in English, with an error, where the language lacks it
}

func values(pairs []any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, errors.New("a placeholder without a value")
	}
	data := make(map[string]any, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			return nil, errors.New("the name of a placeholder is not text")
		}
		data[name] = pairs[i+1]
	}
	return data, nil
}
