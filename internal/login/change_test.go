package login_test

import (
	"strings"
	"testing"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

func TestChangeOfPasswordEndsTheOtherSessions(t *testing.T) {
	w := build(t)
	w.person("ada@example.com", account.RoleUser)
	mine, lost := w.signIn("ada@example.com", browser("b")), w.signIn("ada@example.com", curl())
	w.must(w.ChangePassword(t.Context(), w.whoIs(mine), right, other, curl()))
	w.whoIs(mine)
	w.wantEnded(lost, "ended_password_changed")
	_, err := w.try("ada@example.com", right, curl())
	wantFault(t, err, api.CodeInvalidCredentials, "wrong_password")
	if _, err := w.try("ada@example.com", other, curl()); err != nil {
		t.Error(err)
	}
}

func TestChangeOfPasswordRefuses(t *testing.T) {
	w := build(t)
	w.person("ada@example.com", account.RoleUser)
	p := w.whoIs(w.signIn("ada@example.com", curl()))
	for _, c := range []struct {
		name, present, next string
		code                api.Code
		pointer, field      string
	}{
		{"no present one", "", other, api.CodeValidationFailed, "/current_password", "required"},
		{"no new one", right, "", api.CodeValidationFailed, "/new_password", "required"},
		{"endless present one", strings.Repeat("x", 5000), other, api.CodeValidationFailed, "/current_password", "too_long"},
		{"weak new one", right, "short", api.CodePasswordRefused, "/new_password", "too_short"},
		{"wrong present one", "wrong", other, api.CodeInvalidCredentials, "", ""},
	} {
		f := fault.From(w.ChangePassword(t.Context(), p, c.present, c.next, curl()))
		if f.Code != c.code {
			t.Fatalf("%s: %v", c.name, f)
		}
		if c.pointer != "" && (f.Fields[0].Pointer != c.pointer || f.Fields[0].Code != c.field) {
			t.Errorf("%s: %+v", c.name, f.Fields)
		}
	}
	if row := w.rows(audit.EventPasswordChanged)[0]; row.Outcome != audit.Refused || row.Reason != "wrong_password" {
		t.Errorf("the audit says %+v", row)
	}
	w.signIn("ada@example.com", curl())
}

// Whoever sits down at an open session must not guess the password there: it
// is the same bucket as at the login.
func TestChangeOfPasswordGoesThroughTheGateOfTheLogin(t *testing.T) {
	w := build(t)
	w.person("ada@example.com", account.RoleUser)
	p := w.whoIs(w.signIn("ada@example.com", curl()))
	for range 3 {
		wantFault(t, w.ChangePassword(t.Context(), p, "wrong", other, curl()), api.CodeInvalidCredentials, "wrong_password")
	}
	w.spend("ada@example.com", 2, curl())
	wantFault(t, w.ChangePassword(t.Context(), p, right, other, curl()), api.CodeTooManyAttempts, "account_limit")
}

// Two changes at once: the second was proven against a password that is gone.
func TestChangeAgainstAnOldHashIsRefused(t *testing.T) {
	w := build(t)
	w.person("ada@example.com", account.RoleUser)
	p := w.whoIs(w.signIn("ada@example.com", curl()))
	stale := *p
	held := *p.Session
	stale.Session = &held
	w.must(w.ChangePassword(t.Context(), p, right, other, curl()))
	err := w.ChangePassword(t.Context(), &stale, right, "nine patient ferries", curl())
	wantFault(t, err, api.CodeInvalidCredentials, "account_changed")
}

func TestNames(t *testing.T) {
	w := build(t)
	w.person("ada@example.com", account.RoleUser)
	p := w.whoIs(w.signIn("ada@example.com", curl()))
	for _, c := range []struct{ sent, want, refused string }{
		{"  Ada Lovelace ", "Ada Lovelace", ""},
		{"", "", ""},
		{"A\u0301da", "Áda", ""},
		{strings.Repeat("é", 120), strings.Repeat("é", 120), ""},
		{strings.Repeat("e\u0301", 120), strings.Repeat("é", 120), ""}, // counted as it is kept
		{strings.Repeat("é", 121), "", "too_long"},
		{"क्\u200dष", "क्\u200dष", ""}, // the joiner is part of how names are written
		{"Ada\u202eevil", "", "not_text"},
		{"Ada\u200b", "", "not_text"},
		{"Ada\nSet-Cookie: x", "", "not_text"},
		{"Ada\x00", "", "not_text"},
		{"<script>alert(1)</script>", "<script>alert(1)</script>", ""}, // the page escapes it
		{"Ada\xff", "Ada\ufffd", ""},
	} {
		u, err := w.Rename(t.Context(), p, c.sent, curl())
		if c.refused == "" {
			if err != nil || u.Name != c.want {
				t.Errorf("%q became %q, %v", c.sent, u.Name, err)
			}
			continue
		}
		f := fault.From(err)
		if f.Code != api.CodeValidationFailed || f.Fields[0].Pointer != "/name" || f.Fields[0].Code != c.refused {
			t.Errorf("%q: %v", c.sent, err)
		}
	}
}

func TestServiceRefusesMissingNeeds(t *testing.T) {
	var good login.Options
	build(t, func(o *login.Options) { good = *o })
	for name, edit := range map[string]func(*login.Options){
		"no store": func(o *login.Options) { o.Store = nil }, "no attempts": func(o *login.Options) { o.Attempts = nil },
		"no addresses": func(o *login.Options) { o.Addresses = nil }, "no lanes": func(o *login.Options) { o.Lanes = 0 },
		"no refresh key": func(o *login.Options) { o.Keys.Refresh = secret.Value{} }, "no limit": func(o *login.Options) { o.AccountLimit = 0 },
		"no session limit": func(o *login.Options) { o.SessionLimit = 0 }, "no window": func(o *login.Options) { o.AccountWindow = 0 },
	} {
		o := good
		edit(&o)
		if s, err := login.New(o); s != nil || err == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
