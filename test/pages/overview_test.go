package pages

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/aiwfe/aiwfe-auth/test/browser"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// busyDay has people sign in for a few seconds, and somebody guess.
func busyDay(t *testing.T, s *ground.Instance) {
	t.Helper()
	r := s.Run("demo", "traffic", "--for", "6s", "--rate", "900", "--people", "12", "--guess")
	if r.Code != 0 || !strings.Contains(r.Stdout, "sign-ins") {
		t.Fatalf("demo traffic: %d %s %s", r.Code, r.Stdout, r.Stderr)
	}
}

// TestOverviewShowsWhatHappened: cards, charts, tables and files after people came, and the page keeps itself fresh.
func TestOverviewShowsWhatHappened(t *testing.T) {
	t.Parallel()
	s := server(t)
	ctx := browser.New(t)
	within(t, ctx, s, "/admin")
	at(t, ctx, "Overview")
	wantSeen(t, ctx, "#failures .plot", "Nobody was refused")
	busyDay(t, s)

	// Switched off and on again, it looks at once.
	before := eval[string](t, ctx, `document.getElementById("fresh").textContent`)
	click(t, ctx, "#live")
	wantTrue(t, ctx, `document.getElementById("live").getAttribute("aria-pressed") === "false"`)
	click(t, ctx, "#live")
	wantTrue(t, ctx, `document.getElementById("fresh").textContent !== "`+before+`"`)
	wantSeen(t, ctx, "#failures .legend", "wrong_password")
	wantSeen(t, ctx, "#attempts .legend", "Guessing")
	wantTrue(t, ctx, `!/Nobody/.test(document.getElementById("verdict").textContent)`)
	for _, id := range []string{"success", "login-time", "attempts", "failures", "response"} {
		wantTrue(t, ctx, `document.querySelector("#`+id+` .plot canvas") !== null`)
		wantTrue(t, ctx, `document.querySelector("#`+id+` .plot-none").hidden`)
	}

	files(t, ctx)

	// An open table is kept up to date with the rest.
	click(t, ctx, "#login-time summary")
	wantTrue(t, ctx, `document.querySelectorAll("#login-time tbody tr").length > 0`)
	click(t, ctx, "#live")
	click(t, ctx, "#live")
	wantTrue(t, ctx, `document.querySelectorAll("#login-time tbody tr").length > 0 && document.querySelector("#login-time details").open`)
	browser.Axe(t, ctx)
	look(t, ctx, s, map[string]string{"overview": "/admin"})
	browser.View(t, ctx, browser.Narrow)
	browser.Scheme(t, ctx, browser.Dark)
	browser.Open(t, ctx, s.URL+"/admin?range=24h&lang=ar")
	wantTrue(t, ctx, `document.querySelector("#login-time .plot canvas") !== null`)
	browser.Axe(t, ctx)
	browser.FitsWidth(t, ctx)
	browser.Screenshot(t, ctx, "overview-ar-narrow-dark")
}

// TestOverviewWithoutScripts: the tables stand open instead of the charts, and the files are plain links.
func TestOverviewWithoutScripts(t *testing.T) {
	t.Parallel()
	s := server(t)
	busyDay(t, s)
	ctx := browser.New(t)
	browser.NoScript(t, ctx)
	within(t, ctx, s, "/admin")
	at(t, ctx, "Overview")
	wantSeen(t, ctx, ".kpis", "Target: at least 99.5%")
	wantSeen(t, ctx, "#login-time table", "ms")
	wantTrue(t, ctx, `document.querySelector("#login-time table").getBoundingClientRect().height > 0`)
	wantTrue(t, ctx, `document.querySelector("#login-time .plot").getBoundingClientRect().height === 0`)
	browser.Axe(t, ctx)
	browser.FitsWidth(t, ctx)
	browser.Screenshot(t, ctx, "overview-without-scripts")
	browser.Do(t, ctx, chromedp.Click(css(`nav a[href="/admin?range=7d"]`)))
	wantTrue(t, ctx, `location.search === "?range=7d"`)
	at(t, ctx, "Overview")
}

// files asks for each chart's file, as the page links to it.
func files(t *testing.T, ctx context.Context) {
	t.Helper()
	eval[bool](t, ctx, `(window.got = {}, document.querySelectorAll("a.csv").forEach((a) => fetch(a.href).then(async (r) => {
		got[new URL(a.href).searchParams.get("chart")] = r.status + " " + r.headers.get("Content-Disposition") + "\n" + await r.text();
	})), true)`)
	wantTrue(t, ctx, `Object.keys(got).length === document.querySelectorAll("a.csv").length`)
	for name, head := range map[string]string{
		"success": "at,login_success_ratio", "login-time": "at,login_p50_seconds,login_p95_seconds,login_p99_seconds",
		"attempts": "at,logins,guessing", "failures": "wrong_password", "response": "at,response_p95_seconds", "pool": "at,pool_use_ratio",
		"sessions": "at,sessions_active", "hashing": "at,hash_queue_wait_seconds",
	} {
		text := eval[string](t, ctx, `got["`+name+`"]`)
		lines := strings.Split(strings.TrimSpace(text), "\n")
		if len(lines) != 62 || lines[0] != `200 attachment; filename="aiwfe-auth-`+name+`-1h.csv"` || !strings.Contains(lines[1], head) {
			t.Errorf("the file of %s has %d lines: %q", name, len(lines), lines[:min(2, len(lines))])
		}
	}
}
