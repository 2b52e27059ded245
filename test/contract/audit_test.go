package contract

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// auditRow is what these tests read of a row.
type auditRow struct {
	Event, Outcome, Code, Reason, Address, IP string
	Count                                     int
}

func auditOf(t *testing.T, admin *client, query string) []auditRow {
	t.Helper()
	a := admin.do(t, "GET", "/api/v1/admin/audit?limit=200&"+query, nil)
	a.want(t, http.StatusOK, "")
	var list struct{ Items []auditRow }
	if err := json.Unmarshal(a.body, &list); err != nil {
		t.Fatalf("%v: %s", err, a)
	}
	return list.Items
}

// TestEveryDecisionHasItsRow, and looking at a session has none.
func TestEveryDecisionHasItsRow(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	admin := w.admin(t)
	email := w.address()
	rows := func(event, outcome string) int {
		return len(auditOf(t, admin, url.Values{"event": {event}, "outcome": {outcome}}.Encode()))
	}
	step := func(event, outcome string, do func()) {
		t.Helper()
		before := rows(event, outcome)
		do()
		if after := rows(event, outcome); after != before+1 {
			t.Errorf("%s (%s) had %d rows before and %d after", event, outcome, before, after)
		}
	}
	p := w.program()
	var id, refresh string
	step("registered", "success", func() {
		id = p.do(t, "POST", "/api/v1/auth/register", object{"email": email, "password": password}).text("id")
	})
	step("login", "success", func() { p.signIn(t, email, password) })
	step("login", "refused", func() { w.program().login(t, email, wrong) })
	step("login", "refused", func() { w.program().login(t, "nobody@example.com", wrong) })
	refresh = w.program().login(t, email, password).text("refresh_token")
	step("refresh", "success", func() { w.program().refresh(t, refresh) })
	step("profile_updated", "success", func() { p.do(t, "PATCH", "/api/v1/users/me", object{"name": "Ada"}) })
	step("password_changed", "refused", func() {
		p.do(t, "POST", "/api/v1/auth/password", object{"current_password": wrong, "new_password": another})
	})
	step("password_changed", "success", func() {
		p.do(t, "POST", "/api/v1/auth/password", object{"current_password": password, "new_password": another})
	})
	other := w.program().login(t, email, another)
	step("session_ended", "success", func() { p.do(t, "DELETE", "/api/v1/auth/sessions/"+other.text("session_id"), nil) })
	step("sessions_ended", "success", func() { p.do(t, "DELETE", "/api/v1/auth/sessions", nil) })
	before := len(auditOf(t, admin, ""))
	for range 10 {
		p.do(t, "GET", "/api/v1/auth/status", nil).want(t, http.StatusOK, "")
	}
	if now := len(auditOf(t, admin, "")); now != before {
		t.Errorf("looking at a session wrote %d rows", now-before)
	}
	step("factor_setup", "success", func() { p.do(t, "POST", "/api/v1/auth/2fa/totp/setup", nil) })
	var device app
	step("factor_added", "success", func() { device = p.enrol(t) })
	step("backup_codes_made", "success", func() { p.backupCodes(t) })
	step("token_made", "success", func() { p.personalToken(t, "read") })
	token := p.do(t, "GET", "/api/v1/auth/tokens", nil).first("id")
	step("token_ended", "success", func() { p.do(t, "DELETE", "/api/v1/auth/tokens/"+token, nil) })
	challenge := ""
	step("second_factor_owed", "success", func() { challenge = w.program().begin(t, email, another) })
	step("second_factor", "refused", func() { w.program().answer(t, challenge, "totp", device.wrong(t)) })
	step("login", "success", func() { w.program().answer(t, challenge, "totp", device.at(t, 0)) })
	step("reauth", "refused", func() { p.do(t, "POST", "/api/v1/auth/reauth", object{"password": wrong, "code": device.wrong(t)}) })
	step("reauth", "success", func() {
		p.do(t, "POST", "/api/v1/auth/reauth", object{"password": another, "code": device.at(t, 1)})
	})
	step("data_exported", "success", func() { p.do(t, "GET", "/api/v1/users/me/export", nil) })
	step("factor_removed", "success", func() { p.do(t, "DELETE", "/api/v1/auth/2fa/totp", nil) })
	step("factors_reset", "success", func() {
		p.enrol(t)
		admin.do(t, "POST", "/api/v1/admin/users/"+id+"/reset-factors", nil)
	})
	p.signIn(t, email, another)
	step("logout", "success", func() { p.do(t, "POST", "/api/v1/auth/jwt/logout", nil) })
	step("invited", "success", func() { admin.do(t, "POST", "/api/v1/admin/users", object{"email": w.address()}) })
	step("reset_issued", "success", func() { w.resetToken(t, admin, id) })
	step("user_updated", "success", func() { w.setStatus(t, admin, id, "locked") })
	step("user_unlocked", "success", func() { admin.do(t, "POST", "/api/v1/admin/users/"+id+"/unlock", nil) })
	step("user_deleted", "success", func() { admin.do(t, "DELETE", "/api/v1/admin/users/"+id, nil) })
}

// TestRefusalsBeforeACredentialAreCounted in one row per code, address and minute: strangers cannot fill the disk.
func TestRefusalsBeforeACredentialAreCounted(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	admin := w.admin(t)
	for range 40 {
		w.program().do(t, "POST", loginPath, object{"email": "a@example.com", "password": wrong}).
			want(t, http.StatusForbidden, "csrf_token_missing")
	}
	var rows []auditRow // written a little later, by the way
	for until := time.Now().Add(15 * time.Second); len(rows) == 0 && time.Now().Before(until); time.Sleep(100 * time.Millisecond) {
		rows = auditOf(t, admin, "event=request_refused")
	}
	count := 0
	for _, r := range rows {
		count += r.Count
	}
	if len(rows) == 0 || len(rows) > 2 || count > 40 { // two, where a minute ended in between
		t.Errorf("40 refusals are %d rows that count %d", len(rows), count)
	}
}

// TestSecretsAreNotLogged: neither what a client sends in the address nor what it was given.
func TestSecretsAreNotLogged(t *testing.T) {
	t.Parallel()
	w := start(t, map[string]string{"LOG_LEVEL": "debug"})
	email := w.user(t)
	p, b := w.program(), w.browser()
	a := p.login(t, email, password)
	b.signIn(t, email, password)
	b.do(t, "GET", "/account", nil)
	canary := "canary-9f3a7c51"
	for _, path := range []string{"/api/v1/auth/status?access_token=", "/setup?token=", "/reset-password?token=", "/login?password=", "/login?next=/"} {
		b.do(t, "GET", path+canary, nil)
	}
	p.do(t, "POST", loginPath, object{"email": email, "password": canary})
	p.do(t, "POST", "/api/v1/auth/jwt/refresh", object{"refresh_token": canary})
	p.do(t, "POST", "/api/v1/auth/reset-password", object{"token": canary, "password": password})
	p.do(t, "GET", "/api/v1/auth/status", nil, with("Authorization", "Bearer "+canary), with("Cookie", "aiwfe_session="+canary))
	p.refresh(t, a.text("refresh_token"))
	for name, secret := range map[string]string{
		"canary": canary, "access token": a.text("access_token"), "refresh token": a.text("refresh_token"), "csrf": b.csrf,
		"session": b.cookie("aiwfe_session"), "device": b.cookie("aiwfe_device"),
	} {
		if strings.Contains(w.Stderr()+w.Stdout(), secret) {
			t.Errorf("the log tells the %s", name)
		}
	}
}
