package contract

import (
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestHundredFailuresShutTheDoor to unknown devices, whatever the limit per time (NIST SP 800-63B-4, 3.2.2), until an
// administrator opens it; the owner's device has a door of its own.
func TestHundredFailuresShutTheDoor(t *testing.T) {
	t.Parallel()
	w := start(t, map[string]string{"LOGIN_LIMIT_ACCOUNT": "1000/1s"})
	admin := w.admin(t)
	email := w.user(t)
	own := w.browser().signIn(t, email, password)
	csrf := w.program().greet(t).csrf
	var failed, shut atomic.Int32
	var wait sync.WaitGroup
	for range 3 {
		wait.Go(func() {
			for range 60 {
				c := w.program()
				c.csrf = csrf
				switch a := c.login(t, email, wrong); a.status {
				case http.StatusUnauthorized:
					failed.Add(1)
				case http.StatusTooManyRequests:
					if shut.Add(1) > 5 && failed.Load() >= 100 {
						return
					}
				case http.StatusServiceUnavailable:
				default:
					t.Errorf("a wrong password: %s", a)
				}
			}
		})
	}
	wait.Wait()
	if n := failed.Load(); n > 103 || n < 98 { // three were on their way at the hundredth
		t.Errorf("%d guesses were evaluated", n)
	}
	time.Sleep(1500 * time.Millisecond) // beyond the limit per time
	w.program().login(t, email, password).want(t, http.StatusTooManyRequests, "too_many_attempts")
	own.login(t, email, password).want(t, http.StatusOK, "")
	admin.do(t, "POST", "/api/v1/admin/users/"+w.idOf(t, admin, email)+"/unlock", nil).want(t, http.StatusOK, "")
	w.program().login(t, email, password).want(t, http.StatusOK, "")
}
