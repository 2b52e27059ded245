package login_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/token"
)

// A token that is rightly signed but names the session of somebody else would
// otherwise act as them.
func TestTokenMustNameTheOwnerOfItsSession(t *testing.T) {
	w := build(t)
	w.person("ada@example.com", account.RoleUser)
	bob := w.person("bob@example.com", account.RoleUser)
	g := w.signIn("ada@example.com", curl())
	for _, c := range []struct {
		subject account.ID
		session string
		code    api.Code
		reason  string
	}{
		{bob.ID, g.Session.ID, api.CodeTokenInvalid, "subject_not_of_session"},
		{bob.ID, "ses_made_up", api.CodeSessionEnded, "session_unknown"},
	} {
		raw, _, err := w.tokens.Make(token.Claims{Subject: c.subject, SessionID: c.session}, time.Time{})
		w.must(err)
		_, err = w.ByToken(t.Context(), raw, curl())
		wantFault(t, err, c.code, c.reason)
	}
}

func TestTokenIsNotEnoughOnceItsSessionEnded(t *testing.T) {
	w := build(t)
	u := w.person("ada@example.com", account.RoleUser)
	for _, c := range []struct {
		reason string
		end    func(p *login.Person, g *login.Grant) error
	}{
		{"ended_logout", func(p *login.Person, _ *login.Grant) error { return w.Logout(t.Context(), p, curl()) }},
		{"ended_by_user", func(p *login.Person, g *login.Grant) error {
			return w.End(t.Context(), login.Self(p, curl().Client), u.ID, g.Session.ID)
		}},
		{"ended_by_admin", func(p *login.Person, _ *login.Grant) error {
			_, err := w.EndOthers(t.Context(), login.Admin(p, curl().Client), u.ID, "")
			return err
		}},
	} {
		g := w.signIn("ada@example.com", curl())
		w.must(c.end(w.whoIs(g), g))
		w.wantEnded(g, c.reason)
	}
}

func TestEndingOthersKeepsOne(t *testing.T) {
	w := build(t)
	u := w.person("ada@example.com", account.RoleUser)
	w.person("bob@example.com", account.RoleUser)
	mine, lost, bobs := w.signIn("ada@example.com", curl()), w.signIn("ada@example.com", curl()), w.signIn("bob@example.com", curl())
	self := login.Self(w.whoIs(mine), curl().Client)
	n, err := w.EndOthers(t.Context(), self, u.ID, mine.Session.ID)
	w.must(err)
	if n != 1 {
		t.Errorf("%d ended", n)
	}
	w.whoIs(mine)
	w.whoIs(bobs)
	w.wantEnded(lost, "ended_by_user")
	list, err := w.Sessions(t.Context(), u.ID)
	w.must(err)
	if len(list) != 1 || list[0].ID != mine.Session.ID {
		t.Errorf("listed are %+v", list)
	}
	// Another's session is not found, rather than forbidden.
	wantFault(t, w.End(t.Context(), self, u.ID, bobs.Session.ID), api.CodeNotFound, "session_unknown")
	wantFault(t, w.End(t.Context(), self, u.ID, lost.Session.ID), api.CodeNotFound, "session_unknown")
}

// A role taken away is gone from tokens that still name its scope.
func TestScopesAreNeverMoreThanTheAccountHasNow(t *testing.T) {
	w := build(t)
	w.person("root@example.com", account.RoleAdmin)
	u := w.person("ada@example.com", account.RoleAdmin)
	g := w.signIn("ada@example.com", curl())
	if p := w.whoIs(g); !slices.Contains(p.Scopes, "admin") {
		t.Fatalf("an administrator has %v", p.Scopes)
	}
	_, err := w.Edit(t.Context(), login.Host(), u.ID, login.Edit{Role: ref(account.RoleUser)})
	w.must(err)
	if p := w.whoIs(g); slices.Contains(p.Scopes, "admin") || p.User().IsAdmin() {
		t.Errorf("the old token still has %v", p.Scopes)
	}
	// And the other way: a token made before gets nothing it was not given.
	plain := w.signIn("ada@example.com", curl())
	_, err = w.Edit(t.Context(), login.Host(), u.ID, login.Edit{Role: ref(account.RoleAdmin)})
	w.must(err)
	if p := w.whoIs(plain); slices.Contains(p.Scopes, "admin") {
		t.Errorf("a token of a user became one of an administrator: %v", p.Scopes)
	}
}

func TestTokenOnAnotherDeviceIsFlaggedAndServed(t *testing.T) {
	w := build(t)
	w.person("ada@example.com", account.RoleUser)
	w.person("bob@example.com", account.RoleUser)
	mine := browser("b")
	g := w.signIn("ada@example.com", mine)
	bobs := w.signIn("bob@example.com", browser("c"))
	for _, c := range []struct {
		name, cookie string
		flagged      int
	}{
		{"its own device", g.Device, 0},
		{"no device cookie", "", 0},
		{"a cookie that is none of ours", "made.up", 0},
		{"another device", bobs.Device, 1},
	} {
		mine.DeviceCookie = c.cookie
		_, err := w.ByToken(t.Context(), g.AccessToken, mine)
		w.must(err)
		if len(w.tally) != c.flagged {
			t.Errorf("%s: %d flags, want %d", c.name, len(w.tally), c.flagged)
		}
	}
	if row := w.tally[0]; row.Event != audit.EventDeviceMismatch || row.Session != g.Session.ID {
		t.Errorf("flagged is %+v", row)
	}
}

func TestStoreErrorIsNotAStranger(t *testing.T) {
	w := build(t)
	w.person("ada@example.com", account.RoleUser)
	g := w.signIn("ada@example.com", curl())
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for name, ask := range map[string]func() error{
		"token":  func() error { _, err := w.ByToken(gone, g.AccessToken, curl()); return err },
		"cookie": func() error { _, err := w.ByCookie(gone, g.Cookie); return err },
	} {
		if err := ask(); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// legacy is a token as the old system made it: of 60 minutes, made at.
func legacy(sub string, id account.ID, at time.Time) string {
	b := base64.RawURLEncoding.EncodeToString
	text := b([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + b(fmt.Appendf(nil, `{"sub":%q,"id":%s,"exp":%d}`, sub, id, at.Add(time.Hour).Unix()))
	m := hmac.New(sha256.New, jwtKey.Reveal())
	m.Write([]byte(text))
	return text + "." + b(m.Sum(nil))
}

func TestLegacyTokenMustNameOneAccountTwice(t *testing.T) {
	w := build(t)
	ada := w.person("ada@example.com", account.RoleUser)
	bob := w.person("bob@example.com", account.RoleUser)
	root := w.person("root@example.com", account.RoleAdmin)
	disabled := w.person("disabled@example.com", account.RoleUser)
	_, err := w.Edit(t.Context(), login.Host(), disabled.ID, login.Edit{Status: ref(account.StatusDisabled)})
	w.must(err)
	w.forward(time.Minute)
	for _, c := range []struct {
		name, sub string
		id        account.ID
		code      api.Code
		reason    string
	}{
		{"agrees", "ada@example.com", ada.ID, "", ""},
		{"in the spelling of the old system", "Ada@Example.com", ada.ID, "", ""},
		{"disagrees", "ada@example.com", bob.ID, api.CodeTokenInvalid, "legacy_address_and_id_disagree"},
		{"unknown id", "ada@example.com", "4711", api.CodeTokenInvalid, "legacy_unknown_user"},
		{"no address", "ada", ada.ID, api.CodeTokenInvalid, "legacy_address_malformed"},
		// The old form cannot be revoked finely enough for the keys of the house.
		{"administrator", "root@example.com", root.ID, api.CodeTokenInvalid, "legacy_not_for_admins"},
		{"disabled", "disabled@example.com", disabled.ID, api.CodeSessionEnded, "account_disabled"},
	} {
		p, err := w.ByToken(t.Context(), legacy(c.sub, c.id, w.clock()), curl())
		if c.code == "" {
			w.must(err)
			if p.User().ID != c.id || !p.Bearer || p.Session.Kind != "legacy" {
				t.Errorf("%s: %+v", c.name, p.Session)
			}
			continue
		}
		if err == nil {
			t.Errorf("%s: accepted", c.name)
			continue
		}
		wantFault(t, err, c.code, c.reason)
	}
}

func TestLegacyTokenIsASessionLikeAnyOther(t *testing.T) {
	w := build(t)
	u := w.person("ada@example.com", account.RoleUser)
	w.forward(time.Minute)
	raw := legacy("ada@example.com", u.ID, w.clock())
	var id string
	for range 3 {
		p, err := w.ByToken(t.Context(), raw, curl())
		w.must(err)
		id = p.Session.ID
	}
	list, err := w.Sessions(t.Context(), u.ID)
	w.must(err)
	if len(list) != 1 || list[0].ID != id || len(w.rows(audit.EventLegacySession)) != 1 {
		t.Fatalf("one token is listed as %+v", list)
	}
	w.must(w.End(t.Context(), login.Host(), u.ID, id))
	_, err = w.ByToken(t.Context(), raw, curl())
	wantFault(t, err, api.CodeSessionEnded, "ended_by_host")
}

func TestLegacyTokenEndsWithItsTimeAndWithAChangeOfPassword(t *testing.T) {
	w := build(t)
	u := w.person("ada@example.com", account.RoleUser)
	w.forward(time.Minute)
	raw := legacy("ada@example.com", u.ID, w.clock())
	w.forward(time.Hour - time.Millisecond)
	_, err := w.ByToken(t.Context(), raw, curl())
	w.must(err)
	w.forward(time.Millisecond)
	_, err = w.ByToken(t.Context(), raw, curl())
	wantFault(t, err, api.CodeSessionEnded, "absolute_end")
	w.forward(time.Minute) // beyond what clocks may differ by
	_, err = w.ByToken(t.Context(), raw, curl())
	wantFault(t, err, api.CodeTokenExpired, "expired")

	// One that was never used here has no session to end: the time decides.
	unused := legacy("ada@example.com", u.ID, w.clock())
	p := w.whoIs(w.signIn("ada@example.com", curl()))
	w.must(w.ChangePassword(t.Context(), p, right, other, curl()))
	_, err = w.ByToken(t.Context(), unused, curl())
	wantFault(t, err, api.CodeSessionEnded, "legacy_made_before_change")
	w.forward(2 * time.Second)
	_, err = w.ByToken(t.Context(), legacy("ada@example.com", u.ID, w.clock()), curl())
	w.must(err)
}
