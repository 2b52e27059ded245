package browser

import (
	"context"
	"testing"
	"time"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// A test that looks at pages for longer than this hangs.
const pageLimit = 2 * time.Minute

// Option changes what New makes.
type Option func(*watch)

// Allow lets the page say what contains one of the texts, such as "status of 401" where a test types a wrong password.
func Allow(texts ...string) Option {
	return func(w *watch) { w.allowed = append(w.allowed, texts...) }
}

// New opens an empty tab that knows nothing of other tests: desktop size, light, little motion, JavaScript on. It
// closes with the test, which fails if a page complained. Only this tab is watched, not a window it opens.
func New(t testing.TB, opts ...Option) context.Context {
	t.Helper()
	parent, err := chromium()
	if err != nil {
		t.Fatal(err)
	}
	w := &watch{}
	for _, o := range opts {
		o(w)
	}
	tab, closeTab := chromedp.NewContext(parent, chromedp.WithNewBrowserContext(), chromedp.WithListener(w.event))
	t.Cleanup(closeTab)
	// The first use of a context decides how long the tab lives, so the time limit comes after it.
	if err := chromedp.Do(tab); err != nil {
		t.Fatalf("open a tab: %v", err)
	}
	ctx, cancel := context.WithTimeout(context.WithValue(tab, watchKey{}, w), pageLimit)
	t.Cleanup(cancel)
	t.Cleanup(func() {
		for _, problem := range Problems(ctx) {
			t.Error(problem)
		}
	})
	call(t, ctx, log.Enable, cdp.Empty{})
	call(t, ctx, runtime.Enable, cdp.Empty{})
	call(t, ctx, audits.Enable, cdp.Empty{})
	View(t, ctx, Desktop)
	Scheme(t, ctx, Light)
	return ctx
}

// Open goes to a page and waits until it has loaded.
func Open(t testing.TB, ctx context.Context, url string) {
	t.Helper()
	if err := chromedp.Do(ctx, chromedp.Navigate(url)); err != nil {
		t.Fatalf("open %s: %v", url, err)
	}
}

// Do runs the steps and fails the test at the first that does not work.
func Do(t testing.TB, ctx context.Context, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatal(err)
	}
}

func call[P, R any](t testing.TB, ctx context.Context, command cdp.Command[P, R], params P) R {
	t.Helper()
	result, err := chromedp.Call(ctx, command, params)
	if err != nil {
		t.Fatalf("%s: %v", command.Method, err)
	}
	return result
}
