package login_test

import (
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
)

// stage is an account in one of the conditions, and every credential that its
// owner had gathered before it came into it.
type stage struct {
	w     *world
	path  string
	email string
	user  account.User
	// invitation is the link that the account began with, used where it could be.
	invitation string
	// kept is a session of tokens, inBrowser one in a cookie, both begun by the
	// password when that was all there was.
	kept, inBrowser   *login.Grant
	personal, oldForm string
	// trusted is a browser that need not show the second factor.
	trusted login.Client
	app     *app
	key     *device
	codes   []string
	// waits is a login whose second factor was asked for while it could be.
	waits *login.Challenge
}

// conditions are all states of an account.
var conditions = map[string]func(*stage){
	"active":  func(on *stage) { on.open(false, false) },
	"totp":    func(on *stage) { on.open(true, false) },
	"passkey": func(on *stage) { on.open(false, true) },
	"both":    func(on *stage) { on.open(true, true) },
	"disabled": func(on *stage) {
		on.open(true, true)
		on.edit(login.Edit{Status: ref(account.StatusDisabled)})
	},
	"locked": func(on *stage) {
		on.open(true, true)
		on.edit(login.Edit{Status: ref(account.StatusLocked)})
	},
	"ownlock": func(on *stage) {
		on.open(true, true)
		_, err := on.w.Report(on.w.t.Context(), on.w.tokenOf(on.w.newest(mail.KindFactorAdded, on.email).Alarm), curl())
		on.w.must(err)
	},
	"registered": func(on *stage) {
		_, err := on.w.Register(on.w.soon(), login.Joining{Email: on.email, Password: right, Client: browser("b")})
		on.w.must(err)
		on.user, err = on.w.FindByEmail(on.w.t.Context(), on.email)
		on.w.must(err)
		on.invitation = "made-up"
	},
	"invited": func(on *stage) { on.user, on.invitation = on.w.invite(on.email) },
	"unverified": func(on *stage) {
		on.open(false, false)
		on.edit(login.Edit{Verified: ref(false)})
	},
	"demanded": func(on *stage) {
		on.open(false, false)
		on.edit(login.Edit{Role: ref(account.RoleAdmin)})
		out, err := on.w.Password(on.w.t.Context(), login.Attempt{Email: on.email, Password: right, Client: curl()})
		on.w.must(err)
		on.waits = out.Challenge
	},
}

func (on *stage) edit(e login.Edit) {
	on.w.t.Helper()
	u, err := on.w.Edit(on.w.t.Context(), login.Host(), on.user.ID, e)
	on.w.must(err)
	on.user = u
}

// open makes an account that is open, and gathers what its owner can have.
func (on *stage) open(totp, passkey bool) {
	w := on.w
	w.t.Helper()
	_, on.invitation = w.invite(on.email)
	u, err := w.Accept(w.t.Context(), login.Joining{Token: on.invitation, Password: right, Client: curl()})
	w.must(err)
	on.user = u
	w.forward(time.Second) // what is made from here on is younger than the account
	on.kept, on.inBrowser = w.signIn(on.email, curl()), w.signIn(on.email, browser("b"))
	on.oldForm = legacy(on.email, u.ID, w.clock())
	p := w.whoIs(w.signIn(on.email, curl()))
	on.personal, _, err = w.MakeToken(w.t.Context(), p, login.NewToken{Name: "backup job", Scopes: []string{"read"}, Life: time.Hour}, curl())
	w.must(err)
	on.trusted = keeps(browser("trusted"), w.signIn(on.email, browser("trusted")))
	if totp {
		on.app = w.totp(p)
	}
	if passkey {
		on.key = w.passkey(p)
	}
	if !totp && !passkey {
		return
	}
	if on.path == "answer-backup" { // they are slow to make
		on.codes = w.codes(p)
	}
	if on.path == "trusted" {
		a := login.Answer{Token: w.owes(on.email, on.trusted).Token, Client: on.trusted}
		if on.app != nil {
			a.Code = on.app.code()
		} else {
			a = on.key.second(w.owes(on.email, on.trusted), on.trusted)
		}
		a.Trust = true
		_, err := w.Answer(w.t.Context(), a)
		w.must(err)
	}
	on.waits = w.owes(on.email, curl())
}
