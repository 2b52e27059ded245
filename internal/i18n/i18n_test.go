package i18n

import (
	"slices"
	"strings"
	"testing"
)

func catalog(t *testing.T) *Catalog {
	t.Helper()
	c, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestLanguageOfAPerson(t *testing.T) {
	c := catalog(t)
	for header, want := range map[string]string{
		"": "en", "de": "de", "de-AT,en;q=0.5": "de", "nl": "en", "ar-EG": "ar", "xx-not-a-language-at-all": "en",
		"fr;q=0.1, ja": "ja", ";;;": "en",
	} {
		if got := c.Match(header); got != want {
			t.Errorf("Accept-Language %q: %s, want %s", header, got, want)
		}
	}
}

func TestMissingSentenceIsAFault(t *testing.T) {
	c := catalog(t)
	if text, err := c.Find("en", "no.such.key"); err == nil {
		t.Errorf("a key that nobody knows reads %q", text)
	}
	if got := c.Text("en", "common.skip"); got != "Skip to content" {
		t.Errorf("common.skip reads %q", got)
	}
}

func TestSentenceTakesItsValuesAndItsNumber(t *testing.T) {
	w := catalog(t).In("en")
	for n, want := range map[int]string{0: "0 other sessions", 1: "1 other session", 2: "2 other sessions"} {
		if got := w.Text("account.sessions.others", "n", n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
	if got := w.Text("login.heading", "product", "<aiwfe>"); got != "Sign in to <aiwfe>" {
		t.Errorf("login.heading reads %q", got)
	}
	for name, pairs := range map[string][]any{
		"no value at all": nil, "another name": {"name", "x"}, "half a pair": {"product"}, "no name": {1, "x"},
	} {
		if text, err := w.Find("login.heading", pairs...); err == nil {
			t.Errorf("%s: %q", name, text)
		}
	}
}

// A language is English until somebody has translated it, and one that we do
// not speak stays so.
func TestEverySentenceCanBeSaidInEveryLanguage(t *testing.T) {
	c := catalog(t)
	for _, messages := range readAll(t)["en"] {
		for key, said := range messages {
			pairs := []any{"n", 2}
			for _, mark := range marks(said["other"]) {
				if name := strings.Trim(mark, "{.}"); name != "n" {
					pairs = append(pairs, name, "x")
				}
			}
			for _, lang := range []string{"en", "de", "fr", "es", "ja", "ar", "xx"} {
				if text, err := c.Find(lang, key, pairs...); err != nil || strings.Contains(text, "{{") {
					t.Errorf("%s in %s: %q, %v", key, lang, text, err)
				}
			}
		}
	}
	if len(c.Keys()) < 100 || !slices.IsSorted(c.Keys()) {
		t.Errorf("%d keys", len(c.Keys()))
	}
}
