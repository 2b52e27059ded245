package web

import (
	"bytes"
	"compress/gzip"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
)

// walk visits every element of a page in the order of the document.
func walk(t *testing.T, page string, visit func(*html.Node)) {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode {
			visit(n)
		}
	}
}

func attr(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

func text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.TrimSpace(b.String())
}

// skeleton is the page without its values: element and attribute names only.
func skeleton(t *testing.T, page string) (out []string) {
	walk(t, page, func(n *html.Node) {
		s := n.Data
		for _, a := range n.Attr {
			s += " " + a.Key
		}
		out = append(out, s)
	})
	return out
}

func TestHostileTextNeverBecomesMarkup(t *testing.T) {
	p := newPages(t)
	bad := states(t, p, hostile)
	for i, s := range states(t, p, tame) {
		want, got := skeleton(t, rendered(t, p, s)), skeleton(t, rendered(t, p, bad[i]))
		if !slices.Equal(want, got) {
			t.Errorf("%s: the hostile page has other elements than the tame one", s.name)
		}
	}
}

// The policy would block these anyway; a page that needs none of them has no
// reason for anybody to loosen it.
func TestNothingIsInlineAndNothingComesFromElsewhere(t *testing.T) {
	p := newPages(t)
	for _, s := range states(t, p, hostile) {
		walk(t, rendered(t, p, s), func(n *html.Node) {
			if n.Data == "style" || n.Data == "base" || n.Data == "iframe" || n.Data == "object" {
				t.Errorf("%s: has a <%s>", s.name, n.Data)
			}
			if src, _ := attr(n, "src"); n.Data == "script" && (!strings.HasPrefix(src, StaticPrefix) || text(n) != "") {
				t.Errorf("%s: script from %q with %q in it", s.name, src, text(n))
			}
			for _, a := range n.Attr {
				if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
					t.Errorf("%s: <%s %s=...>", s.name, n.Data, a.Key)
				}
				if !slices.Contains([]string{"href", "src", "action", "formaction", "srcset", "poster"}, a.Key) {
					continue
				}
				if strings.HasPrefix(a.Val, "otpauth://") && s.page == PageApp { // opens an app, no page
					continue
				}
				local := strings.HasPrefix(a.Val, "#") || (strings.HasPrefix(a.Val, "/") && !strings.HasPrefix(a.Val, "//"))
				app := strings.HasPrefix(a.Val, "otpauth://totp/") && s.page == PageEnroll
				if !local && !app && s.page != PageLeaving {
					t.Errorf("%s: <%s %s=%q> leads elsewhere", s.name, n.Data, a.Key, a.Val)
				}
			}
		})
	}
}

func TestEveryFormCarriesItsTokenAndIsAPlainPost(t *testing.T) {
	p := newPages(t)
	for _, s := range states(t, p, tame) {
		walk(t, rendered(t, p, s), func(form *html.Node) {
			if form.Data != "form" {
				return
			}
			method, _ := attr(form, "method")
			action, _ := attr(form, "action")
			tokens, submits := 0, 0
			for n := range form.Descendants() {
				if name, _ := attr(n, "name"); name == "csrf_token" {
					tokens++
				}
				if kind, _ := attr(n, "type"); n.Data == "button" && kind == "submit" {
					submits++
				}
			}
			// A search is a GET that can be bookmarked; the token has no place in its address.
			asks := method == "get" && tokens == 0
			if !asks && (method != "post" || tokens != 1) || action == "" || submits != 1 {
				t.Errorf("%s: form %q: method %q, %d tokens, %d buttons", s.name, action, method, tokens, submits)
			}
		})
	}
}

// What password managers and NIST SP 800-63B-4 ask of a password field: a
// purpose, no cut of a long one, no hindrance to a paste.
func TestPasswordFieldsHelpPasswordManagers(t *testing.T) {
	p := newPages(t)
	for _, s := range states(t, p, tame) {
		walk(t, rendered(t, p, s), func(n *html.Node) {
			if kind, _ := attr(n, "type"); n.Data != "input" || kind != "password" {
				return
			}
			auto, _ := attr(n, "autocomplete")
			rules, ruled := attr(n, "passwordrules")
			_, cut := attr(n, "maxlength")
			value, filled := attr(n, "value")
			if cut || filled || (auto != "current-password" && auto != "new-password") {
				t.Errorf("%s: autocomplete %q, maxlength %v, value %q", s.name, auto, cut, value)
			}
			if ruled != (auto == "new-password") || (ruled && !strings.HasPrefix(rules, "minlength: ")) {
				t.Errorf("%s: a field of %q has the rules %q", s.name, auto, rules)
			}
		})
	}
}

func TestLoginPageIsUnder30kBWithEverythingItNeeds(t *testing.T) {
	p := newPages(t)
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	page := rendered(t, p, state{page: PageLogin, data: LoginPage{Base: p.Base("en", "Sign in"), RegistrationOpen: true, Passkeys: true}})
	if _, err := z.Write([]byte(page)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	total := b.Len()
	for name, address := range p.Assets().addresses {
		if strings.Contains(page, address) {
			total += len(p.Assets().files[name].packed())
		}
	}
	if total > 30_000 {
		t.Errorf("the page with style, script and icon is %d bytes", total)
	}
}

func TestFailedRenderWritesNothing(t *testing.T) {
	p := newPages(t)
	for name, s := range map[string]state{
		"unknown page":             {page: "nowhere", data: LoginPage{}},
		"model of another page":    {page: PageAccount, data: LoginPage{Base: p.Base("en", "x")}}, // stops in the middle of the body
		"account without a person": {page: PageAccount, data: AccountPage{AccountFrame: AccountFrame{Base: p.Base("en", "x")}}},
	} {
		var b bytes.Buffer
		if err := p.Render(&b, s.page, s.data); err == nil || b.Len() > 0 {
			t.Errorf("%s: error %v and %d bytes", name, err, b.Len())
		}
	}
	if _, err := New(Options{}); err == nil {
		t.Error("a product without a name was accepted")
	}
}

func TestErrorPageShowsThePublicFaceOnly(t *testing.T) {
	p := newPages(t)
	for code, info := range api.Codes {
		f := fault.New(code, "private_reason", "A calm sentence.").Because(bytes.ErrTooLarge)
		b := p.Base("en", "")
		b.RequestID = "req-1"
		page := rendered(t, p, state{page: PageError, data: NewErrorPage(p.Words("en"), b, f)})
		for _, want := range []string{string(code), html.EscapeString(info.Title), "A calm sentence.", "req-1"} {
			if !strings.Contains(page, want) {
				t.Errorf("%s: the page does not say %q", code, want)
			}
		}
		if strings.Contains(page, "private_reason") || strings.Contains(page, "bytes.Buffer") {
			t.Errorf("%s: the page tells the reason or the cause", code)
		}
	}
}
