package pages

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/aiwfe/aiwfe-auth/test/browser"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// program calls the API as an administrator, or as anybody who signs in with it.
type program struct {
	s      *ground.Instance
	bearer string
}

// call sends JSON and reads JSON.
func (p *program) call(t *testing.T, method, path string, in any, headers ...string) map[string]any {
	t.Helper()
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		body = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(t.Context(), method, p.s.URL+path, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if p.bearer != "" {
		r.Header.Set("Authorization", "Bearer "+p.bearer)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var out map[string]any
	if err := json.NewDecoder(res.Body).Decode(&out); err != nil && res.StatusCode != http.StatusNoContent {
		t.Fatalf("%s %s: %d %v", method, path, res.StatusCode, err)
	}
	return out
}

// login tries to sign in.
func (p *program) login(t *testing.T, address, text string, headers ...string) {
	t.Helper()
	token := (&program{s: p.s}).call(t, "GET", "/api/v1/auth/csrf-token", nil)["csrf_token"].(string)
	out := p.call(t, "POST", "/api/v1/auth/jwt/login", map[string]string{"email": address, "password": text},
		append(headers, "X-CSRF-TOKEN", token)...)
	p.bearer, _ = out["access_token"].(string)
}

// administrator signs in as the one that server makes.
func administrator(t *testing.T, s *ground.Instance) *program {
	t.Helper()
	p := &program{s: s}
	if p.login(t, email, password); p.bearer == "" {
		t.Fatal("the administrator cannot sign in")
	}
	return p
}

// invite makes an account and returns its id.
func (p *program) invite(t *testing.T, address, name string) string {
	t.Helper()
	out := p.call(t, "POST", "/api/v1/admin/users", map[string]string{"email": address, "name": name})
	user, ok := out["user"].(map[string]any)
	if !ok {
		t.Fatalf("invite %s: %v", address, out)
	}
	return user["id"].(string)
}

// member makes somebody who can sign in, and returns the id.
func newMember(t *testing.T, s *ground.Instance, address, name string) string {
	t.Helper()
	r := s.RunInput(password, "user", "create", "--email", address, "--name", name, "--password-stdin", "--json")
	var out struct{ ID string }
	if err := json.Unmarshal([]byte(r.Stdout), &out); err != nil || out.ID == "" {
		t.Fatalf("user create: %d %s %s", r.Code, r.Stdout, r.Stderr)
	}
	return out.ID
}

// within opens a page as the administrator.
func within(t *testing.T, ctx context.Context, s *ground.Instance, path string) {
	t.Helper()
	signIn(t, ctx, s, password)
	at(t, ctx, "Account")
	browser.Open(t, ctx, s.URL+path)
}

// eval asks the page something.
func eval[T any](t *testing.T, ctx context.Context, script string) T {
	t.Helper()
	got, err := chromedp.Run(ctx, chromedp.Evaluate[T](script))
	if err != nil {
		t.Fatalf("%s: %v", script, err)
	}
	return got
}

// wantTrue waits until the page says so.
func wantTrue(t *testing.T, ctx context.Context, script string) {
	t.Helper()
	for until := time.Now().Add(patience); time.Now().Before(until); time.Sleep(50 * time.Millisecond) {
		if ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](script)); err == nil && ok {
			return
		}
	}
	t.Fatalf("never true: %s", script)
}

func TestStrangersAndMembersSeeNoAdminPage(t *testing.T) {
	t.Parallel()
	s := server(t)
	newMember(t, s, "grace@example.com", "Grace Hopper")
	ctx := browser.New(t, browser.Allow("status of 403"))
	browser.Open(t, ctx, s.URL+"/admin/audit?event=login")
	at(t, ctx, "Sign in")
	browser.Do(t, ctx,
		chromedp.SendKeys(css("input[type=email]"), "grace@example.com"),
		chromedp.SendKeys(css("input[name=password]"), password+kb.Enter),
	)
	at(t, ctx, "Not allowed") // the way back led to the page, filter and all
	if got := eval[string](t, ctx, "location.pathname + location.search"); got != "/admin/audit?event=login" {
		t.Errorf("the way back led to %s", got)
	}
	for _, path := range []string{"/admin", "/admin/figures.csv?chart=success", "/admin/users", "/admin/users/new", "/admin/users/1", "/admin/users/1/delete"} {
		browser.Open(t, ctx, s.URL+path)
		at(t, ctx, "Not allowed")
	}
	browser.Open(t, ctx, s.URL+"/account")
	if text := eval[string](t, ctx, "document.querySelector('.nav').innerText"); strings.Contains(text, "Users") {
		t.Errorf("the bar of a member reads %q", text)
	}
}

func TestPeopleAreFoundWithAndWithoutJavaScript(t *testing.T) {
	t.Parallel()
	s := server(t)
	p := administrator(t, s)
	for i := range 55 {
		p.invite(t, fmt.Sprintf("person%02d@example.com", i), "")
	}
	p.invite(t, "needle@example.org", "Grace Hopper")

	ctx := browser.New(t)
	within(t, ctx, s, "/admin/users")
	wantSeen(t, ctx, "#count", "50 accounts, and more")
	browser.Do(t, ctx, chromedp.SendKeys(css("#q"), "hopp"))
	wantSeen(t, ctx, "#heard", "1 account")
	wantSeen(t, ctx, "#results", "needle@example.org")
	wantTrue(t, ctx, `location.search === "?q=hopp" && document.activeElement.id === "q"`)
	browser.Do(t, ctx, chromedp.SendKeys(css("#q"), "zzz"))
	wantSeen(t, ctx, "#results", "Nobody fits this search")
	browser.Do(t, ctx, chromedp.Click(css("#results .empty-way a")))
	wantSeen(t, ctx, "#count", "50 accounts, and more")
	browser.Do(t, ctx, chromedp.Click(css("a[rel=next]")))
	wantSeen(t, ctx, "#results", "Grace Hopper")
	browser.Do(t, ctx, chromedp.Click(css(".pager a")))
	wantSeen(t, ctx, "#results", "Ada Lovelace")

	plain := browser.New(t)
	browser.NoScript(t, plain)
	within(t, plain, s, "/admin/users")
	browser.Do(t, plain, chromedp.Click(css(`a[href="/admin/users?status=pending"]`)))
	wantSeen(t, plain, "#count", "50 accounts, and more")
	browser.Do(t, plain, chromedp.SendKeys(css("#q"), "NEEDLE@"+kb.Enter))
	wantSeen(t, plain, "#count", "1 account")
	wantSeen(t, plain, "#results", "Grace Hopper")
	if got := eval[string](t, plain, "location.search"); got != "?q=NEEDLE%40&status=pending" {
		t.Errorf("the address of the search is %s", got)
	}
}

func TestInvitationIsShownOnceAndInNoAddress(t *testing.T) {
	t.Parallel()
	s := server(t)
	ctx := browser.New(t, browser.Allow("status of 422", "status of 409"))
	within(t, ctx, s, "/admin/users/new")
	browser.Do(t, ctx,
		chromedp.SendKeys(css("#email"), "not an address"),
		chromedp.SendKeys(css("#name"), "Grace Hopper"),
		chromedp.Click(css("label[for=role-admin]")),
		chromedp.Click(css("form[action='/admin/users/new'] button")),
	)
	wantSeen(t, ctx, "#email-error", "not an e-mail address")
	if kept := eval[string](t, ctx, `[...new FormData(document.querySelector("main form"))].slice(1).map((p) => p[1]).join("|")`); kept != "not an address|Grace Hopper|admin" {
		t.Errorf("of what was typed this is left: %q", kept)
	}
	browser.Do(t, ctx, chromedp.Clear(css("#email")), chromedp.SendKeys(css("#email"), "grace@example.com"+kb.Enter))
	at(t, ctx, "Invitation for grace@example.com")
	link := eval[string](t, ctx, `document.getElementById("link").textContent`)
	if where := eval[string](t, ctx, "location.href"); where != s.URL+"/admin/users/new" {
		t.Errorf("the page with the link is %s", where)
	}
	browser.Open(t, ctx, s.URL+"/admin/users")
	if html := eval[string](t, ctx, "document.documentElement.outerHTML"); strings.Contains(html, link) {
		t.Error("the link is shown once more")
	}

	guest := browser.New(t)
	browser.Open(t, guest, link)
	at(t, guest, "Welcome")
	browser.Do(t, guest, chromedp.SendKeys(css("input[name=password]"), "compilers are only patient"+kb.Enter))
	at(t, guest, "Account")
	wantSeen(t, guest, ".nav", "Users") // an administrator, as invited
}

func TestDisabledAccountIsOutAtOnce(t *testing.T) {
	t.Parallel()
	s := server(t)
	id := newMember(t, s, "grace@example.com", "Grace Hopper")
	guest := &program{s: s}
	guest.login(t, "grace@example.com", password)
	ctx := browser.New(t)
	within(t, ctx, s, "/admin/users/"+id)
	at(t, ctx, "Grace Hopper")
	wantSeen(t, ctx, "#sessions", "1 session")
	browser.Do(t, ctx, chromedp.Click(css("form:has([value=disabled]) button")))
	wantSeen(t, ctx, ".notice", "The account is disabled")
	wantSeen(t, ctx, "#sessions", "Signed in nowhere")
	if out := guest.call(t, "GET", "/api/v1/users/me", nil); out["code"] != "session_ended" {
		t.Errorf("the account that was disabled still reads %v", out)
	}
	browser.Do(t, ctx, chromedp.Click(css("form:has([value=active]) button")))
	wantSeen(t, ctx, ".notice", "The account is enabled")
	browser.Do(t, ctx, chromedp.Click(css("form[action$='/link'] button")))
	at(t, ctx, "New password for grace@example.com")
	browser.Open(t, ctx, eval[string](t, ctx, `document.getElementById("link").textContent`))
	at(t, ctx, "Choose a new password")
}

func TestLastAdministratorStays(t *testing.T) {
	t.Parallel()
	s := server(t)
	p := administrator(t, s)
	own := p.call(t, "GET", "/api/v1/users/me", nil)["id"].(string)
	ctx := browser.New(t, browser.Allow("status of 409", "status of 422"))
	within(t, ctx, s, "/admin/users/"+own)
	const sentence = "This is the last administrator who can sign in"
	browser.Do(t, ctx, chromedp.Click(css("form:has([value=disabled]) button")))
	wantSeen(t, ctx, "#access #error-summary", sentence)
	browser.Do(t, ctx,
		chromedp.Clear(css("#name")), chromedp.SendKeys(css("#name"), "Augusta"), chromedp.Click(css("label[for=role-user]")),
		chromedp.Click(css("#profile .card-foot button")),
	)
	wantSeen(t, ctx, "#profile #error-summary", sentence)
	if kept := eval[string](t, ctx, `document.getElementById("name").value + document.getElementById("role-user").checked`); kept != "Augustatrue" {
		t.Errorf("of what was typed this is left: %q", kept)
	}
	browser.Open(t, ctx, s.URL+"/admin/users/"+own+"/delete")
	browser.Do(t, ctx, chromedp.SendKeys(css("#email"), "somebody@example.com"+kb.Enter))
	wantSeen(t, ctx, "#email-error", "not the address of the account")
	browser.Do(t, ctx, chromedp.Clear(css("#email")), chromedp.SendKeys(css("#email"), " ADA@example.com"+kb.Enter))
	wantSeen(t, ctx, "#error-summary", sentence)

	// With another one there is a question instead, and an answer is enough.
	second := newMember(t, s, "grace@example.com", "Grace Hopper")
	p.call(t, "PATCH", "/api/v1/admin/users/"+second, map[string]string{"role": "admin"})
	browser.Open(t, ctx, s.URL+"/admin/users/"+own)
	browser.Do(t, ctx, chromedp.Click(css("form:has([value=locked]) button")))
	at(t, ctx, "This is your own account")
	browser.Do(t, ctx, chromedp.Click(css("main .btn-danger")))
	at(t, ctx, "Sign in")
	wantSeen(t, ctx, "body", "Your session has ended")
}

func TestAccountIsDeletedByItsAddress(t *testing.T) {
	t.Parallel()
	s := server(t)
	p := administrator(t, s)
	id := p.invite(t, "grace@example.com", "Grace Hopper")
	ctx := browser.New(t, browser.Allow("status of 404"))
	within(t, ctx, s, "/admin/users/"+id)
	browser.Do(t, ctx, chromedp.Click(css("#delete a")))
	at(t, ctx, "Delete grace@example.com?")
	browser.Do(t, ctx, chromedp.SendKeys(css("#email"), "grace@example.com"+kb.Enter))
	wantSeen(t, ctx, ".notice", "The account was deleted")
	browser.Open(t, ctx, s.URL+"/admin/users/"+id)
	at(t, ctx, "Not found")
	browser.Open(t, ctx, s.URL+"/admin/audit?user_id="+id)
	wantSeen(t, ctx, "#rows", "Account deleted")
}

func TestAuditIsSiftedAndOpened(t *testing.T) {
	t.Parallel()
	s := server(t)
	p := administrator(t, s)
	(&program{s: s}).login(t, "nobody@example.com", "no such person at all")
	(&program{s: s}).login(t, email, "not the password at all")
	p.invite(t, "grace@example.com", "Grace Hopper")

	ctx := browser.New(t, browser.Allow("status of 422"))
	browser.NoScript(t, ctx)
	within(t, ctx, s, "/admin/audit")
	wantSeen(t, ctx, "#rows", "Invited")
	browser.Do(t, ctx, chromedp.SendKeys(css("#user"), "NOBODY@example.com"+kb.Enter))
	wantSeen(t, ctx, "#count", "1 row")
	wantSeen(t, ctx, "#rows", "unknown_address")
	browser.Do(t, ctx, chromedp.Click(css("#rows summary")))
	request := eval[string](t, ctx, `document.querySelector('#rows a[href*="request_id="]').textContent`)
	browser.Do(t, ctx, chromedp.Click(css(`#rows a[href*="request_id="]`)))
	wantSeen(t, ctx, ".in-use", request)
	wantSeen(t, ctx, "#count", "1 row")

	browser.Open(t, ctx, s.URL+"/admin/audit?user=ada@example.com&event=login&outcome=refused&range=1h")
	wantSeen(t, ctx, "#count", "1 row")
	wantSeen(t, ctx, "#rows", "wrong_password")
	browser.Open(t, ctx, s.URL+"/admin/audit?ip=192.0.2.1&since=2026-01-01T00:00")
	wantSeen(t, ctx, "#none", "192.0.2.1")
	wantSeen(t, ctx, "#none", "The audit here begins on")
	browser.Open(t, ctx, s.URL+"/admin/audit?since=yesterday&ip=192.0.2.1")
	wantSeen(t, ctx, "#error-summary", "Please give a time")
	if kept := eval[string](t, ctx, `document.getElementById("ip").value`); kept != "192.0.2.1" {
		t.Errorf("of what was typed this is left: %q", kept)
	}
}

func TestLiveViewShowsWhatHappensAndPauses(t *testing.T) {
	t.Parallel()
	s := server(t)
	ctx := browser.New(t)
	within(t, ctx, s, "/admin/audit?event=login")
	browser.Do(t, ctx, chromedp.Click(css("#live")))
	wantSeen(t, ctx, "#live-say", "Live")
	(&program{s: s}).login(t, "first@example.com", "no such person at all")
	wantSeen(t, ctx, "#rows li:first-child", "first@example.com")
	wantSeen(t, ctx, "#rows li:first-child", "Sign-in")
	wantSeen(t, ctx, "#rows li:first-child", "Refused")

	browser.Do(t, ctx, chromedp.Click(css("#pause")))
	(&program{s: s}).login(t, "second@example.com", "no such person at all")
	wantSeen(t, ctx, "#pause", "Resume (1 waiting)")
	if text := eval[string](t, ctx, `document.getElementById("rows").textContent`); strings.Contains(text, "second@example.com") {
		t.Error("a row came while the view was paused")
	}
	browser.Do(t, ctx, chromedp.Click(css("#pause")))
	wantSeen(t, ctx, "#rows li:first-child", "second@example.com")
	browser.Screenshot(t, ctx, "admin-audit-live")

	// What a stranger sends stays text.
	(&program{s: s}).login(t, "third@example.com", "no such person at all", "User-Agent", `<img src=x onerror=alert(1)>`)
	wantSeen(t, ctx, "#rows li:first-child", `<img src=x onerror=alert(1)>`)

	p := administrator(t, s)
	own := p.call(t, "GET", "/api/v1/users/me", nil)["id"].(string)
	p.call(t, "DELETE", "/api/v1/admin/users/"+own+"/sessions", nil)
	wantSeen(t, ctx, "#live-say", "Live ended")
}

// TestAdminPagesAreAccessible looks at each with nothing, little and much on it.
func TestAdminPagesAreAccessible(t *testing.T) {
	t.Parallel()
	s := server(t)
	ctx := browser.New(t, browser.Allow("status of 422"))
	within(t, ctx, s, "/admin/users")
	look(t, ctx, s, map[string]string{
		"admin-users-few": "/admin/users", "admin-users-none": "/admin/users?q=zzz", "admin-audit-none": "/admin/audit?ip=192.0.2.1&event=login",
		"admin-invite": "/admin/users/new", "admin-audit-fault": "/admin/audit?since=yesterday",
	})
	p := administrator(t, s)
	for i := range 57 {
		p.invite(t, fmt.Sprintf("person%02d@example.com", i), []string{"", "Grace Hopper", "Katherine Johnson"}[i%3])
	}
	long := p.invite(t, strings.Repeat("long-name-", 6)+"@"+strings.Repeat("sub.", 20)+"example.com", strings.Repeat("Wolfeschlegelsteinhausen", 4))
	(&program{s: s}).login(t, strings.Repeat("long-name-", 6)+"@"+strings.Repeat("sub.", 20)+"example.com", "no", "User-Agent", strings.Repeat("agent", 50))
	grace := newMember(t, s, "grace@example.com", "Grace Hopper")
	(&program{s: s}).login(t, "grace@example.com", password)
	(&program{s: s}).login(t, "grace@example.com", "not the password at all")
	p.call(t, "PATCH", "/api/v1/admin/users/2", map[string]string{"status": "disabled"})
	p.call(t, "PATCH", "/api/v1/admin/users/3", map[string]string{"status": "locked"})
	look(t, ctx, s, map[string]string{
		"admin-users-many": "/admin/users", "admin-users-long": "/admin/users?q=long-name", "admin-user": "/admin/users/" + grace,
		"admin-user-long": "/admin/users/" + long, "admin-delete-long": "/admin/users/" + long + "/delete", "admin-audit-many": "/admin/audit",
		"admin-audit-refused": "/admin/audit?outcome=refused&ip=127.0.0.1",
	})
	browser.Open(t, ctx, s.URL+"/admin/users/"+long)
	browser.Do(t, ctx, chromedp.Click(css("form[action$='/link'] button")))
	at(t, ctx, "Invitation for long-name")
	for name, size := range map[string]browser.Size{"desktop": browser.Desktop, "narrow": browser.Narrow} {
		browser.View(t, ctx, size)
		browser.Axe(t, ctx)
		browser.FitsWidth(t, ctx)
		browser.Screenshot(t, ctx, "admin-link-"+name)
	}
	browser.Open(t, ctx, s.URL+"/admin/audit?outcome=refused")
	browser.Do(t, ctx, chromedp.Click(css("#rows summary")))
	browser.Axe(t, ctx)
	browser.FitsWidth(t, ctx)
	browser.Screenshot(t, ctx, "admin-audit-open-narrow")
}
