package mail

import (
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/aiwfe/aiwfe-auth/internal/brand"
)

// dressed is a composer that wears a look.
func dressed(t *testing.T, name, accent string) *Composer {
	t.Helper()
	c := composer(t, newBox(t))
	l := brand.Look{Name: name}
	if color, ok := brand.ParseColor(accent); ok {
		l.Accent = &color
	}
	c.Wear(l)
	return c
}

func elements(t *testing.T, page string) (names []string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			names = append(names, n.Data)
			for _, a := range n.Attr {
				if a.Key == "src" || a.Key == "background" || strings.HasPrefix(a.Key, "on") {
					t.Errorf("<%s %s=%q>", n.Data, a.Key, a.Val)
				}
			}
		}
	}
	return names
}

func TestTheNameIsTextInEveryLetter(t *testing.T) {
	const name = `<b>&"'{{.Name}} $1 株式会社`
	for kind := range plans {
		odd, err := dressed(t, name, "").Envelope(full(kind))
		if err != nil {
			t.Fatal(err)
		}
		plain, err := dressed(t, "Example", "").Envelope(full(kind))
		if err != nil {
			t.Fatal(err)
		}
		if got, want := elements(t, odd.HTML), elements(t, plain.HTML); strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("%s: the name became markup: %v", kind, got)
		}
		if !strings.Contains(odd.Text, name) || strings.Contains(odd.Subject, "Example") || strings.Contains(plain.Subject, "Example") != strings.Contains(odd.Subject, name) {
			t.Errorf("%s: subject %q, text\n%s", kind, odd.Subject, odd.Text)
		}
	}
}

func TestALetterHasTheColorAndCanBeRead(t *testing.T) {
	color := regexp.MustCompile(`#[0-9a-f]{6}`)
	find := func(letter, pattern string) []brand.Color {
		t.Helper()
		var list []brand.Color
		for _, text := range color.FindAllString(regexp.MustCompile(pattern).FindString(letter), -1) {
			c, _ := brand.ParseColor(text)
			list = append(list, c)
		}
		return list
	}
	white, night := brand.Color{R: 255, G: 255, B: 255}, brand.Color{R: 0x14, G: 0x16, B: 0x1b}
	for _, accent := range []string{"", "#ffff00", "#000000", "#ffffff", "#0a7d5a", "#ff8800"} {
		e, err := dressed(t, "Example", accent).Envelope(full(KindInvitation))
		if err != nil {
			t.Fatal(err)
		}
		light, dark := find(e.HTML, `class="button"[^>]*`), find(e.HTML, `\.button \{[^}]*`)
		if len(light) != 3 || len(dark) != 3 {
			t.Fatalf("%s: the button has %v, in the dark %v", accent, light, dark)
		}
		link, darkLink := find(e.HTML, `class="link"[^>]*`)[0], find(e.HTML, `\.link \{[^}]*`)[0]
		for what, ratio := range map[string]float64{
			"the button": light[0].Contrast(light[2]), "the button in the dark": dark[0].Contrast(dark[2]),
			"a link": link.Contrast(white), "a link in the dark": darkLink.Contrast(night),
		} {
			if ratio < 4.5 {
				t.Errorf("%q: the contrast of %s is %.2f", accent, what, ratio)
			}
		}
		if want, ok := brand.ParseColor(accent); ok && accent != "#ff8800" && accent != "#ffffff" && light[0] != want {
			t.Errorf("%s: the button is %s", accent, light[0])
		}
		if elements(t, e.HTML); strings.Contains(e.HTML, "<img") || strings.Contains(e.HTML, "url(") || strings.Contains(e.HTML, "ZgotmplZ") {
			t.Errorf("%q: the letter loads something", accent)
		}
	}
}
