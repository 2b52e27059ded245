package web

import (
	"html/template"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/i18n"
	"github.com/aiwfe/aiwfe-auth/internal/mfa"
)

// flowStates are the pages between a password and a session, and of recovery.
func flowStates(base, in Base, x string, at func(...string) *FormError) []state {
	ways := []Way{{"totp", "/login/verify?method=totp"}, {"webauthn", "/login/verify?method=webauthn"}, {"backup_code", "/"}}
	picture, err := mfa.QR("otpauth://totp/"+x, x)
	if err != nil {
		panic(err)
	}
	enroll := EnrollPage{
		Base: base, Email: x, Challenge: x, Next: x, Again: "/login", Groups: []string{"ABCD", "EFGH"},
		Link: "otpauth://totp/aiwfe:ada?secret=ABCDEFGH", QR: template.HTML(picture),
	}
	passkeys := enroll
	passkeys.Passkeys, passkeys.Error = true, at("code")
	return []state{
		{"login, by passkey", PageLogin, LoginPage{Base: base, Passkeys: true, Conditional: true, Next: x, MailboxHref: "/dev/mailbox"}},
		{"login, passkey unknown", PageLogin, LoginPage{
			Base: base, Passkeys: true, Unknown: &Credential{x, x}, Error: at(), UnlockHref: "/unlock-request", Unproven: true,
		}},
		{"verify, app", PageVerify, VerifyPage{Base: base, Email: x, Method: "totp", Others: ways, TrustFor: x, Next: x, Again: "/login"}},
		{"verify, passkey", PageVerify, VerifyPage{Base: base, Email: x, Method: "webauthn", Challenge: x, Trust: true, Again: "/login", Error: at()}},
		{"verify, backup code", PageVerify, VerifyPage{Base: base, Email: x, Method: "backup_code", Code: x, Again: "/login", Error: at("code")}},
		{"enroll", PageEnroll, enroll},
		{"enroll, passkeys too", PageEnroll, passkeys},
		{"reauth", PageReauth, ReauthPage{Base: in, Next: x, Password: true}},
		{"reauth, everything", PageReauth, ReauthPage{Base: in, Password: true, Code: true, Passkey: true, Others: ways, Error: at("password", "code")}},
		{"reauth, backup code", PageReauth, ReauthPage{Base: in, Password: true, Code: true, Backup: true, Typed: x}},
		{"reauth, passkey alone", PageReauth, ReauthPage{Base: in, Passkey: true}},
		{"reauth, passkey and password", PageReauth, ReauthPage{Base: in, Passkey: true, WithPassword: true}},
		{"mailed", PageMailed, MailedPage{Base: base, Email: x, Lead: "login.mailed.asked", Again: "/forgot-password", Mailbox: "/dev/mailbox"}},
		{"link", PageLink, LinkPage{Base: base, Action: "/unlock", Token: x, Heading: x, Lead: x, Email: x, Submit: x}},
		{"link, danger", PageLink, LinkPage{Base: base, Action: "/not-me", Heading: x, Lead: x, Points: []string{x, x}, Submit: x, Danger: true}},
		{"link, new password", PageLink, LinkPage{Base: base, Action: "/verify-email", Heading: x, Submit: x, NewPassword: true, Error: at("password")}},
		{"mailbox", PageMailbox, MailboxPage{Base: base, Letters: []LetterRow{{"/dev/mailbox/1", x, x, noon}}}},
		{"mailbox, empty", PageMailbox, MailboxPage{Base: base}},
		{"letter", PageLetter, LetterPage{Base: base, LetterRow: LetterRow{To: x, Subject: "A letter", At: noon}, Text: x, HTMLHref: "/dev/mailbox/1/html"}},
	}
}

// Letters hold links as good as a password: whoever is not at this machine, or
// came through a proxy or under another name, finds nothing.
func TestMailboxOpensAtHomeOnly(t *testing.T) {
	for _, row := range []struct {
		peer, host, header string
		want               bool
	}{
		{"127.0.0.1:5", "localhost:8080", "", true},
		{"[::1]:5", "[::1]:8080", "", true},
		{"[::ffff:127.0.0.1]:5", "127.0.0.1", "", true},
		{"192.0.2.7:5", "localhost:8080", "", false},
		{"127.0.0.1:5", "rebound.example:8080", "", false}, // a stranger's name that leads here
		{"127.0.0.1:5", "localhost.example", "", false},
		{"127.0.0.1:5", "localhost:8080", "X-Forwarded-For", false},
		{"127.0.0.1:5", "localhost:8080", "Forwarded", false},
		{"127.0.0.1:5", "localhost:8080", "Via", false},
		{"nobody", "localhost", "", false},
	} {
		r := httptest.NewRequest(http.MethodGet, "/dev/mailbox", nil)
		r.RemoteAddr, r.Host = row.peer, row.host
		if row.header != "" {
			r.Header.Set(row.header, "") // empty is there, too
		}
		if got := atHome(r); got != row.want {
			t.Errorf("%+v: %v", row, got)
		}
	}
}

// A form is sent to an address at or below its page; a step-up leads back there.
func TestStepUpLeadsBackToThePageOfTheForm(t *testing.T) {
	s := &Site{mux: http.NewServeMux()}
	for _, pattern := range []string{
		"GET /{$}", "GET /account", "POST /account/profile", "GET /account/security", "POST /account/security/codes",
		"GET /admin/users/{id}", "POST /admin/users/{id}/roles",
	} {
		s.mux.HandleFunc(pattern, func(http.ResponseWriter, *http.Request) {})
	}
	for address, want := range map[string]string{
		"/account/profile":              "/account",
		"/account/security/codes":       "/account/security",
		"/account/security/a/b/c":       "/account/security",
		"/admin/users/usr_1/roles":      "/admin/users/usr_1",
		"/admin/users/a%2Fb/roles":      "/admin/users/a%2Fb",
		"/admin/other":                  "/",
		"/nowhere":                      "/",
		"/":                             "/",
		"//evil.example/account/delete": "/",
	} {
		if got := s.pageOf(address); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
}

func TestSpansAreToldInDays(t *testing.T) {
	w := words(t, i18n.Languages[0].Tag)
	for d, want := range map[time.Duration]string{
		30 * 24 * time.Hour: "30 days", 48 * time.Hour: "2 days", 12 * time.Hour: "12 hours", time.Second: "1 second",
	} {
		if got := Span(w, d); got != want {
			t.Errorf("%v: %q", d, got)
		}
	}
}
