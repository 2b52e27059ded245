package web

import (
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
)

const public = "https://auth.example.com"

// away is a page on an application's host; x is the text of all its fields.
func away(p *Pages, lang, x string, code api.Code) BehindPage {
	b := p.Base(lang, x)
	b.RequestID, b.Environment = x, x
	page := newBehindPage(p.Words(lang), b, fault.New(code, x, x).After(time.Second))
	page.Second = Link{x, "/reauth?next=x"}
	page.moveTo(public)
	page.Elsewhere = p.elsewhere
	return page
}

// The style is the one that the policy lets in, to the byte, and there is nothing else that would be loaded or run.
func TestAPageElsewhereIsWholeInItself(t *testing.T) {
	p := newPages(t)
	for _, lang := range []string{"en", "de", "ar"} {
		for _, code := range []api.Code{api.CodeForbidden, api.CodeUpstreamUnavailable, api.CodeMalformedRequest, api.CodeNotFound, api.CodeStrongerProof} {
			page := rendered(t, p, state{page: PageElsewhere, data: away(p, lang, hostile, code)})
			tame := rendered(t, p, state{page: PageElsewhere, data: away(p, lang, tame, code)})
			if !slices.Equal(skeleton(t, page), skeleton(t, tame)) {
				t.Errorf("%s: hostile text became markup", code)
			}
			wholeInItself(t, p, page)
		}
	}
}

func wholeInItself(t *testing.T, p *Pages, page string) {
	t.Helper()
	styles := 0
	walk(t, page, func(n *html.Node) {
		if slices.Contains([]string{"script", "form", "iframe", "object", "base"}, n.Data) {
			t.Errorf("there is a <%s>", n.Data)
		}
		if n.Data == "style" {
			styles++
			sum := sha256.Sum256([]byte(n.FirstChild.Data))
			if !strings.Contains(p.elsewhere.policy, "'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'") {
				t.Errorf("the policy does not let the style in: %s", p.elsewhere.policy)
			}
			if strings.Contains(n.FirstChild.Data, "url(") || strings.Contains(n.FirstChild.Data, "@import") {
				t.Error("the style loads something")
			}
		}
		for _, a := range n.Attr {
			switch {
			case (a.Key == "src" || a.Key == "srcset") && strings.HasPrefix(a.Val, "data:image/"): // the logo
			case a.Key == "style" || strings.HasPrefix(a.Key, "on") || a.Key == "src" || a.Key == "srcset" || a.Key == "action":
				t.Errorf("<%s %s=%q>", n.Data, a.Key, a.Val)
			case a.Key == "href" && n.Data == "link":
				if !strings.HasPrefix(a.Val, "data:image/svg+xml;base64,") {
					t.Errorf("the picture is %s", a.Val)
				}
			case a.Key == "href" && a.Val != "" && a.Val != "#main" && !strings.HasPrefix(a.Val, public+"/"):
				t.Errorf("a link leads to %s", a.Val)
			}
		}
	})
	if styles != 1 {
		t.Errorf("%d styles", styles)
	}
}

// What the whole sheet says of a class of the page, the part that goes along says too.
func TestAPageElsewhereLacksNoStyle(t *testing.T) {
	p := newPages(t)
	sheet, err := staticFiles.ReadFile("static/app.css")
	if err != nil {
		t.Fatal(err)
	}
	walk(t, rendered(t, p, state{page: PageElsewhere, data: away(p, "en", tame, api.CodeForbidden)}), func(n *html.Node) {
		classes, _ := attr(n, "class")
		for _, class := range strings.Fields(classes) {
			if got, want := strings.Count(string(p.elsewhere.Style), "."+class), strings.Count(string(sheet), "."+class); got == 0 && want > 0 {
				t.Errorf("%s stands %d times in the sheet, and not in what goes along", class, want)
			}
		}
	})
	if len(p.elsewhere.Style) > 24<<10 {
		t.Errorf("%d bytes of style on each page", len(p.elsewhere.Style))
	}
	if _, err := parts(string(sheet), []string{"ground", "a part that was renamed"}); err == nil {
		t.Error("a part that is missing is not missed")
	}
}
