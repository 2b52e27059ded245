package faults

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// One second is promised without Redis; the rest is room for a machine that is busy with other tests.
const heardWithin = 1500 * time.Millisecond

// twoNodes share a database and the keys; a balancer would stand before them.
func twoNodes(t *testing.T, at place, env map[string]string) (a, b *ground.Instance) {
	t.Helper()
	return oneNode(t, at, env), oneNode(t, at, env)
}

func oneNode(t *testing.T, at place, env map[string]string) *ground.Instance {
	t.Helper()
	shared := map[string]string{
		"JWT_SECRET_KEY":      "one key for both nodes, forty-two characters long",
		"DATA_ENCRYPTION_KEY": "another key for both nodes, just as long as that",
		"PUBLIC_URL":          "http://localhost:18080",
	}
	for name, value := range env {
		shared[name] = value
	}
	return serve(t, at, shared)
}

func TestWhatOneNodeEndsTheOtherRefusesWithinASecond(t *testing.T) {
	t.Parallel()
	at := pooled(t)
	a, b := twoNodes(t, at, nil)
	here, there := newCaller(a), newCaller(b)
	newUser := func(email, role string) {
		r := a.RunInput(password, "user", "create", "--email", email, "--role", role, "--password-stdin")
		if r.Code != 0 {
			t.Fatalf("user create: %d %s", r.Code, r.Stderr)
		}
	}
	newUser("root@example.com", "admin")
	root := signIn(t, here, "root@example.com")
	patch := func(change api.UserChange) func(api.Tokens) answer {
		return func(victim api.Tokens) answer {
			return here.call("PATCH", "/api/v1/admin/users/"+victim.User.ID, root.AccessToken, change)
		}
	}
	verb := func(args ...string) func(api.Tokens) answer {
		return func(victim api.Tokens) answer {
			r := a.Run(append(args, "--email", victim.User.Email)...)
			if r.Code != 0 {
				t.Errorf("%v: %d %s", args, r.Code, r.Stderr)
			}
			return answer{status: http.StatusOK}
		}
	}
	disabled, plainUser := "disabled", "user"
	const users = "/api/v1/admin/users"
	for i, tt := range []struct {
		name, role string
		act        func(api.Tokens) answer
		path       string
		status     int
		code       api.Code
	}{
		{"logout", "user", func(v api.Tokens) answer { return here.logout(v.AccessToken) }, "", 401, api.CodeSessionEnded},
		{"end of one session", "user", func(v api.Tokens) answer {
			return here.call("DELETE", "/api/v1/auth/sessions/"+v.SessionID, signIn(t, here, v.User.Email).AccessToken, nil)
		}, "", 401, api.CodeSessionEnded},
		{"end of all others", "user", func(v api.Tokens) answer {
			return here.call("DELETE", "/api/v1/auth/sessions", signIn(t, here, v.User.Email).AccessToken, nil)
		}, "", 401, api.CodeSessionEnded},
		{"change of password", "user", func(v api.Tokens) answer {
			return here.changePassword(signIn(t, here, v.User.Email).AccessToken, password, password+", and sweet")
		}, "", 401, api.CodeSessionEnded},
		{"reuse of a refresh token", "user", func(v api.Tokens) answer {
			want(t, "the thief", callFrom(a, "127.0.9.9").refresh(v.RefreshToken), http.StatusOK, "")
			want(t, "the owner", here.refresh(v.RefreshToken), http.StatusUnauthorized, api.CodeSessionEnded)
			return answer{status: http.StatusOK}
		}, "", 401, api.CodeSessionEnded},
		{"disabling by an administrator", "user", patch(api.UserChange{Status: &disabled}), "", 401, api.CodeSessionEnded},
		{"disabling on the host", "user", verb("user", "disable"), "", 401, api.CodeSessionEnded},
		{"session revoke on the host", "user", verb("session", "revoke", "--all"), "", 401, api.CodeSessionEnded},
		{"deleting on the host", "user", verb("user", "delete", "--yes"), "", 401, api.CodeSessionEnded},
		// The session stays; what the role allowed is gone from the token in hand.
		{"taking the role away", "admin", patch(api.UserChange{Role: &plainUser}), users, 403, api.CodeForbidden},
		{"taking the role away on the host", "admin", verb("user", "set-role", "--role", "user"), users, 403, api.CodeForbidden},
	} {
		t.Run(tt.name, func(t *testing.T) {
			email := fmt.Sprintf("user%d@example.com", i)
			newUser(email, tt.role)
			victim := signIn(t, here, email)
			path := tt.path
			if path == "" {
				path = "/api/v1/auth/status"
			}
			ask := func() answer { return there.call("GET", path, victim.AccessToken, nil) }
			for range 5 { // so that the other node remembers it
				want(t, "the other node, before", ask(), http.StatusOK, "")
			}
			if done := tt.act(victim); done.status/100 != 2 {
				t.Fatalf("it could not be done: %v", done)
			}
			took := eventually(t, heardWithin, "the other node refuses", func() bool { return ask().status != http.StatusOK })
			want(t, "the other node, after", ask(), tt.status, tt.code)
			t.Logf("heard after %s", took.Round(time.Millisecond))
		})
	}
}
