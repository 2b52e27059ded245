package web

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/brand"
)

// hostileName fits into forty characters and is a name all the same.
const hostileName = `<b>&"'{{.CSRF}}--></title><script>x`

func logo(t *testing.T, box string) *brand.Logo {
	t.Helper()
	l, err := brand.NewLogo([]byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ` + box + `"><path d="M0 0h9v9z"/></svg>`))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func dressed(t *testing.T, l brand.Look) *Pages {
	t.Helper()
	p, err := New(Options{Look: l, Version: "1.2.3", Catalog: catalog(t), Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// looks are the shapes that a look may have.
func looks(t *testing.T) map[string]brand.Look {
	t.Helper()
	yellow := brand.Color{R: 255, G: 255}
	large := logo(t, "4 4")
	large.Bytes = append(large.Bytes, strings.Repeat(" ", maxCarried)...)
	return map[string]brand.Look{
		"name":           {Name: hostileName},
		"color":          {Name: "Example", Accent: &yellow},
		"square":         {Name: hostileName, Logo: logo(t, "4 4"), Accent: &yellow},
		"square, by two": {Name: "Example", Logo: logo(t, "4 4"), Dark: logo(t, "4 5")},
		"wide":           {Name: hostileName, Logo: logo(t, "40 4"), Dark: logo(t, "40 5")},
		"tall":           {Name: "Example", Logo: logo(t, "4 40")},
		"large":          {Name: hostileName, Logo: large},
	}
}

func TestTheNameIsTextOnEveryPage(t *testing.T) {
	for name, l := range looks(t) {
		odd := dressed(t, l)
		l.Name = "Example"
		plain := dressed(t, l)
		others := states(t, plain, tame)
		for i, s := range states(t, odd, tame) {
			page := rendered(t, odd, s)
			if got, want := skeleton(t, page), skeleton(t, rendered(t, plain, others[i])); !slices.Equal(got, want) {
				t.Errorf("%s, %s: the name became markup", name, s.name)
			}
			if strings.Contains(page, "ZgotmplZ") {
				t.Errorf("%s, %s: a value was thrown away", name, s.name)
			}
		}
		page := rendered(t, odd, state{page: PageElsewhere, data: away(odd, "en", tame, api.CodeForbidden)})
		if !slices.Equal(skeleton(t, page), skeleton(t, rendered(t, plain, state{page: PageElsewhere, data: away(plain, "en", tame, api.CodeForbidden)}))) {
			t.Errorf("%s, elsewhere: the name became markup", name)
		}
		wholeInItself(t, odd, page)
	}
}

// What brings somebody to the start says where to, whatever stands there, and a name
// is not said twice.
func TestALogoHasItsSizeAndTheNameIsSaidOnce(t *testing.T) {
	for name, l := range looks(t) {
		l.Name = "Example"
		p := dressed(t, l)
		for _, s := range states(t, p, tame) {
			page := rendered(t, p, s)
			walk(t, page, func(n *html.Node) {
				class, _ := attr(n, "class")
				switch {
				case class == "brand":
					if got := said(n); got != "Example" {
						t.Errorf("%s, %s: the bar says %q", name, s.name, got)
					}
				case n.Data == "a" && class == "task-mark":
					if label, _ := attr(n, "aria-label"); label != "Example, start page" {
						t.Errorf("%s, %s: the way to the start is called %q", name, s.name, label)
					}
				case class == "logo" || n.Data == "source":
					w, _ := attr(n, "width")
					h, _ := attr(n, "height")
					if w == "" || h == "" || w == "0" || h == "0" {
						t.Errorf("%s, %s: the picture is %s by %s", name, s.name, w, h)
					}
				}
			})
		}
	}
}

// said is what a screen reader says of an element: its text, and of pictures theirs.
func said(n *html.Node) string {
	var b strings.Builder
	for c := range n.ChildNodes() {
		switch alt, _ := attr(c, "alt"); {
		case c.Type == html.TextNode:
			b.WriteString(c.Data)
		case c.Data == "img":
			b.WriteString(alt)
		case c.Data != "svg": // hidden, as a test of its own wants
			b.WriteString(said(c))
		}
	}
	return strings.TrimSpace(b.String())
}

// Every picture that a page names is there, of the right type, and inert even where
// somebody opens it by itself.
func TestALogoIsServedAndInert(t *testing.T) {
	for name, l := range looks(t) {
		p := dressed(t, l)
		page := rendered(t, p, states(t, p, tame)[0])
		pictures := 0
		walk(t, page, func(n *html.Node) {
			var at string
			switch rel, _ := attr(n, "rel"); {
			case n.Data == "img":
				at, _ = attr(n, "src")
			case n.Data == "source":
				at, _ = attr(n, "srcset")
			case rel == "icon":
				at, _ = attr(n, "href")
			default:
				return
			}
			pictures++
			w := httptest.NewRecorder()
			p.Assets().Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, at, nil))
			h := w.Header()
			if w.Code != 200 || h.Get("Content-Type") != "image/svg+xml" || h.Get("X-Content-Type-Options") != "nosniff" ||
				!strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") || !strings.HasSuffix(h.Get("Content-Security-Policy"), "; sandbox") ||
				!strings.Contains(h.Get("Cache-Control"), "immutable") {
				t.Errorf("%s, %s: %d %v", name, at, w.Code, h)
			}
		})
		if want := map[bool]int{true: 2, false: 1}[l.Logo != nil]; pictures < want {
			t.Errorf("%s: %d pictures", name, pictures)
		}
	}
}

func TestTheColorIsInTheSheetAndItsAddressIsAnother(t *testing.T) {
	yellow := brand.Color{R: 255, G: 255}
	p, plain := dressed(t, brand.Look{Name: "Example", Accent: &yellow}), newPages(t)
	at, err := p.Assets().Address("app.css")
	if err != nil {
		t.Fatal(err)
	}
	if before, _ := plain.Assets().Address("app.css"); before == at {
		t.Error("a browser that has the old sheet would keep it")
	}
	sheet := string(p.Assets().files["app.css"].body)
	own, shades := strings.Index(sheet, "--accent: #2f50d8"), strings.Index(sheet, "--accent: #ffff00")
	if own < 0 || shades < own || strings.Count(sheet, "--accent: ") != 4 {
		t.Errorf("the colour stands at %d, and ours at %d", shades, own)
	}
	if !strings.Contains(string(p.elsewhere.Style), "--accent: #ffff00") {
		t.Error("a page elsewhere has not the colour")
	}
	if icon := string(p.Assets().files["favicon.svg"].body); !strings.Contains(icon, `fill="#ffff00"/><text`) || !strings.Contains(icon, ">E</text></svg>") {
		t.Errorf("the sign is %s", icon)
	}
}

func TestAFileIsCalledByTheNameWithoutWhatSystemsRefuse(t *testing.T) {
	for name, want := range map[string]string{
		"aiwfe": "aiwfe", `<b>&"' x`: "b-x", "../../etc/passwd": "etc-passwd", "Müller & Söhne": "Müller-Söhne", "株式会社": "株式会社",
	} {
		if got := fileName(name); got != want {
			t.Errorf("%q becomes %q", name, got)
		}
	}
}
