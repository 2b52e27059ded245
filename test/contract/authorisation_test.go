package contract

import (
	"net/http"
	"testing"
)

// TestAdminsAreMadeAndUnmadeAtOnce: a role counts at the next request, whatever the token says; ASVS V8.3.2.
func TestAdminsAreMadeAndUnmadeAtOnce(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	boss := w.admin(t)
	second := w.admin(t)
	id := second.do(t, "GET", "/api/v1/users/me", nil).text("id")
	boss.do(t, "PATCH", "/api/v1/admin/users/"+id, object{"role": "user"}).want(t, http.StatusOK, "")
	a := second.do(t, "GET", "/api/v1/admin/users", nil)
	if a.status != http.StatusForbidden && a.status != http.StatusUnauthorized {
		t.Errorf("a former administrator: %s", a)
	}
	own := boss.do(t, "GET", "/api/v1/users/me", nil).text("id")
	for _, change := range []object{{"role": "user"}, {"status": "disabled"}, {"status": "locked"}} {
		boss.do(t, "PATCH", "/api/v1/admin/users/"+own, change).want(t, http.StatusConflict, "last_admin")
	}
	boss.do(t, "DELETE", "/api/v1/admin/users/"+own, nil).want(t, http.StatusConflict, "last_admin")
}

// TestClosedAccountIsOutAtOnce: Vikunja CVE-2026-33668; opening it again brings nothing back.
func TestClosedAccountIsOutAtOnce(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	admin := w.admin(t)
	for _, end := range []func(id string){
		func(id string) { w.setStatus(t, admin, id, "disabled") },
		func(id string) { w.setStatus(t, admin, id, "locked") },
		func(id string) {
			admin.do(t, "DELETE", "/api/v1/admin/users/"+id, nil).want(t, http.StatusNoContent, "")
		},
		func(id string) {
			admin.do(t, "DELETE", "/api/v1/admin/users/"+id+"/sessions", nil).want(t, http.StatusOK, "")
		},
	} {
		email := w.user(t)
		p, b := w.program().signIn(t, email, password), w.browser().signIn(t, email, password)
		end(w.idOf(t, admin, email))
		p.do(t, "GET", "/api/v1/users/me", nil).want(t, http.StatusUnauthorized, "")
		b.do(t, "GET", "/api/v1/users/me", nil).want(t, http.StatusUnauthorized, "")
		b.do(t, "POST", "/api/v1/auth/jwt/refresh", nil).want(t, http.StatusUnauthorized, "")
	}
}
