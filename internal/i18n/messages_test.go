package i18n

import (
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/nicksnyder/go-i18n/v2/i18n"
)

// complete are the languages that must have every area. A language that is not
// here yet may lack whole areas, but what it has is held to the same rules.
var complete = []string{"en", "de", "fr", "es", "ja", "ar"}

// area is the messages of one file, by key and plural form.
type area map[string]map[string]string

// readAll reads the message files: language, then area.
func readAll(t *testing.T) map[string]map[string]area {
	t.Helper()
	all := map[string]map[string]area{}
	entries, err := files.ReadDir("messages")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		data, err := files.ReadFile("messages/" + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		f, err := i18n.ParseMessageFileBytes(data, e.Name(), map[string]i18n.UnmarshalFunc{
			"json": func(b []byte, v any) error { return json.Unmarshal(b, v) },
		})
		if err != nil {
			t.Fatalf("%s: %v", e.Name(), err)
		}
		name, lang, ok := strings.Cut(strings.TrimSuffix(e.Name(), path.Ext(e.Name())), ".")
		if !ok || !Known(lang) {
			t.Errorf("%s is not named AREA.LANGUAGE.json after a language of ours", e.Name())
		}
		if all[lang] == nil {
			all[lang] = map[string]area{}
		}
		all[lang][name] = area{}
		for _, m := range f.Messages {
			forms := map[string]string{
				"zero": m.Zero, "one": m.One, "two": m.Two, "few": m.Few, "many": m.Many, "other": m.Other,
			}
			maps.DeleteFunc(forms, func(_, text string) bool { return text == "" })
			all[lang][name][m.ID] = forms
		}
	}
	return all
}

func TestLanguagesSayTheSame(t *testing.T) {
	all := readAll(t)
	for _, lang := range complete {
		for name := range all["en"] {
			if all[lang][name] == nil {
				t.Errorf("%s has no file of the area %s", lang, name)
			}
		}
	}
	for lang, areas := range all {
		for name, messages := range areas {
			english, ok := all["en"][name]
			if !ok {
				t.Errorf("%s.%s: English has no such area", name, lang)
			}
			compare(t, lang, english, messages)
		}
	}
}

func compare(t *testing.T, lang string, english, messages area) {
	t.Helper()
	for key := range english {
		if messages[key] == nil {
			t.Errorf("%s: %s is missing", lang, key)
		}
	}
	for key, said := range messages {
		if english[key] == nil {
			t.Errorf("%s: %s is unknown in English", lang, key)
			continue
		}
		all := strings.Join(slices.Collect(maps.Values(english[key])), " ")
		want := marks(all)
		counts := slices.Contains(want, "{{.n}}")
		for form, text := range said {
			got := marks(text)
			// "one minute" may do without its number; nothing else may be left out.
			if !slices.Equal(got, want) && (form == "other" || !slices.Equal(got, marks(strings.ReplaceAll(all, "{{.n}}", "")))) {
				t.Errorf("%s: %s (%s) has the placeholders %v, want %v", lang, key, form, got, want)
			}
			if strings.TrimSpace(text) == "" || strings.ContainsAny(text, "<>\u202a\u202b\u202d\u202e") {
				t.Errorf("%s: %s is empty, or holds markup or an override of direction", lang, key)
			}
		}
		if need := forms[lang]; counts && !slices.Equal(slices.Sorted(maps.Keys(said)), need) {
			t.Errorf("%s: %s has the plural forms %v, want %v", lang, key, slices.Sorted(maps.Keys(said)), need)
		}
	}
}

var placeholder = regexp.MustCompile(`\{\{.*?\}\}|\{[a-z]+\}`)

// marks are the placeholders of a sentence, each once; {name} is filled in by
// the script of the page.
func marks(text string) []string {
	found := placeholder.FindAllString(text, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

// forms are the plural forms of each language in CLDR, in the order of their
// names; French and Spanish count whole millions in a form of their own.
var forms = map[string][]string{
	"en": {"one", "other"}, "de": {"one", "other"}, "fr": {"many", "one", "other"}, "es": {"many", "one", "other"},
	"ja": {"other"}, "ar": {"few", "many", "one", "other", "two", "zero"},
}

// A date is laid out by the standard library, whose months are English.
func TestDatesHaveNoEnglishMonthsElsewhere(t *testing.T) {
	for lang, areas := range readAll(t) {
		for key, forms := range areas["common"] {
			if lang == "en" || !strings.HasPrefix(key, "common.date.") {
				continue
			}
			if regexp.MustCompile(`Jan|Mon`).MatchString(forms["other"]) || !strings.Contains(forms["other"], "2006") {
				t.Errorf("%s: %s is %q", lang, key, forms["other"])
			}
		}
	}
}

// The file of a key is found by its first word.
func TestKeysStandInTheFileOfTheirArea(t *testing.T) {
	for lang, areas := range readAll(t) {
		for name, messages := range areas {
			for key := range messages {
				first, _, _ := strings.Cut(key, ".")
				if first != name && !(first == "field" && name == "errors") {
					t.Errorf("%s stands in %s.%s.json", key, name, lang)
				}
			}
		}
	}
}
