package login_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

func TestEveryRefusalOfALoginLooksTheSame(t *testing.T) {
	w := build(t)
	for _, name := range []string{"known", "disabled", "locked"} {
		w.person(name+"@example.com", account.RoleUser)
	}
	for name, status := range map[string]string{"disabled": account.StatusDisabled, "locked": account.StatusLocked} {
		u, err := w.FindByEmail(t.Context(), name+"@example.com")
		w.must(err)
		_, err = w.Edit(t.Context(), login.Host(), u.ID, login.Edit{Status: &status})
		w.must(err)
	}
	_, _, err := w.Invite(t.Context(), login.Host(), login.Invitee{Email: "pending@example.com"})
	w.must(err)

	var first *fault.Error
	for _, c := range []struct{ email, text, reason string }{
		{"nobody@example.com", right, "unknown_address"},
		{"known@example.com", "wrong", "wrong_password"},
		{"disabled@example.com", right, "account_disabled"},
		{"disabled@example.com", "wrong", "wrong_password"},
		{"locked@example.com", right, "account_locked"},
		{"pending@example.com", right, "hash_empty"},
	} {
		g, err := w.try(c.email, c.text, curl())
		if g != nil {
			t.Fatalf("%s got in", c.email)
		}
		f := wantFault(t, err, api.CodeInvalidCredentials, c.reason)
		if first == nil {
			first = f
		}
		public := *f
		public.Reason, public.Cause = first.Reason, first.Cause
		if d := cmp.Diff(*first, public); d != "" {
			t.Errorf("%s shows that it is not unknown: %s", c.email, d)
		}
		row := w.rows(audit.EventLogin)[0]
		if row.Outcome != audit.Refused || row.Code != api.CodeInvalidCredentials || row.Reason != c.reason || row.Address != c.email {
			t.Errorf("%s: the audit says %+v", c.email, row)
		}
		if (row.User == "") != (c.reason == "unknown_address") {
			t.Errorf("%s: the audit names the user %q", c.email, row.User)
		}
	}
	if n := len(w.rows(audit.EventLogin)); n != 6 {
		t.Errorf("%d audit rows for 6 attempts", n)
	}
}

func TestLoginRefusesWhatCannotBeOneBeforeItCounts(t *testing.T) {
	w := build(t)
	for _, c := range []struct{ email, text, pointer, code string }{
		{"", right, "/email", "required"},
		{"ada", right, "/email", "not_an_address"},
		{"ada@example.com,bob@example.com", right, "/email", "not_an_address"},
		{"ada@example.com", "", "/password", "required"},
		{"ada@example.com", strings.Repeat("x", 5000), "/password", "too_long"},
	} {
		_, err := w.try(c.email, c.text, curl())
		f := wantFault(t, err, api.CodeValidationFailed, "validation_failed")
		if f.Fields[0].Pointer != c.pointer || f.Fields[0].Code != c.code {
			t.Errorf("%q: %+v", c.email, f.Fields)
		}
	}
	if w.broken.took.Load() != 0 {
		t.Errorf("%d attempts were spent", w.broken.took.Load())
	}
}

func TestLoginGivesABrowserACookieAndOthersARefreshToken(t *testing.T) {
	w := build(t)
	w.person("ada@example.com", account.RoleUser)
	for _, c := range []struct {
		name                            string
		client                          login.Client
		tokensOnly                      bool
		cookie, device, refresh, access bool
		kind                            string
	}{
		{"browser", browser("b"), false, true, true, false, true, "browser"},
		{"program that keeps cookies", login.Client{BrowserID: "b"}, false, true, true, true, true, "token"},
		{"program", curl(), false, true, false, true, true, "token"},
		{"OAuth2 form", curl(), true, false, false, true, true, "token"},
	} {
		out, err := w.Password(t.Context(), login.Attempt{Email: "ada@example.com", Password: right, Client: c.client, TokensOnly: c.tokensOnly})
		w.must(err)
		g := out.Grant
		if (g.Cookie != "") != c.cookie || (g.Device != "") != c.device || (g.RefreshToken != "") != c.refresh || g.Session.Kind != c.kind {
			t.Errorf("%s: %+v", c.name, g)
		}
		if p := w.whoIs(g); p.Session.ID != g.Session.ID || p.User().Email != "ada@example.com" || g.ExpiresIn != 15*time.Minute {
			t.Errorf("%s: the token is of %+v, for %s", c.name, p.Session, g.ExpiresIn)
		}
	}
}

// No credential may lie in the database as it is: not the cookie, not the
// refresh token, not the password.
func TestSessionIsKeptUnderAHashOfItsCookie(t *testing.T) {
	w := build(t)
	w.person("ada@example.com", account.RoleUser)
	g := w.signIn("ada@example.com", browser("b"))
	p, err := w.ByCookie(t.Context(), g.Cookie)
	w.must(err)
	if p.Session.ID != g.Session.ID || p.Bearer {
		t.Errorf("the cookie leads to %+v", p)
	}
	if string(p.Session.SecretHash) == g.Cookie || len(p.Session.SecretHash) != 32 {
		t.Errorf("kept is %q", p.Session.SecretHash)
	}
	_, err = w.ByCookie(t.Context(), g.Session.ID) // the handle opens nothing
	wantFault(t, err, api.CodeSessionEnded, "session_unknown")
}

// The account is changed between the check of its password and the beginning
// of its session: the old password must not win.
func TestAccountChangedMeanwhileGetsNoSession(t *testing.T) {
	w := build(t)
	u := w.person("ada@example.com", account.RoleUser)
	w.broken.begin = func() error {
		_, err := w.db.ChangeUser(t.Context(), login.Change{ID: u.ID, Now: noon, Hash: ref("$2b$12$changed")})
		return err
	}
	_, err := w.try("ada@example.com", right, curl())
	wantFault(t, err, api.CodeInvalidCredentials, "account_changed")
	if row := w.rows(audit.EventLogin)[0]; row.Reason != "account_changed" || row.Outcome != audit.Refused {
		t.Errorf("the audit says %+v", row)
	}
}

func TestWeakHashIsUpgradedAtLogin(t *testing.T) {
	w := build(t)
	u := w.person("ada@example.com", account.RoleUser)
	const bcrypt = "$2b$04$" // of the right password, made below
	weak := weakHash(t, right)
	if !strings.HasPrefix(weak, bcrypt) {
		t.Fatal(weak)
	}
	_, err := w.db.ChangeUser(t.Context(), login.Change{ID: u.ID, Now: noon, Hash: &weak})
	w.must(err)
	w.signIn("ada@example.com", curl())
	after, err := w.Find(t.Context(), u.ID)
	w.must(err)
	if !strings.HasPrefix(after.Hash, "$argon2id$") {
		t.Errorf("the hash is still %.12s", after.Hash)
	}
	if len(w.rows(audit.EventPasswordUpgraded)) != 1 {
		t.Error("the audit does not tell")
	}
	w.signIn("ada@example.com", curl())
	if len(w.rows(audit.EventPasswordUpgraded)) != 1 {
		t.Error("it was upgraded twice")
	}
}
