package sdk

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/aiwfe/aiwfe-auth/test/browser"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

const (
	password = "plums in the icebox, so cold"
	// patience is how long a page or a program may take on a busy machine.
	patience = 60 * time.Second
)

type css = chromedp.CSS

// TestSvelteKitExample signs in to the example by a real browser: the application is the public address, and the server
// stands behind it.
func TestSvelteKitExample(t *testing.T) {
	app := listening(t)
	srv := ground.Server(t, with(map[string]string{"PUBLIC_URL": app.public, "TRUSTED_PROXIES": "127.0.0.1/32"}))
	person(t, srv, "ada@example.com")
	app.start(t, "AUTH_URL="+srv.URL)

	ctx := browser.New(t, browser.Allow("status of 401"))
	browser.Open(t, ctx, app.public+"/")
	wantText(t, ctx, "h1", "Start")
	wantText(t, ctx, "#environment", "test")

	browser.Open(t, ctx, app.public+"/notes")
	wantText(t, ctx, "h1", "Sign in")
	signIn(t, ctx, "ada@example.com", "not the password at all")
	wantText(t, ctx, "[role=alert]", "not right")
	signIn(t, ctx, "ada@example.com", password)
	wantText(t, ctx, "#who", "ada@example.com") // the page that she wanted to see
	wantText(t, ctx, "#method", "password")

	browser.Do(t, ctx, chromedp.Click(css("#logout")))
	wantText(t, ctx, "h1", "Start")
	browser.Open(t, ctx, app.public+"/notes")
	wantText(t, ctx, "h1", "Sign in")
	if r := srv.Run("session", "list", "--email", "ada@example.com", "--json"); strings.Contains(r.Stdout, `"ses_`) {
		t.Errorf("a session is left: %s", r.Stdout)
	}
}

func person(t *testing.T, srv *ground.Instance, address string) {
	t.Helper()
	r := srv.RunInput(password, "user", "create", "--email", address, "--role", "user", "--password-stdin")
	if r.Code != 0 {
		t.Fatalf("user create: %d %s", r.Code, r.Stderr)
	}
}

func signIn(t *testing.T, ctx context.Context, address, text string) {
	t.Helper()
	browser.Do(t, ctx,
		chromedp.WaitVisible(css("[name=email]")), chromedp.Clear(css("[name=email]")),
		chromedp.SendKeys(css("[name=email]"), address), chromedp.SendKeys(css("[name=password]"), text+kb.Enter),
	)
}

// wantText waits until what the selector finds holds the text.
func wantText(t *testing.T, ctx context.Context, selector, want string) {
	t.Helper()
	got := ""
	script := fmt.Sprintf(`document.querySelector(%q)?.textContent ?? ""`, selector)
	for until := time.Now().Add(patience); time.Now().Before(until); time.Sleep(50 * time.Millisecond) {
		if text, err := chromedp.Run(ctx, chromedp.Evaluate[string](script)); err == nil {
			if got = text; strings.Contains(got, want) {
				return
			}
		}
	}
	page, _ := chromedp.Run(ctx, chromedp.Evaluate[string](`location.href + "\n" + document.body.innerText`))
	t.Fatalf("%s shows %q, want %q, on %s", selector, got, want, page)
}

// application is the example, on a port of its own.
type application struct {
	address, public string
	folder          string
}

func listening(t *testing.T) application {
	t.Helper()
	address := ground.FreeAddr(t)
	_, port, _ := net.SplitHostPort(address)
	return application{address, "http://localhost:" + port, exampleBuilt(t)}
}

// start starts the built application and waits until it answers.
func (a application) start(t *testing.T, env ...string) {
	t.Helper()
	_, port, _ := net.SplitHostPort(a.address)
	logs, err := ground.NewFolder("example")
	if err != nil {
		t.Fatal(err)
	}
	p, err := ground.Start(ground.Command{
		Name: "example", Path: program(t, "node"), Args: []string{filepath.Join(a.folder, "build")}, Folder: logs,
		Env: append([]string{"PATH=" + os.Getenv("PATH"), "HOST=127.0.0.1", "PORT=" + port, "ORIGIN=" + a.public}, env...),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.StopWithin(patience); err != nil {
			t.Error(err)
		}
	})
	for until := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		res, err := http.Get("http://" + a.address + "/")
		if err == nil {
			_ = res.Body.Close()
			return
		}
		if !p.Running() || time.Now().After(until) {
			t.Fatalf("the example does not answer: %v\n%s", err, p.Stderr())
		}
	}
}
