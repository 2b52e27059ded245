package pages

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/aiwfe/aiwfe-auth/test/browser"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// TestDoctorsPageWellAndIll: nothing is wrong at first; then a second server
// comes with keys and settings of its own.
func TestDoctorsPageWellAndIll(t *testing.T) {
	t.Parallel()
	s := server(t)
	ctx := browser.New(t)
	within(t, ctx, s, "/admin/doctor")
	at(t, ctx, "Doctor")
	browser.Do(t, ctx, chromedp.Click(css("form[action='/admin/doctor'] button")))
	wantSeen(t, ctx, ".notice", "looked again")
	wantSeen(t, ctx, ".doctor-well", "Nothing is wrong")
	if n := eval[int](t, ctx, "document.querySelectorAll('.badge').length"); n != 0 {
		t.Error("a badge where nothing is wrong")
	}
	look(t, ctx, s, map[string]string{"admin-doctor-well": "/admin/doctor"})

	ground.Server(t, map[string]string{
		"DATABASE_URL": "sqlite:///" + filepath.Join(s.DataDir, "aiwfe-auth.db"), "PUBLIC_URL": s.URL, "SESSION_IDLE": "20m",
	})
	browser.Open(t, ctx, s.URL+"/admin/doctor")
	browser.Do(t, ctx, chromedp.Click(css("form[action='/admin/doctor'] button")))
	wantSeen(t, ctx, ".finding", "Servers on one database")
	wantSeen(t, ctx, ".nav .badge", "2")
	text := eval[string](t, ctx, "document.querySelector('main').innerText")
	for _, part := range []string{"secret_differs_between_nodes", "settings_differ_between_nodes", "SESSION_IDLE", "aiwfe-auth nodes list", "JWT_SECRET_KEY"} {
		if !strings.Contains(text, part) {
			t.Errorf("%s is missing in: %s", part, text)
		}
	}
	look(t, ctx, s, map[string]string{"admin-doctor-ill": "/admin/doctor", "admin-doctor-ill-ar": "/admin/doctor?lang=ar"})
	browser.Open(t, ctx, s.URL+"/admin/doctor?lang=en")
	browser.Do(t, ctx, chromedp.Click(css(".doctor-checks summary")))
	browser.Axe(t, ctx)
	browser.FitsWidth(t, ctx)
	browser.Screenshot(t, ctx, "admin-doctor-checks")
}

// TestDoctorLooksAgainWithoutScripts: the button is a form.
func TestDoctorLooksAgainWithoutScripts(t *testing.T) {
	t.Parallel()
	s := server(t)
	ctx := browser.New(t)
	within(t, ctx, s, "/admin/doctor")
	browser.NoScript(t, ctx)
	browser.Open(t, ctx, s.URL+"/admin/doctor")
	browser.Do(t, ctx, chromedp.Click(css("form[action='/admin/doctor'] button")))
	wantSeen(t, ctx, ".notice", "looked again")
}
