package browser

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// pages answers each path with its document, under the policy that our own pages have at their strictest.
func pages(t *testing.T, documents map[string]string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		document, known := documents[r.URL.Path]
		if !known {
			// With no document Chromium would show a page of its own.
			document = "<!doctype html><html lang=en><title>t</title><p>not here"
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy",
			"default-src 'none'; script-src 'nonce-ours'; style-src 'nonce-ours'; require-trusted-types-for 'script'")
		if !known {
			w.WriteHeader(http.StatusNotFound)
		}
		fmt.Fprint(w, document)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

const clean = `<!doctype html><html lang="en"><head><title>Sign in</title>
<meta name="viewport" content="width=device-width">
<style nonce="ours">
body { font: 16px sans-serif; color: #111; background: #fff }
@media (prefers-color-scheme: dark) { body { color: #eee; background: #111 } }
</style></head><body><main><h1>Sign in</h1>
<form><label>Name <input name="name" autocomplete="username"></label> <button>Next</button></form>
<p id="script">no script</p></main>
<script nonce="ours">document.getElementById("script").textContent = "script"</script></body></html>`

func TestCleanPageIsSilentAndPassesAxe(t *testing.T) {
	url := pages(t, map[string]string{"/": clean})
	ctx := New(t)
	for _, size := range []Size{Desktop, Phone, Narrow} {
		for _, colors := range []Colors{Light, Dark} {
			View(t, ctx, size)
			Scheme(t, ctx, colors)
			Open(t, ctx, url)
			Axe(t, ctx)
			FitsWidth(t, ctx)
		}
	}
}

func TestAxeFindsWhatIsPlanted(t *testing.T) {
	inside := func(body string) string {
		return `<!doctype html><html lang="en"><head><title>t</title></head><body><main>` + body + `</main></body></html>`
	}
	url := pages(t, map[string]string{
		"/label": inside(`<input name="q">`),
		"/lang":  strings.Replace(inside("x"), ` lang="en"`, "", 1),
		// By CSSOM, since the policy forbids style attributes.
		"/contrast": inside(`<p id="p">faint</p>
			<script nonce="ours">document.getElementById("p").style.color = "#ccc"</script>`),
		// The one rule that is new in WCAG 2.2 and off by itself.
		"/target": inside(`<button id="a">a</button><button id="b">b</button><script nonce="ours">
			for (const id of ["a", "b"]) { const s = document.getElementById(id).style;
			s.width = s.height = "10px"; s.padding = s.margin = s.border = "0"; s.overflow = "hidden" }</script>`),
	})
	ctx := New(t)
	for path, rule := range map[string]string{
		"/label": "label", "/lang": "html-has-lang", "/contrast": "color-contrast", "/target": "target-size",
	} {
		Open(t, ctx, url+path)
		said := failureOf(t, func(t testing.TB) { Axe(t, ctx) })
		if !strings.Contains(said, "axe "+rule+" (") {
			t.Errorf("%s: axe did not find %s but said %q", path, rule, said)
		}
	}
}

func TestAxeWorksWithoutJavaScript(t *testing.T) {
	url := pages(t, map[string]string{"/": clean, "/bad": `<!doctype html><title>t</title><input>`})
	ctx := New(t)
	NoScript(t, ctx)
	Open(t, ctx, url)
	if text, err := chromedp.Run(ctx, chromedp.Text(chromedp.CSS("#script"))); err != nil || text != "no script" {
		t.Errorf("the page says %q, %v, so its script ran", text, err)
	}
	Axe(t, ctx)
	Open(t, ctx, url+"/bad")
	if said := failureOf(t, func(t testing.TB) { Axe(t, ctx) }); !strings.Contains(said, "axe label") {
		t.Errorf("without JavaScript axe said %q", said)
	}
}

func TestAxeDoesNotPassAnEmptyTab(t *testing.T) {
	if said := failureOf(t, func(t testing.TB) { Axe(t, New(t)) }); said == "" {
		t.Error("axe passes a tab in which nothing was opened")
	}
}

func TestComplaintsOfAPageFailItsTest(t *testing.T) {
	script := func(text string) string {
		return `<!doctype html><html lang="en"><title>t</title><script nonce="ours">` + text + `</script></html>`
	}
	url := pages(t, map[string]string{
		"/console": script(`console.error("broken", 7)`),
		"/assert":  script(`console.assert(false, "untrue")`),
		"/throw":   script(`throw new Error("thrown")`),
		"/promise": script(`Promise.reject(new Error("unheard"))`),
		"/inline":  `<!doctype html><title>t</title><p style="color: red">x`,
		"/foreign": `<!doctype html><title>t</title><script src="https://elsewhere.example/x.js"></script>`,
		"/types":   script(`document.createElement("p").innerHTML = "<b>x</b>"`),
		"/fine":    script(`console.warn("only a warning")`),
	})
	for path, want := range map[string]string{
		"/console": "broken 7", "/assert": "untrue", "/throw": "Error: thrown", "/promise": "Error: unheard",
		"/inline": "CSP violation: style-src-attr", "/foreign": "CSP violation: script-src-elem",
		"/types": "CSP violation: require-trusted-types-for", "/missing": "status of 404", "/fine": "",
	} {
		said := failureOf(t, func(t testing.TB) { Open(t, New(t), url+path) })
		if !strings.Contains(said, want) || (want == "") != (said == "") {
			t.Errorf("%s: the test fails with %q, which should tell of %q", path, said, want)
		}
	}
	allowed := failureOf(t, func(t testing.TB) { Open(t, New(t, Allow("status of 404")), url+"/missing") })
	if allowed != "" {
		t.Errorf("what was allowed fails the test with %q", allowed)
	}
}

func TestProblemsAreToldOnce(t *testing.T) {
	url := pages(t, nil)
	ctx := New(t)
	Open(t, ctx, url+"/missing")
	if first := Problems(ctx); len(first) != 1 {
		t.Errorf("a missing page is told as %q", first)
	}
	if again := Problems(ctx); len(again) != 0 {
		t.Errorf("and again as %q", again)
	}
}

func TestTabsShareNothing(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "name", Value: "value"})
		fmt.Fprintf(w, "<!doctype html><title>t</title><p id=had>%d", len(r.Cookies()))
	}))
	t.Cleanup(server.Close)
	had := func(ctx context.Context) string {
		Open(t, ctx, server.URL)
		text, err := chromedp.Run(ctx, chromedp.Text(chromedp.CSS("#had")))
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	first, second := New(t), New(t)
	if a, b, c := had(first), had(first), had(second); a != "0" || b != "1" || c != "0" {
		t.Errorf("the tabs brought %s, %s and %s cookies, not 0, 1 and 0", a, b, c)
	}
}

func TestNamesLeadToThisMachineOrNowhere(t *testing.T) {
	url := pages(t, map[string]string{"/": clean})
	ctx := New(t, Allow("net::ERR"))
	_, port, _ := strings.Cut(strings.TrimPrefix(url, "http://"), ":")
	Open(t, ctx, "http://auth.example.test:"+port)
	Open(t, ctx, "http://localhost:"+port)
	err := chromedp.Do(ctx, chromedp.Navigate("http://example.com/"))
	if err == nil || !strings.Contains(err.Error(), "ERR_NAME_NOT_RESOLVED") {
		t.Errorf("a name of the network was answered with %v", err)
	}
}

func TestWidePageIsReported(t *testing.T) {
	url := pages(t, map[string]string{"/": `<!doctype html><html lang="en">
		<meta name="viewport" content="width=device-width"><title>t</title><style nonce="ours">p { width: 400px }</style><p>wide`})
	ctx := New(t)
	for size, fits := range map[Size]bool{Desktop: true, Phone: false, Narrow: false} {
		View(t, ctx, size)
		Open(t, ctx, url)
		said := failureOf(t, func(t testing.TB) { FitsWidth(t, ctx) })
		if (said == "") != fits {
			t.Errorf("at %d pixels: %q", size.Width, said)
		}
	}
}

func TestScreenshotShowsTheColorsAskedFor(t *testing.T) {
	url := pages(t, map[string]string{"/": clean})
	ctx := New(t)
	for colors, want := range map[Colors]uint32{Light: 0xffff, Dark: 0x1111} {
		View(t, ctx, Phone)
		Scheme(t, ctx, colors)
		Open(t, ctx, url)
		path := Screenshot(t, ctx, t.Name()+"/"+string(colors))
		t.Cleanup(func() { _ = os.Remove(path) })
		picture := decode(t, path)
		if got := picture.Bounds().Dx(); got != 390*2 {
			t.Errorf("%s is %d pixels wide, not two to each of 390", path, got)
		}
		if r, _, _, _ := picture.At(5, 5).RGBA(); r != want {
			t.Errorf("%s: the corner has red %#x, not %#x", path, r, want)
		}
	}
}
