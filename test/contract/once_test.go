package contract

import (
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
)

// thirty does something thirty times at one instant and returns how often it succeeded.
func thirty(try func() answer) int {
	var won atomic.Int32
	list := make([]int, 30)
	start := make(chan struct{})
	done := make(chan struct{})
	for range list {
		go func() {
			<-start
			if a := try(); a.status >= 200 && a.status < 400 {
				won.Add(1)
			}
			done <- struct{}{}
		}()
	}
	close(start)
	for range list {
		<-done
	}
	return int(won.Load())
}

// TestOneTimeThingsAreTakenOnce, thirty at the same instant: Keycloak CVE-2026-1035, Gitea CVE-2026-20779.
func TestOneTimeThingsAreTakenOnce(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	setup := w.Stdout()[strings.Index(w.Stdout(), "/setup?token=")+len("/setup?token="):]
	setup = strings.Fields(setup)[0]
	b := w.browser().greet(t)
	if won := thirty(func() answer {
		return b.do(t, "POST", "/setup", url.Values{
			"csrf_token": {b.csrf}, "token": {setup}, "username": {w.address()}, "password": {password},
		}, without("X-CSRF-TOKEN"))
	}); won != 1 {
		t.Errorf("the setup link was taken %d times", won)
	}

	admin := w.admin(t)
	email := w.user(t)
	reset := w.resetToken(t, admin, w.idOf(t, admin, email))
	if won := thirty(func() answer {
		return w.program().do(t, "POST", "/api/v1/auth/reset-password", object{"token": reset, "password": another})
	}); won != 1 {
		t.Errorf("the reset link was taken %d times", won)
	}

	invited := w.address()
	link, err := url.Parse(admin.do(t, "POST", "/api/v1/admin/users", object{"email": invited}).text("link"))
	if err != nil {
		t.Fatal(err)
	}
	invitation := link.Query().Get("token")
	if won := thirty(func() answer {
		return w.program().do(t, "POST", "/api/v1/auth/register", object{"email": invited, "password": password, "invitation": invitation})
	}); won != 1 {
		t.Errorf("the invitation was taken %d times", won)
	}

	twin := w.address()
	if won := thirty(func() answer {
		return w.program().do(t, "POST", "/api/v1/auth/register", object{"email": twin, "password": password})
	}); won != 1 {
		t.Errorf("one address was registered %d times", won)
	}
	w.program().login(t, twin, password).want(t, http.StatusOK, "")
}
