package pages

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/aiwfe/aiwfe-auth/test/browser"
)

// TestFaultsStandInTheApplicationsPlace looks at every fault that somebody meets on the way to an application. On its
// own host a page is whole in itself: the application is asked for nothing, and every link leads away from it.
func TestFaultsStandInTheApplicationsPlace(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	s.person(t, email, "user")
	ctx := browser.New(t, browser.Allow("status of 4", "status of 5", withoutTLS))
	browser.Open(t, ctx, s.at("app", "/welcome"))
	fillIn(t, ctx, email, password)
	s.reached(t, ctx, "app", "/welcome")
	faults := []fault{
		{"forbidden", "app", "/secret/x", "en", "You have no access here", s.at("auth", "/account")},
		{"stronger-de", "app", "/strong/x", "de", "stärkeren Nachweis", s.at("auth", "/account/security")},
		{"away-ar", "off", "/x", "ar", "يتعذر الوصول", s.at("off", "/x")},
		{"late", "app", "/slow", "en", "did not answer in time", s.at("app", "/slow")},
		{"unclear-de", "app", "/a%2f..%2fb", "de", "nicht eindeutig", s.at("auth", "/")},
		{"own-away", "auth", "/far/x", "de", "Die Anwendung ist nicht erreichbar", s.at("auth", "/far/x")},
		{"wrong-host", "else", "/other", "de", "Nicht gefunden", s.at("else", "/")},
	}
	if os.Getenv("AIWFE_TEST_FULL") != "" {
		faults = append(faults, []fault{
			{"forbidden-ar", "app", "/secret/x", "ar", "ليس لديك حق", s.at("auth", "/account")},
			{"away", "off", "/x?a=b&lang=de", "en", "Die Anwendung ist nicht erreichbar", s.at("off", "/x?a=b&lang=de")},
			{"nothing", "part", "/other", "en", "Not found", s.at("auth", "/")},
			{"forbidden-de", "app", "/secret/x", "de", "Hier haben Sie keinen Zugang", s.at("auth", "/account")},
			{"stronger", "app", "/strong/x", "en", "asks for a stronger proof", s.at("auth", "/account/security")},
			{"unclear", "app", "/a%2f..%2fb", "en", "This address is not clear", s.at("auth", "/")},
			{"own-forbidden", "auth", "/secret/x", "en", "You have no access here", s.at("auth", "/account")},
		}...)
	}
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) { s.look(t, ctx, f) })
	}
	t.Run("confirm", s.confirm)
}

// fault is where one is met, what its page says, and where its first button leads.
type fault struct{ name, host, path, lang, says, first string }

// look opens a fault and looks at it.
func (s *street) look(t *testing.T, ctx context.Context, f fault) {
	t.Helper()
	speak(t, ctx, f.lang)
	before := s.hits.Load()
	browser.Open(t, ctx, s.at(f.host, f.path))
	at(t, ctx, f.says)
	inspect(t, ctx, "behind-"+f.name)
	if n := s.hits.Load() - before; n > 0 && f.path != "/slow" || n > 1 {
		t.Errorf("the application was asked %d times", n)
	}
	seen, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](`[
		getComputedStyle(document.querySelector(".btn-primary")).display, document.querySelector(".btn-primary").href,
		document.querySelectorAll("form, script").length + "", document.querySelector("#request-id").textContent, document.cookie,
		...performance.getEntriesByType("resource").map(e => e.name)]`))
	if err != nil {
		t.Fatal(err)
	}
	if seen[0] != "inline-flex" && seen[0] != "flex" || seen[1] != f.first || len(seen[3]) < 16 {
		t.Errorf("its style, first link and request id: %q", seen[:4])
	}
	if f.host == "auth" || f.host == "else" { // ours, or nobody's
		return
	}
	if seen[2] != "0" || seen[4] != "" || len(seen) > 5 {
		t.Errorf("forms and scripts, cookies, what was loaded: %q", seen[2:])
	}
	links, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](`[...document.links].map(a => a.getAttribute("href"))`))
	if err != nil {
		t.Fatal(err)
	}
	if i := slices.IndexFunc(links, func(l string) bool { return l != "" && l != "#main" && !strings.HasPrefix(l, s.at("auth", "/")) }); i >= 0 {
		t.Errorf("a link leads to %s", links[i])
	}
}

// confirm follows the page for somebody who has just set up a second factor, as it told: it leads to the confirmation,
// and that back to the application.
func (s *street) confirm(t *testing.T) {
	const grace = "grace@example.com"
	s.person(t, grace, "user")
	ctx := browser.New(t, browser.Allow("status of 403", withoutTLS))
	browser.Open(t, ctx, s.at("app", "/welcome"))
	fillIn(t, ctx, grace, password)
	s.reached(t, ctx, "app", "/welcome")
	browser.Open(t, ctx, s.at("auth", "/account/security/app"))
	click(t, ctx, "form[action='/account/security/app/begin'] button")
	wantSeen(t, ctx, "main", "Scan the code")
	key := shown(t, ctx, "#key")
	typeInto(t, ctx, "#code", codeOf(t, key, -1)+kb.Enter)
	at(t, ctx, "Backup codes")
	browser.Open(t, ctx, s.at("app", "/second/x"))
	at(t, ctx, "asks for a stronger proof")
	inspect(t, ctx, "behind-confirm")
	browser.Do(t, ctx, chromedp.Click(css(".btn-primary")))
	at(t, ctx, "Confirm it is you")
	browser.Do(t, ctx, chromedp.SendKeys(css("#password"), password), chromedp.SendKeys(css("#code"), codeOf(t, key, 0)+kb.Enter))
	s.reached(t, ctx, "app", "/second/x")
}
