package i18n

import "testing"

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
