package login_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

// One account must not keep the hashing of all others busy, nor have this server
// send letters without end.
func TestWhatCostsOthersIsToBeHadSeldom(t *testing.T) {
	w := withMail(t)
	_, p := w.ada()
	w.totp(p)
	for what, c := range map[string]struct {
		limit int
		do    func(*login.Person, int) error
	}{
		"codes": {10, func(p *login.Person, _ int) error {
			_, err := w.MakeCodes(t.Context(), p, curl())
			return err
		}},
		"tokens": {60, func(p *login.Person, _ int) error {
			_, one, err := w.MakeToken(t.Context(), p, login.NewToken{Name: "x", Scopes: []string{"read"}, Life: time.Hour}, curl())
			if err != nil {
				return err
			}
			return w.RevokeToken(t.Context(), p, one.ID, curl())
		}},
		"moves": {10, func(p *login.Person, n int) error {
			return w.AskEmail(w.soon(), p, fmt.Sprintf("new%d@example.com", n), curl())
		}},
	} {
		for n := range c.limit {
			w.must(c.do(w.again(p), n))
		}
		wantFault(t, c.do(w.again(p), c.limit), api.CodeTooManyAttempts, what+"_limit")
	}
	bob := w.person("bob@example.com", account.RoleUser)
	q := w.whoIs(w.signIn(bob.Email, curl()))
	_, _, err := w.MakeToken(t.Context(), q, login.NewToken{Name: "x", Scopes: []string{"read"}, Life: time.Hour}, curl())
	w.must(err) // others are not held back
}
