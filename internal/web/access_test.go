package web

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// What a screen reader and a keyboard need of every page (WCAG 2.2 AA).
func TestPagesHaveOneHeadingLandmarksAndAWayPastThem(t *testing.T) {
	p := newPages(t)
	for _, s := range states(t, p, tame) {
		count := map[string]int{}
		var title, lang, first string
		last := 0
		walk(t, rendered(t, p, s), func(n *html.Node) {
			count[n.Data]++
			switch n.Data {
			case "html":
				lang, _ = attr(n, "lang")
			case "title":
				if title == "" {
					title = text(n)
				}
			case "a":
				if href, _ := attr(n, "href"); first == "" {
					first = href
				}
			case "h1", "h2", "h3", "h4":
				level := int(n.Data[1] - '0')
				// The list of operations stands before the heading of its page.
				if level > last+1 && last != 0 {
					t.Errorf("%s: a heading of level %d after one of level %d", s.name, level, last)
				}
				last = level
			}
		})
		if count["h1"] != 1 || count["main"] != 1 || count["header"] == 0 || count["footer"] != 1 {
			t.Errorf("%s: h1 %d, main %d, header %d, footer %d", s.name, count["h1"], count["main"], count["header"], count["footer"])
		}
		if !strings.HasSuffix(title, " · aiwfe") || lang != "en" || first != "#main" {
			t.Errorf("%s: title %q, language %q, first link %q", s.name, title, lang, first)
		}
	}
}

func TestEveryControlHasANameAndEveryReferenceItsTarget(t *testing.T) {
	p := newPages(t)
	for _, s := range states(t, p, tame) {
		page := rendered(t, p, s)
		ids, labels := map[string]int{}, map[string]bool{}
		walk(t, page, func(n *html.Node) {
			if id, ok := attr(n, "id"); ok {
				ids[id]++
			}
			if to, ok := attr(n, "for"); ok && text(n) != "" {
				labels[to] = true
			}
		})
		for id, times := range ids {
			if times > 1 {
				t.Errorf("%s: the id %q stands %d times", s.name, id, times)
			}
		}
		walk(t, page, func(n *html.Node) {
			named(t, s.name, n, labels)
			for _, a := range n.Attr {
				target := ""
				switch a.Key {
				case "for", "aria-describedby", "aria-labelledby", "data-reveal", "data-caps", "data-count", "data-copy":
					target = a.Val
				case "href":
					if strings.HasPrefix(a.Val, "#") {
						target = a.Val[1:]
					}
				}
				for id := range strings.FieldsSeq(target) {
					if ids[id] == 0 {
						t.Errorf("%s: <%s %s=%q> points nowhere", s.name, n.Data, a.Key, a.Val)
					}
				}
			}
		})
	}
}

// named checks that a control can be called by a name.
func named(t *testing.T, where string, n *html.Node, labels map[string]bool) {
	t.Helper()
	id, _ := attr(n, "id")
	label, _ := attr(n, "aria-label")
	kind, _ := attr(n, "type")
	hidden, _ := attr(n, "aria-hidden")
	switch {
	case n.Data == "input" && kind != "hidden" && !labels[id] && label == "",
		(n.Data == "button" || n.Data == "a") && text(n) == "" && label == "",
		n.Data == "button" && kind == "",
		n.Data == "svg" && hidden != "true" && label == "": // a QR code has its label
		t.Errorf("%s: <%s id=%q type=%q> lacks a name or a type", where, n.Data, id, kind)
	}
}

func TestFormFaultsAreSummedUpAndTiedToTheirFields(t *testing.T) {
	p := newPages(t)
	e := &FormError{Summary: "Please look.", Fields: map[string]string{"password": "Too short.", "email": "No address."}}
	page := rendered(t, p, state{page: PageLogin, data: LoginPage{Base: p.Base("en", "Sign in"), Error: e}})
	for _, want := range []string{
		`<div id="error-summary" class="notice notice-danger" role="alert" tabindex="-1" autofocus>`,
		`<li><a href="#email">No address.</a></li><li><a href="#password">Too short.</a></li>`, // in the order of the form
		`aria-describedby="email-error" aria-invalid="true"`,
		`aria-describedby="password-error" aria-invalid="true"`,
		`autocomplete="username webauthn"`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if strings.Count(page, "autofocus") != 1 {
		t.Error("more than one element asks for the focus")
	}
}

// Pairs of tokens and the least contrast between them: 4.5 for text (WCAG
// 1.4.3), 3 for the edge of a control and the focus ring (1.4.11).
var contrasts = []struct {
	front, back string
	least       float64
}{
	{"ink", "page", 4.5},
	{"ink", "surface", 4.5},
	{"ink", "sunken", 4.5},
	{"ink-2", "surface", 4.5},
	{"ink-2", "sunken", 4.5},
	{"ink-2", "page", 4.5},
	{"muted", "page", 4.5},
	{"muted", "surface", 4.5},
	{"muted", "sunken", 4.5},
	{"link", "page", 4.5},
	{"link", "surface", 4.5},
	{"link", "sunken", 4.5},
	{"link", "calm-soft", 4.5},
	{"on-accent", "accent", 4.5},
	{"on-accent", "accent-hover", 4.5},
	{"on-accent", "accent-press", 4.5},
	{"bad", "surface", 4.5},
	{"bad", "bad-soft", 4.5},
	{"warn", "surface", 4.5},
	{"warn", "warn-soft", 4.5},
	{"warn", "page", 4.5},
	{"good", "surface", 4.5},
	{"good", "good-soft", 4.5},
	{"good", "page", 4.5},
	{"bad", "page", 4.5},
	{"calm", "calm-soft", 4.5},
	{"calm", "page", 4.5},
	{"ink", "bad-soft", 4.5},
	{"ink-2", "bad-soft", 4.5},
	{"ink-2", "warn-soft", 4.5},
	{"ink-2", "calm-soft", 4.5},
	{"edge", "surface", 3},
	{"focus", "surface", 3},
	{"focus", "page", 3},
	{"focus", "sunken", 3},
}

func TestColoursHaveEnoughContrastInBothSchemes(t *testing.T) {
	css, err := staticFiles.ReadFile("static/app.css")
	if err != nil {
		t.Fatal(err)
	}
	token := regexp.MustCompile(`(?m)^\s*--([a-z0-9-]+): (#[0-9a-f]+);`)
	light, dark := map[string]string{}, map[string]string{}
	before, after, ok := strings.Cut(string(css), "prefers-color-scheme: dark")
	if !ok {
		t.Fatal("there is no dark scheme")
	}
	after, _, _ = strings.Cut(after, "/* ---- ground")
	for _, m := range token.FindAllStringSubmatch(before, -1) {
		light[m[1]], dark[m[1]] = m[2], m[2]
	}
	for _, m := range token.FindAllStringSubmatch(after, -1) {
		dark[m[1]] = m[2]
	}
	for name, scheme := range map[string]map[string]string{"light": light, "dark": dark} {
		for _, c := range contrasts {
			a, b := luminance(t, scheme[c.front]), luminance(t, scheme[c.back])
			if got := (max(a, b) + 0.05) / (min(a, b) + 0.05); got < c.least {
				t.Errorf("%s: %s on %s is %.2f, least is %.1f", name, c.front, c.back, got, c.least)
			}
		}
	}
}

// luminance is WCAG's relative luminance of #rgb or #rrggbb.
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	hex = strings.TrimPrefix(hex, "#")
	if len(hex) == 3 {
		hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
	}
	if len(hex) != 6 {
		t.Fatalf("no colour: %q", hex)
	}
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		v := float64(n) / 255
		if v <= 0.04045 {
			sum += weight * v / 12.92
		} else {
			sum += weight * math.Pow((v+0.055)/1.055, 2.4)
		}
	}
	return sum
}
