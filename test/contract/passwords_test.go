package contract

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// resetToken lets an administrator make a one-time link and returns the token in it.
func (w *world) resetToken(t *testing.T, admin *client, id string) string {
	t.Helper()
	a := admin.do(t, "POST", "/api/v1/admin/users/"+id+"/reset-password", nil)
	a.want(t, http.StatusOK, "")
	u, err := url.Parse(a.text("link"))
	if err != nil || !strings.HasPrefix(a.text("link"), w.public+"/reset-password?token=") {
		t.Fatalf("the link is %q", a.text("link"))
	}
	return u.Query().Get("token")
}

// setPassword tries a new password on each way of setting one.
func setPassword(t *testing.T, w *world, admin *client, email, pass string) map[string]answer {
	t.Helper()
	all := map[string]answer{
		"register": w.program().do(t, "POST", "/api/v1/auth/register", object{"email": email, "password": pass}),
	}
	reset := w.address()
	made := w.program().do(t, "POST", "/api/v1/auth/register", object{"email": reset, "password": password})
	token := w.resetToken(t, admin, made.text("id"))
	c := w.program().signIn(t, reset, password)
	all["change"] = c.do(t, "POST", "/api/v1/auth/password", object{"current_password": password, "new_password": pass})
	all["reset"] = w.program().do(t, "POST", "/api/v1/auth/reset-password", object{"token": token, "password": pass})
	return all
}

func TestPasswordsThatAreRefused(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	admin := w.admin(t)
	for _, k := range []struct{ name, pass string }{
		{"14 characters", "plums in icebo"},
		{"14 characters of four bytes", strings.Repeat("🍑", 7) + strings.Repeat("🧊", 7)},
		{"257 characters", strings.Repeat("ab cd", 51) + "xy"},
		{"common, twice", "passwordpassword"},
		{"common, in digits", "123456789012345"},
		{"common, in capitals", "QWERTYUIOPASDFGHJKL"},
		{"the product", "aiwfe-auth-aiwfe-auth"},
		{"one character", strings.Repeat("a", 20)},
	} {
		t.Run(k.name, func(t *testing.T) {
			for way, a := range setPassword(t, w, admin, w.address(), k.pass) {
				if a.status != http.StatusUnprocessableEntity || a.code() != "password_refused" {
					t.Errorf("%s: %s; want 422 password_refused", way, a)
				}
				if len(k.pass) > 8 && strings.Contains(string(a.body), k.pass) {
					t.Errorf("%s: the refusal tells the password", way)
				}
			}
		})
	}
	// The person's address, whole and in part with digits.
	for _, pass := range []string{"augusta.lovelace@example.com", "augusta.lovelace2026", "AUGUSTA.LOVELACE"} {
		w.program().do(t, "POST", "/api/v1/auth/register", object{"email": "augusta.lovelace@example.com", "password": pass}).
			want(t, http.StatusUnprocessableEntity, "password_refused")
	}
}

// TestPasswordsThatAreTakenExactly: no rule of composition, nothing trimmed, folded or cut; ASVS V6.2.5, V6.2.8, V6.2.9.
func TestPasswordsThatAreTakenExactly(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	type exact struct {
		name, pass string
		others     []string // what must not open the same account
	}
	all([]exact{
		{"15 characters", "plums in icebox", []string{"plums in icebo", "Plums in icebox", "plums in icebox "}},
		{"blanks at the ends", "  plums in icebox  ", []string{"plums in icebox", "  plums in icebox"}},
		{"emoji", "🍑🧊🍑🧊🍑🍇🍈🍉🍊🍋🍌🍍🥭🍎🍏", []string{"🍑🧊🍑🧊🍑🍇🍈🍉🍊🍋🍌🍍🥭🍎🍐"}},
		{"64 ideographs", strings.Repeat("中文字碼", 16), []string{strings.Repeat("中文字碼", 15) + "中文字"}},
		{"73 bytes, where bcrypt is blind", strings.Repeat("icebox", 12) + "!", []string{strings.Repeat("icebox", 12) + "?", strings.Repeat("icebox", 12)}},
		{"256 characters", strings.Repeat("plum", 63) + "ice!", []string{strings.Repeat("plum", 63) + "ice"}},
		{"NFC and NFD are one", "ça été à la glacière", []string{"ca ete a la glaciere"}},
	}, func(k exact) {
		email := w.address()
		w.program().do(t, "POST", "/api/v1/auth/register", object{"email": email, "password": k.pass}).want(t, http.StatusCreated, "")
		w.program().login(t, email, k.pass).want(t, http.StatusOK, "")
		for _, other := range k.others {
			if a := w.program().login(t, email, other); a.status != http.StatusUnauthorized {
				t.Errorf("%s: %q opened an account of %q: %s", k.name, other, k.pass, a)
			}
		}
		if strings.Contains(k.name, "NFD") {
			nfd := strings.NewReplacer("ç", "c\u0327", "é", "e\u0301", "à", "a\u0300", "è", "e\u0300").Replace(k.pass)
			w.program().login(t, email, nfd).want(t, http.StatusOK, "")
		}
	})
}

// TestNULInAPassword is refused with a reason: hashes elsewhere stop at it, and "plums" would then be enough.
func TestNULInAPassword(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	a := w.program().do(t, "POST", "/api/v1/auth/register", object{"email": w.address(), "password": "plums\x00in the icebox"})
	a.want(t, http.StatusUnprocessableEntity, "password_refused")
}

// TestBcryptRefusesWhatItWouldCut: Spring CVE-2025-22228.
func TestBcryptRefusesWhatItWouldCut(t *testing.T) {
	t.Parallel()
	w := start(t, map[string]string{"PASSWORD_HASH": "bcrypt"})
	pass := strings.Repeat("icebox", 12)
	email := w.address()
	w.program().do(t, "POST", "/api/v1/auth/register", object{"email": email, "password": pass + "!"}).
		want(t, http.StatusUnprocessableEntity, "password_refused")
	w.program().do(t, "POST", "/api/v1/auth/register", object{"email": email, "password": strings.Repeat("中", 25)}).
		want(t, http.StatusUnprocessableEntity, "password_refused")
	w.program().do(t, "POST", "/api/v1/auth/register", object{"email": email, "password": pass}).want(t, http.StatusCreated, "")
	w.program().login(t, email, pass).want(t, http.StatusOK, "")
	w.program().login(t, email, pass[:71]+"?").want(t, http.StatusUnauthorized, "invalid_credentials")
}

// TestChangeNeedsThePresentPassword: FileBrowser CVE-2026-25889; the other sessions end, this one goes on.
func TestChangeNeedsThePresentPassword(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	email := w.user(t)
	first := w.program().login(t, email, password)
	elsewhere, b := w.program().signIn(t, email, password), w.browser().signIn(t, email, password)
	change := func(body object) answer { return b.do(t, "POST", "/api/v1/auth/password", body) }
	change(object{"new_password": another}).want(t, http.StatusUnprocessableEntity, "validation_failed")
	change(object{"current_password": "", "new_password": another}).want(t, http.StatusUnprocessableEntity, "validation_failed")
	change(object{"current_password": wrong, "new_password": another}).want(t, http.StatusUnauthorized, "invalid_credentials")
	elsewhere.do(t, "GET", "/api/v1/auth/status", nil).want(t, http.StatusOK, "")
	change(object{"current_password": password, "new_password": another}).want(t, http.StatusNoContent, "")
	b.do(t, "GET", "/api/v1/auth/status", nil).want(t, http.StatusOK, "")
	elsewhere.do(t, "GET", "/api/v1/auth/status", nil).want(t, http.StatusUnauthorized, "session_ended")
	w.program().refresh(t, first.text("refresh_token")).want(t, http.StatusUnauthorized, "")
	w.program().login(t, email, password).want(t, http.StatusUnauthorized, "invalid_credentials")
	w.program().login(t, email, another).want(t, http.StatusOK, "")
}

func TestResetByOneTimeLink(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	admin := w.admin(t)
	email := w.user(t)
	a := w.program().login(t, email, password)
	old := w.resetToken(t, admin, a.text("user.id"))
	token := w.resetToken(t, admin, a.text("user.id"))
	status(t, w, a.text("access_token")).want(t, http.StatusOK, "") // a link alone changes nothing

	reset := func(token, pass string) answer {
		return w.program().do(t, "POST", "/api/v1/auth/reset-password", object{"token": token, "password": pass})
	}
	reset(old, another).want(t, http.StatusBadRequest, "reset_token_invalid") // the newest kills the older
	reset(token[:len(token)-1], another).want(t, http.StatusBadRequest, "reset_token_invalid")
	reset(token, "short").want(t, http.StatusUnprocessableEntity, "password_refused")
	done := reset(token, another) // a refused password did not use the link up
	done.want(t, http.StatusNoContent, "")
	if len(done.header.Values("Set-Cookie")) > 0 {
		t.Error("a reset signed somebody in")
	}
	reset(token, wrong).want(t, http.StatusBadRequest, "reset_token_invalid")
	status(t, w, a.text("access_token")).want(t, http.StatusUnauthorized, "session_ended")
	w.program().refresh(t, a.text("refresh_token")).want(t, http.StatusUnauthorized, "")
	w.program().login(t, email, password).want(t, http.StatusUnauthorized, "invalid_credentials")
	w.program().login(t, email, another).want(t, http.StatusOK, "")
}
