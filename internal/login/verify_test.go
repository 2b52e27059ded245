package login_test

import (
	"sync"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
)

// registers sends the form of open registration.
func (w *world) registers(email, text string, c login.Client) {
	w.t.Helper()
	made, err := w.Register(w.soon(), login.Joining{Email: email, Name: "Ada", Password: text, Client: c})
	w.must(err)
	if made != (login.Registered{Mailed: true}) {
		w.t.Errorf("registration of %s tells %+v", email, made)
	}
}

// verifying is the token of the newest letter that proves an address.
func (w *world) verifying(email string) string {
	w.t.Helper()
	return w.tokenOf(w.newest(mail.KindVerify, email).Link)
}

func TestRegistrationTellsNobodyWhoHasAnAccount(t *testing.T) {
	t.Parallel()
	w := withMail(t, proven)
	w.person("known@example.com", account.RoleUser)
	shut := w.person("shut@example.com", account.RoleUser)
	_, err := w.Edit(t.Context(), login.Host(), shut.ID, login.Edit{Status: ref(account.StatusDisabled)})
	w.must(err)
	w.invite("invited@example.com")
	w.registers("pending@example.com", right, browser("b"))
	for _, c := range []struct {
		email string
		kind  mail.Kind
	}{
		{"new@example.com", mail.KindVerify},
		{"known@example.com", mail.KindKnown},
		{"shut@example.com", mail.KindKnown},
		{"invited@example.com", mail.KindInvitation},
		{"pending@example.com", mail.KindVerify},
	} {
		letters := w.wantKinds(func() { w.registers(c.email, other, browser("b")) }, c.kind)
		if letters[0].To != c.email {
			t.Errorf("the letter about %s went to %s", c.email, letters[0].To)
		}
	}
	w.signIn("known@example.com", curl()) // and nothing of theirs changed
	for _, email := range []string{"shut@example.com", "invited@example.com", "pending@example.com", "new@example.com"} {
		if _, err := w.try(email, other, curl()); codeOf(err) != api.CodeInvalidCredentials {
			t.Errorf("%s with the password that was registered: %v", email, err)
		}
	}
}

// A bad password is told alike for a new and a known address, before either is
// looked up.
func TestRegistrationChecksThePasswordBeforeTheAddress(t *testing.T) {
	w := withMail(t, proven)
	w.person("known@example.com", account.RoleUser)
	for _, email := range []string{"known@example.com", "new@example.com"} {
		w.wantKinds(func() {
			_, err := w.Register(t.Context(), login.Joining{Email: email, Password: "short", Client: browser("b")})
			if codeOf(err) != api.CodePasswordRefused {
				t.Errorf("%s: %v", email, err)
			}
		})
	}
}

func TestLinkOpensTheAccountInTheBrowserThatRegistered(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]login.Client{"a browser": browser("mine"), "a program": curl()} {
		t.Run(name, func(t *testing.T) {
			w := withMail(t, proven)
			w.registers("ada@example.com", right, c)
			_, err := w.try("ada@example.com", right, c)
			wantFault(t, err, api.CodeInvalidCredentials, "account_pending")
			link := w.verifying("ada@example.com")
			look, err := w.LookAtVerification(t.Context(), link, c)
			w.must(err)
			if look.NewPassword || look.Address != "ada@example.com" {
				t.Errorf("the link says %+v", look)
			}
			u, err := w.Verify(t.Context(), link, "", c)
			w.must(err)
			if u.Status != account.StatusActive || !u.Verified || u.IsAdmin() {
				t.Errorf("opened is %+v", u)
			}
			w.signIn("ada@example.com", c)
			_, err = w.Verify(t.Context(), link, "", c)
			wantFault(t, err, api.CodeVerifyTokenInvalid, "verify_link_dead")
		})
	}
}

// CVE-2024-38351 (PocketBase): somebody registers the victim's address with a
// password of their own and waits. The victim proves the address, and the
// account is theirs, with a password that another person knows. Here a link that
// is opened where nobody registered sets a new password, and the registered one
// is void.
func TestStrangerWhoRegisteredSomebodysAddressIsLeftOutside(t *testing.T) {
	t.Parallel()
	victim := browser("victim")
	for name, prepare := range map[string]func(*world, login.Client){
		"registers first":              func(*world, login.Client) {},
		"registers again in between":   func(w *world, eve login.Client) { w.registers("ada@example.com", right, eve) },
		"asks for the letter again":    func(w *world, eve login.Client) { w.must(w.AskVerification(w.soon(), "ada@example.com", eve)) },
		"asks as if it were forgotten": func(w *world, eve login.Client) { w.must(w.Forgot(w.soon(), "ada@example.com", eve)) },
		"after the victim had done too": func(w *world, eve login.Client) {
			w.registers("ada@example.com", other, victim)
			w.registers("ada@example.com", right, eve)
		},
	} {
		for agent, eve := range map[string]login.Client{"browser": browser("eve"), "program": curl()} {
			t.Run(name+", "+agent, func(t *testing.T) {
				w := withMail(t, proven)
				w.registers("ada@example.com", right, eve)
				prepare(w, eve)
				link := w.verifying("ada@example.com")
				look, err := w.LookAtVerification(t.Context(), link, victim)
				w.must(err)
				if !look.NewPassword {
					t.Error("the stranger's password would be confirmed")
				}
				_, err = w.Verify(t.Context(), link, "", victim)
				wantFault(t, err, api.CodeValidationFailed, "validation_failed")
				_, err = w.Verify(t.Context(), link, "short", victim)
				if codeOf(err) != api.CodePasswordRefused {
					t.Fatal(err)
				}
				_, err = w.Verify(t.Context(), link, "nine patient violins", victim)
				w.must(err)
				for _, text := range []string{right, other} {
					_, err = w.try("ada@example.com", text, eve)
					wantFault(t, err, api.CodeInvalidCredentials, "wrong_password")
				}
				_, err = w.try("ada@example.com", "nine patient violins", victim)
				w.must(err)
			})
		}
	}
}

// An account of a time without proof by mail is open and not verified. The link
// in another browser takes it from whoever made it, with all they hold.
func TestProofInAnotherBrowserTakesAnOpenAccountToo(t *testing.T) {
	t.Parallel()
	w := withMail(t)
	_, err := w.Register(t.Context(), login.Joining{Email: "ada@example.com", Password: right, Client: browser("eve")})
	w.must(err)
	g := w.signIn("ada@example.com", curl())
	token, _, err := w.MakeToken(t.Context(), w.whoIs(g), login.NewToken{Name: "x", Scopes: []string{"read"}, Life: time.Hour}, curl())
	w.must(err)
	w.must(w.AskVerification(w.soon(), "ada@example.com", browser("eve")))
	link := w.verifying("ada@example.com")
	_, err = w.Verify(t.Context(), link, other, browser("victim"))
	w.must(err)
	w.wantEnded(g, "ended_password_changed")
	_, err = w.ByToken(t.Context(), token, curl())
	wantFault(t, err, api.CodeSessionEnded, "ended_password_changed")
	_, err = w.try("ada@example.com", right, curl())
	wantFault(t, err, api.CodeInvalidCredentials, "wrong_password")
}

func TestManyWhoRegisterOneAddressAtOnceMakeOneAccount(t *testing.T) {
	t.Parallel()
	w := withMail(t, proven)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			_, err := w.Register(t.Context(), login.Joining{Email: "ada@example.com", Password: right, Client: browser("b")})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	list, err := w.List(t.Context(), login.UserQuery{Limit: 10})
	w.must(err)
	if len(list) != 1 || list[0].Status != account.StatusPending {
		t.Errorf("made were %+v", list)
	}
	// The newest letter works, whichever request it was of.
	works := 0
	for _, m := range w.sent() {
		if _, err := w.LookAtVerification(t.Context(), w.tokenOf(m.Link), browser("b")); err == nil {
			works++
		}
	}
	if works != 1 {
		t.Errorf("%d of the links work", works)
	}
}

func TestOnlyTheNewestLinkOfARegistrationWorksAndForADay(t *testing.T) {
	t.Parallel()
	w := withMail(t, proven)
	b := browser("b")
	w.registers("ada@example.com", right, b)
	first := w.verifying("ada@example.com")
	w.must(w.AskVerification(w.soon(), "ada@example.com", b))
	second := w.verifying("ada@example.com")
	_, err := w.Verify(t.Context(), first, "", b)
	wantFault(t, err, api.CodeVerifyTokenInvalid, "verify_link_dead")
	w.forward(24*time.Hour - time.Millisecond)
	look, err := w.LookAtVerification(t.Context(), second, b)
	w.must(err)
	if look.NewPassword {
		t.Error("the browser that registered is not known when it asked again")
	}
	w.forward(time.Millisecond)
	_, err = w.Verify(t.Context(), second, "", b)
	wantFault(t, err, api.CodeVerifyTokenInvalid, "verify_link_dead")
}

// The link of a registration sets a password where another browser opens it, so
// it must not outlive the password that its owner sets about a mailbox that
// somebody else has read.
func TestLinkOfARegistrationDiesWithANewPassword(t *testing.T) {
	t.Parallel()
	w := withMail(t)
	out, err := w.Register(t.Context(), login.Joining{Email: "ada@example.com", Name: "Ada", Password: right, Client: curl()})
	w.must(err)
	w.must(w.AskVerification(w.soon(), out.User.Email, browser("eves")))
	link := w.tokenOf(w.newest(mail.KindVerify, out.User.Email).Link)
	v, err := w.LookAtVerification(t.Context(), link, browser("eves"))
	w.must(err)
	if !v.NewPassword {
		t.Fatal("the link needs no new password")
	}
	w.must(w.ChangePassword(t.Context(), w.whoIs(w.signIn(out.User.Email, curl())), right, other, curl()))
	_, err = w.Verify(t.Context(), link, "nine crooked chimneys", browser("eves"))
	wantFault(t, err, api.CodeVerifyTokenInvalid, "verify_link_dead")
	_, err = w.try(out.User.Email, other, curl())
	w.must(err)
}
