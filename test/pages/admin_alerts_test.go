package pages

import (
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/aiwfe/aiwfe-auth/test/browser"
)

// TestAlertsPageSilencesARule looks at the page when nothing fires, keeps a rule
// quiet, and ends that again.
func TestAlertsPageSilencesARule(t *testing.T) {
	t.Parallel()
	s := server(t)
	ctx := browser.New(t)
	within(t, ctx, s, "/admin/alerts")
	at(t, ctx, "Alerts")
	wantSeen(t, ctx, "main", "No alert fires")
	browser.Do(t, ctx, chromedp.SendKeys(css("#reason"), "the disk is being exchanged"),
		chromedp.Click(css("form[action='/admin/alerts'] button")))
	wantSeen(t, ctx, ".alert-silence", "the disk is being exchanged")
	look(t, ctx, s, map[string]string{"admin-alerts": "/admin/alerts"})
	browser.Do(t, ctx, chromedp.Click(css(".alert-silence button")))
	wantSeen(t, ctx, "main", "No alert fires")
}
