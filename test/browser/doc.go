// Package browser owns the real browser that tests look at pages with: Debian's Chromium, without a window.
//
// The Chromium of a test binary starts once, in an empty profile, and each New opens a tab in a browser context of its
// own, with cookies, storage and cache that nobody else sees. A page must stay silent: what it writes to the console as
// an error, throws, or breaks of its content security policy fails the test, unless Allow names it.
//
//	ctx := browser.New(t, browser.Allow("status of 401"))
//	browser.View(t, ctx, browser.Phone)
//	browser.Scheme(t, ctx, browser.Dark)
//	browser.Open(t, ctx, srv.URL+"/login")
//	browser.Axe(t, ctx)            WCAG 2.2 AA, as far as a program can tell
//	browser.FitsWidth(t, ctx)      nothing to scroll sideways, WCAG 1.4.10
//	browser.Screenshot(t, ctx, "login-phone-dark")
//
// The context is chromedp's, so everything else is chromedp.Do(ctx, ...). Names under .test lead to this machine and
// all others lead nowhere, so no page under test can reach the network.
package browser
