package sdk

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// TestADatabaseThatIsAwaySignsNobodyOut asks an example of each language.
func TestADatabaseThatIsAwaySignsNobodyOut(t *testing.T) {
	t.Parallel()
	pg := ground.PrivatePostgres(t, ground.Options{})
	p := newPlatform(t, map[string]string{"DATABASE_URL": pg.NewDatabase(t)})
	apps := map[string]*platform{"Go": p, "Python": p.next(t)}
	p.start(t, goExample(t), nil, nil)
	apps["Python"].startPython(t, "app.py")
	ada := newVisitor(t)
	ada.signIn(p.URL, residents[0])
	look := func(app *platform, path string) seen {
		return ada.ask("GET", app.appURL()+path, nil, "Accept", "text/html")
	}
	for name, app := range apps {
		if a := look(app, "/asks"); a.status != http.StatusOK {
			t.Fatalf("%s: %d %s", name, a.status, a.body)
		}
	}
	pg.Stop()
	for name, app := range apps {
		until(t, name+" notices", func() bool { return look(app, "/asks").status != http.StatusOK })
		for _, path := range []string{"/asks", "/"} {
			a := look(app, path)
			if a.status != http.StatusServiceUnavailable || a.header.Get("Retry-After") == "" || a.header.Get("Set-Cookie") != "" || strings.Contains(a.body, "stranger") {
				t.Errorf("%s, %s: %d %v %s", name, path, a.status, a.header, a.body)
			}
		}
	}
	pg.Start()
	for name, app := range apps {
		until(t, name+" lets in again", func() bool { return look(app, "/asks").status == http.StatusOK })
	}
}

func until(t *testing.T, what string, happened func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !happened(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within 30 s: %s", what)
		}
	}
}
