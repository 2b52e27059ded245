package outside

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
)

func (x *outside) browserChecks() []doctor.Check {
	if !x.Browser {
		return nil
	}
	return []doctor.Check{{
		Name: "browser", Title: "The login page works in a real browser", Limit: 40 * time.Second,
		Needs: []string{"public_page", "public_certificate", "cookies_stored"}, Run: x.open,
	}}
}

// open looks at the login page with a real browser: what it stores, what it
// sends back, what it refuses to load.
func (x *outside) open(ctx context.Context, r *doctor.Result) {
	path := findBrowser()
	if path == "" {
		r.Note("browser_not_installed", "No Chromium is installed here, so the login page was not opened in one.")
		r.Skip("no Chromium is installed")
		return
	}
	c, err := startChromium(ctx, path, x.trusting(ctx)...)
	if err != nil {
		r.Note("browser_not_started", "Chromium could not be started, so the login page was not opened in it: %v.", err)
		r.Skip("Chromium could not be started")
		return
	}
	defer c.close()
	v := &view{chromium: c, at: x.at}
	if err := errors.Join(v.visit(ctx, x.url(pagePath)), v.visit(ctx, x.url(pagePath))); err != nil {
		r.Find(api.Finding{
			Code: "login_page_broken", Evidence: "Chromium at " + x.url(pagePath) + ": " + err.Error(),
			Expected: "the login page",
		})
		return
	}
	for _, f := range v.findings() {
		r.Find(f)
	}
	if x.User == "" || !x.mayTell() || len(v.findings()) > 0 {
		r.Say("%s", v.summary())
		return
	}
	x.throughThePage(ctx, r, v)
}

// trusting lets Chromium take the one certificate that was judged before: it
// knows no SSL_CERT_FILE.
func (x *outside) trusting(ctx context.Context) []string {
	if x.at.Scheme != "https" {
		return nil
	}
	state, err := x.dialTLS(ctx)
	if err != nil || len(state.PeerCertificates) == 0 {
		return nil
	}
	sum := sha256.Sum256(state.PeerCertificates[0].RawSubjectPublicKeyInfo)
	return []string{"--ignore-certificate-errors-spki-list=" + base64.StdEncoding.EncodeToString(sum[:])}
}

// submit fills the form in and sends it; what it gives back is where it failed.
const submit = `(() => {
	const password = document.querySelector('input[type=password]');
	const form = password && password.form;
	const name = form && form.querySelector('input[type=email], input[name=email], input[name=username], input[type=text]');
	if (!name) return 'there is no form with an address and a password';
	for (const [field, text] of [[name, %s], [password, %s]]) {
		Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(field, text);
		field.dispatchEvent(new Event('input', {bubbles: true}));
		field.dispatchEvent(new Event('change', {bubbles: true}));
	}
	form.requestSubmit();
	return '';
})()`

// status asks as a script of the page would.
const statusNow = `fetch('` + statusPath + `', {credentials: 'same-origin'}).then(a => a.status, () => 0)`

// throughThePage signs in as a person does, and asks who is signed in.
func (x *outside) throughThePage(ctx context.Context, r *doctor.Result, v *view) {
	var said string
	if err := v.eval(ctx, fmt.Sprintf(submit, quoted(x.User), quoted(string(x.Password.Reveal()))), &said); err != nil || said != "" {
		r.Note("browser_no_form", "The form of the login page could not be filled in: %s.", said)
		return
	}
	status := 0
	for range 40 {
		if err := v.settle(ctx, 250*time.Millisecond); err != nil {
			break
		}
		if v.eval(ctx, statusNow, &status) == nil && status == 200 {
			break
		}
	}
	var here, text string
	_ = v.eval(ctx, `location.pathname`, &here)
	_ = v.eval(ctx, `(document.querySelector('[role=alert], .error, .alert') || {}).innerText || ''`, &text)
	switch {
	case status == 200:
		_ = v.eval(ctx, `fetch('`+tokenPath+`').then(a => a.json()).then(t => fetch('`+logoutPath+`', {method: 'POST', headers: {'X-CSRF-TOKEN': t.csrf_token}})).then(a => a.status)`, &status)
		r.Say("signed in through the page, and out again")
	case strings.Contains(here, "2fa") || strings.Contains(here, "challenge") || x.grant.factor:
		r.Note("second_factor_due", "The browser got as far as the second factor.")
	default:
		f := api.Finding{
			Code: "browser_login_fails", Expected: "200 from " + statusPath + " in the page after signing in",
			Evidence: fmt.Sprintf("Chromium filled in the form at %s; afterwards it is at %s and %s answers %d", x.url(pagePath), here, statusPath, status) + prefixed("\nthe page says: ", text),
		}
		for _, other := range v.findings() {
			r.Find(other)
		}
		if len(v.findings()) == 0 {
			r.Find(f)
		}
	}
}

// findings are what the browser complained about.
func (v *view) findings() (out []api.Finding) {
	for _, kind := range []struct {
		code     api.Cause
		lines    []string
		expected string
	}{
		{"csp_blocks_page", v.csp, "a Content-Security-Policy under which the page loads its own files"},
		{"mixed_content", v.mixed, "everything over https"},
		{"login_page_broken", v.broken, "every file of the page"},
	} {
		if len(kind.lines) > 0 {
			slices.Sort(kind.lines)
			out = append(out, api.Finding{
				Code:     kind.code,
				Evidence: "Chromium at " + pagePath + ":\n" + strings.Join(slices.Compact(kind.lines), "\n"),
				Expected: kind.expected,
			})
		}
	}
	for _, b := range v.blocked {
		out = append(out, api.Finding{Code: b.cause, Evidence: "Chromium drops a cookie: " + b.why, Expected: "a cookie that browsers keep and send back"})
	}
	if len(out) == 0 && v.visits > 1 && v.stored > 0 && v.sentBack == 0 {
		out = append(out, api.Finding{
			Code:     "cookie_lost_on_return",
			Evidence: fmt.Sprintf("Chromium keeps %s and sends none back at the second visit", counted(v.stored, "cookie")),
			Expected: "the cookies that it keeps",
		})
	}
	return out
}

func (v *view) summary() string {
	return fmt.Sprintf("Chromium keeps %s and sends back %d", counted(v.stored, "cookie"), v.sentBack)
}
