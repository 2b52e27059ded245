package web

import (
	"bytes"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/html"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/i18n"
)

func TestPageSpeaksTheLanguageOfItsModel(t *testing.T) {
	p := newPages(t)
	for _, l := range i18n.Languages {
		page := rendered(t, p, state{page: PageLogin, data: LoginPage{Base: p.Base(l.Tag, "login.title")}})
		if want := `<html lang="` + l.Tag + `" dir="` + l.Dir + `">`; !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if page := rendered(t, p, state{page: PageLogin, data: LoginPage{}}); !strings.Contains(page, `<html lang="en" dir="ltr">`) {
		t.Error("a page of no language is not in English")
	}
	if err := p.Render(new(bytes.Buffer), PageLogin, struct{}{}); err == nil {
		t.Error("a model without a Base was rendered")
	}
}

// The reference stays in English whatever surrounds it, and says so.
func TestEnglishPartOfAPageIsMarked(t *testing.T) {
	p := newPages(t)
	for page, data := range map[string]any{
		PageDocs: DocsPage{Base: p.Base("ar", "x")}, PageProblem: ProblemPage{Base: p.Base("ar", "x")},
	} {
		marked := false
		walk(t, rendered(t, p, state{page: page, data: data}), func(n *html.Node) {
			lang, _ := attr(n, "lang")
			dir, _ := attr(n, "dir")
			marked = marked || (n.Data != "html" && lang == "en" && dir == "ltr")
		})
		if !marked {
			t.Errorf("%s: nothing says that the text is English", page)
		}
	}
}

func TestMenuNamesEachLanguageInItsOwn(t *testing.T) {
	p := newPages(t)
	b := p.Base("en", "login.title")
	b.InLanguage = "/login?a=1&lang="
	page := rendered(t, p, state{page: PageLogin, data: LoginPage{Base: b}})
	for _, want := range []string{
		`<a href="/login?a=1&amp;lang=en" lang="en" aria-current="true">English</a>`,
		`<a href="/login?a=1&amp;lang=ja" lang="ja">日本語</a>`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if strings.Count(page, "aria-current") != 1 {
		t.Error("not one language is the present one")
	}
}

func TestValuesOfASentenceStayText(t *testing.T) {
	p := newPages(t)
	set, err := p.set("en")
	if err != nil {
		t.Fatal(err)
	}
	who, err := part(set, "bdi", "<b>Ada</b> \uE001 &amp;")
	if err != nil {
		t.Fatal(err)
	}
	const want = "<bdi>&lt;b&gt;Ada&lt;/b&gt; \uE001 &amp;amp;</bdi> invited you. Choose a password and you are in."
	if got, err := say(words(t, "en"), "login.invitation.by", []any{"who", who}); err != nil || string(got) != want {
		t.Errorf("%q, %v", got, err)
	}
	if got, err := say(words(t, "en"), "login.onward", []any{"host", "<b>"}); err != nil || string(got) != "to continue to &lt;b&gt;" {
		t.Errorf("%q, %v", got, err)
	}
	if got, err := say(words(t, "en"), "login.onward", nil); err == nil {
		t.Errorf("a sentence without its value reads %q", got)
	}
}

// In English the fault speaks for itself: it knows how short the password was.
func TestFaultKeepsItsOwnSentenceInEnglish(t *testing.T) {
	f := fault.Invalid("/password", "too_short", "A password has at least 15 characters; this one has 8.")
	if got := NewFormError(words(t, "en"), f).Field("password"); got != f.Fields[0].Detail {
		t.Errorf("the field says %q", got)
	}
	f = fault.New(api.CodeNotFound, "", "There is no error of this name.")
	if got := NewErrorPage(words(t, "en"), Base{}, f).Detail; got != f.Detail {
		t.Errorf("the page says %q", got)
	}
}

// Templates of a language are made ready at its first page, while others are
// on their way.
func TestFirstPagesOfALanguageComeAtOnce(t *testing.T) {
	p := newPages(t)
	all := states(t, p, tame)
	var together sync.WaitGroup
	for _, s := range all {
		for _, lang := range []string{"en", "ar"} {
			together.Go(func() {
				data := s.data
				if login, ok := data.(LoginPage); ok {
					login.Lang = lang
					data = login
				}
				var b bytes.Buffer
				if err := p.Render(&b, s.page, data); err != nil {
					t.Errorf("%s: %v", s.name, err)
				}
			})
		}
	}
	together.Wait()
}
