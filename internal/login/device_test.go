package login_test

import (
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

// A row made by hand spells its address as it likes. Its owner's device must be
// known all the same, or any stranger locks the owner out.
func TestDeviceOfARowMadeByHandIsKnown(t *testing.T) {
	w := build(t)
	u := w.person("ada@example.com", account.RoleUser)
	if _, err := w.db.ChangeUser(t.Context(), login.Change{ID: u.ID, Now: noon, Email: ref("Ada@Example.com")}); err != nil {
		t.Fatal(err)
	}
	mine := browser("b")
	mine.DeviceCookie = w.signIn("ada@example.com", mine).Device
	w.spend("ada@example.com", 5, curl())
	w.signIn("ada@example.com", mine)
}

// A device that failed for too long is shut; what opens the account must open
// it to its owner there too, and nothing else may.
func TestShutDeviceIsOpenedWithTheAccount(t *testing.T) {
	for name, opens := range map[string]func(*world, account.User){
		"unlock": func(w *world, u account.User) {
			_, err := w.Unlock(t.Context(), login.Host(), u.ID)
			w.must(err)
		},
		"reset": func(w *world, u account.User) {
			_, token, err := w.IssueReset(t.Context(), login.Host(), u.ID)
			w.must(err)
			w.must(w.ResetPassword(t.Context(), token, right, curl()))
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := build(t, func(o *login.Options) { o.AccountLimit = 50 })
			u := w.person("ada@example.com", account.RoleUser)
			mine := browser("b")
			mine.DeviceCookie = w.signIn("ada@example.com", mine).Device
			for range 4 { // the device's own hundred, then the account's
				w.spend("ada@example.com", 50, mine)
				w.forward(15 * time.Minute)
			}
			_, err := w.try("ada@example.com", right, mine)
			wantFault(t, err, api.CodeTooManyAttempts, "account_shut")
			opens(w, u)
			w.signIn("ada@example.com", mine)
			w.spend("ada@example.com", 5, mine) // and its own bucket is empty again
			w.signIn("ada@example.com", mine)
		})
	}
}

// SQLite reads "07" as 7; a link made for that spelling must work.
func TestResetLinkIsMadeForTheAccountAsItIsSpelled(t *testing.T) {
	w := build(t)
	u := w.person("ada@example.com", account.RoleUser)
	_, older, err := w.IssueReset(t.Context(), login.Host(), u.ID)
	w.must(err)
	_, newer, err := w.IssueReset(t.Context(), login.Host(), "0"+u.ID)
	w.must(err)
	wantFault(t, w.ResetPassword(t.Context(), older, other, curl()), api.CodeResetTokenInvalid, "reset_link_dead")
	w.must(w.ResetPassword(t.Context(), newer, other, curl()))
}
