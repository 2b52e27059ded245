package contract

import (
	"net/http"
	"testing"
)

// TestOwnerEndsAWishedAddress: whoever had the account for a minute and asked for another address does not get it back
// by that letter, once its owner set a new password, or reported it.
func TestOwnerEndsAWishedAddress(t *testing.T) {
	t.Parallel()
	w, p := mailed(t, nil)
	for name, end := range map[string]func(email string, owner *client){
		"a new password": func(_ string, owner *client) {
			owner.do(t, "POST", "/api/v1/auth/password", object{"current_password": password, "new_password": another}).
				want(t, http.StatusNoContent, "")
		},
		"a reset": func(email string, _ *client) {
			token := w.forgot(t, p, email, 1)
			w.program().do(t, "POST", "/api/v1/auth/reset-password", object{"token": token, "password": another}).want(t, http.StatusNoContent, "")
		},
		"a report": func(email string, _ *client) {
			alarm := p.wait(t, email, "/not-me", 1).token("/not-me")
			w.program().do(t, "POST", "/api/v1/auth/not-me", object{"token": alarm}).want(t, http.StatusNoContent, "")
		},
		"a report and a reset": func(email string, _ *client) {
			alarm := p.wait(t, email, "/not-me", 1).token("/not-me")
			w.program().do(t, "POST", "/api/v1/auth/not-me", object{"token": alarm}).want(t, http.StatusNoContent, "")
			token := p.wait(t, email, "/reset-password", 1).token("/reset-password")
			w.program().do(t, "POST", "/api/v1/auth/reset-password", object{"token": token, "password": another}).want(t, http.StatusNoContent, "")
		},
	} {
		email, evil := w.joined(t, p), w.address()
		owner := w.program().signIn(t, email, password)
		w.browser().signIn(t, email, password).do(t, "POST", "/api/v1/auth/email", object{"email": evil}).want(t, http.StatusAccepted, "")
		link := p.wait(t, evil, "/verify-email", 1).token("/verify-email")
		end(email, owner)
		a := w.program().do(t, "POST", "/api/v1/auth/verify", object{"token": link})
		if a.status != http.StatusBadRequest {
			t.Errorf("after %s the account goes to whoever asked before: %s", name, a)
		}
	}
}
