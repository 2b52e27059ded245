package docs

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/aiwfe/aiwfe-auth/test/browser"
)

func css(s string) chromedp.CSS { return chromedp.CSS(s) }

// looked are pages that have all there is: wide tables, code, long words.
var looked = []string{
	"index.html", "troubleshooting.html", "threat-model.html", "reference/settings.html", "guide/platform.html",
}

// TestSiteLooksRight opens pages from their folder, wide and narrow, light and
// dark, as somebody who downloaded the site does.
func TestSiteLooksRight(t *testing.T) {
	out := filepath.Join(t.TempDir(), "site")
	build(t, out)
	ctx := browser.New(t)
	full := os.Getenv("AIWFE_TEST_FULL") != ""
	for name, size := range map[string]browser.Size{"wide": browser.Desktop, "narrow": browser.Narrow} {
		browser.View(t, ctx, size)
		for _, page := range looked {
			browser.Open(t, ctx, "file://"+filepath.Join(out, page))
			browser.FitsWidth(t, ctx)
			for _, colors := range []browser.Colors{browser.Light, browser.Dark} {
				browser.Scheme(t, ctx, colors)
				if full || page == looked[0] || page == looked[4] { // axe looks at a long page for seconds
					browser.Axe(t, ctx)
				}
				if full {
					browser.Screenshot(t, ctx, strings.Join([]string{"docs", filepath.Base(page), name, string(colors)}, " "))
				}
			}
		}
	}
}

func TestSearchLeadsToThePage(t *testing.T) {
	out := filepath.Join(t.TempDir(), "site")
	build(t, out)
	ctx := browser.New(t)
	browser.Open(t, ctx, "file://"+filepath.Join(out, "guide", "keys.html"))
	browser.Do(t, ctx, chromedp.SendKeys(css(".search input"), "cookie_domain_mismatch"),
		chromedp.WaitVisible(css(".results a")))
	browser.Do(t, ctx, chromedp.Click(css(".results a")), chromedp.WaitVisible(css("h1")))
	here, err := chromedp.Run(ctx, chromedp.Location())
	if err != nil || !strings.HasSuffix(here, "/errors/cookie_domain_mismatch.html") {
		t.Errorf("the first that is found is %s (%v)", here, err)
	}
}
