package contract

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestAdminListsPeopleInPages(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	admin := w.admin(t)
	for range 7 {
		admin.do(t, "POST", "/api/v1/admin/users", object{"email": w.address()}).want(t, http.StatusCreated, "")
	}
	seen, cursor := map[string]bool{}, ""
	for page := 0; page == 0 || cursor != ""; page++ {
		a := admin.do(t, "GET", "/api/v1/admin/users?limit=3&cursor="+url.QueryEscape(cursor), nil)
		a.want(t, http.StatusOK, "")
		ids := a.sessionIDs()
		for _, id := range ids {
			if seen[id] {
				t.Errorf("account %s is on two pages", id)
			}
			seen[id] = true
		}
		if cursor = a.text("next_cursor"); page > 5 || len(ids) > 3 {
			t.Fatalf("page %d: %s", page, a)
		}
	}
	if len(seen) != 8 {
		t.Errorf("the pages show %d of 8 accounts", len(seen))
	}
	for _, q := range []string{"limit=0", "limit=201", "limit=x", "limit=-1"} {
		a := admin.do(t, "GET", "/api/v1/admin/users?"+q, nil)
		if a.status != http.StatusUnprocessableEntity && a.status != http.StatusBadRequest {
			t.Errorf("?%s: %s", q, a)
		}
	}
	// Kratos CVE-2026-33503: a cursor is not trusted.
	for _, forged := range []string{"x", "' OR 1=1 --", "AAAA", strings.Repeat("A", 3000), "eyJpZCI6MX0", "\x00"} {
		for _, path := range []string{"/api/v1/admin/users", "/api/v1/admin/audit"} {
			a := admin.do(t, "GET", path+"?cursor="+url.QueryEscape(forged), nil)
			if a.status != http.StatusBadRequest {
				t.Errorf("cursor %.20q: %s; want 400", forged, a)
			}
		}
	}
}

// TestAnswersCarryOnlyListedFields: no hash, no seed; Harbor GHSA-prh4-vhfh-24mj had them in the audit.
func TestAnswersCarryOnlyListedFields(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	admin := w.admin(t)
	w.program().login(t, w.user(t), wrong)
	a := admin.do(t, "GET", "/api/v1/admin/users", nil)
	var list struct{ Items []map[string]any }
	if err := json.Unmarshal(a.body, &list); err != nil || len(list.Items) != 2 {
		t.Fatalf("%v %s", err, a)
	}
	fields := "id,email,name,role,status,is_active,is_verified,is_superuser,created_at,updated_at"
	for _, user := range list.Items {
		for _, name := range strings.Split(fields, ",") {
			if _, there := user[name]; !there {
				t.Errorf("a user lacks %s", name)
			}
		}
		if len(user) != 10 {
			t.Errorf("a user has other members: %v", user)
		}
		if _, text := user["id"].(string); !text {
			t.Errorf("ids are strings, this is %v", user["id"])
		}
	}
	for _, path := range []string{"/api/v1/admin/users", "/api/v1/admin/audit?limit=200", "/api/v1/admin/users/1", "/api/v1/admin/users/1/sessions"} {
		body := string(admin.do(t, "GET", path, nil).body)
		for _, secret := range []string{"$argon2", "$2b$", password, wrong, "aiwfe_rt_", signingKey, admin.bearer} {
			if strings.Contains(body, secret) {
				t.Errorf("GET %s tells %q", path, secret)
			}
		}
	}
}

// TestAuditTellsWhyWhereTheAnswerDoesNot: the code is public, the reason private.
func TestAuditTellsWhyWhereTheAnswerDoesNot(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	admin := w.admin(t)
	email := w.user(t)
	w.setStatus(t, admin, w.idOf(t, admin, email), "disabled")
	a := w.program().login(t, email, password)
	a.want(t, http.StatusUnauthorized, "invalid_credentials")
	row := admin.do(t, "GET", "/api/v1/admin/audit?request_id="+a.header.Get("X-Request-Id"), nil)
	items, _ := row.member("items").([]any)
	if len(items) != 1 {
		t.Fatalf("the audit has %d rows of one refusal: %s", len(items), row)
	}
	got := items[0].(object)
	for name, want := range map[string]any{
		"event": "login", "outcome": "refused", "code": "invalid_credentials", "reason": "account_disabled", "address": email, "ip": "127.0.0.1",
	} {
		if got[name] != want {
			t.Errorf("%s = %v, want %v", name, got[name], want)
		}
	}
	if strings.Contains(string(a.body), "disabled") {
		t.Errorf("the answer tells it: %s", a)
	}
}

// TestInvitedPersonSetsTheirOwnPassword: an administrator never learns or sets one; ASVS V6.4.6.
func TestInvitedPersonSetsTheirOwnPassword(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	admin := w.admin(t)
	email := w.address()
	for _, body := range []object{{"email": email, "password": password}, {"email": email, "hashed_password": "x"}} {
		admin.do(t, "POST", "/api/v1/admin/users", body).want(t, http.StatusBadRequest, "malformed_json")
	}
	a := admin.do(t, "POST", "/api/v1/admin/users", object{"email": email, "name": "Ada", "role": "user"})
	a.want(t, http.StatusCreated, "")
	admin.do(t, "POST", "/api/v1/admin/users", object{"email": strings.ToUpper(email)}).want(t, http.StatusConflict, "user_already_exists")
	admin.do(t, "PATCH", "/api/v1/admin/users/"+a.text("user.id"), object{"password": password}).want(t, http.StatusBadRequest, "malformed_json")
	u, err := url.Parse(a.text("link"))
	if err != nil || !strings.HasPrefix(a.text("link"), w.public+"/") {
		t.Fatalf("the link is %q", a.text("link"))
	}
	token := u.Query().Get("token")
	register := func(email, token string) answer {
		return w.program().do(t, "POST", "/api/v1/auth/register", object{"email": email, "password": password, "invitation": token})
	}
	register("eve@example.com", token).want(t, http.StatusForbidden, "invitation_invalid")
	register(email, token+"x").want(t, http.StatusForbidden, "")
	register(email, token).want(t, http.StatusCreated, "")
	if again := register(email, token); again.status < 400 {
		t.Errorf("an invitation was taken twice: %s", again)
	}
	w.program().login(t, email, password).want(t, http.StatusOK, "")
}

// TestRegisterOfAKnownAddress: without mail the answer tells, and in any spelling it is the same address.
func TestRegisterOfAKnownAddress(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	email := w.user(t)
	for _, spelled := range []string{email, strings.ToUpper(email), strings.ToUpper(email[:1]) + email[1:]} {
		a := w.program().do(t, "POST", "/api/v1/auth/register", object{"email": spelled, "password": another})
		a.want(t, http.StatusConflict, "user_already_exists")
		if a.text("legacy_detail") != "REGISTER_USER_ALREADY_EXISTS" {
			t.Errorf("legacy_detail: %s", a)
		}
	}
	w.program().login(t, email, password).want(t, http.StatusOK, "")
	w.program().login(t, email, another).want(t, http.StatusUnauthorized, "")
	for _, bad := range []string{"", "a", "a@", "@b", "a@b@example.com", "a b@example.com", "a@example.com\r\nBcc: c@example.com", "a@example.com\x00", "a@exa mple.com", "a@-example.com", "\"a\"@", "a@example..com"} {
		w.program().do(t, "POST", "/api/v1/auth/register", object{"email": bad, "password": password}).
			want(t, http.StatusUnprocessableEntity, "validation_failed")
	}
}
