package login_test

import (
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
)

// moves asks for another address and gives the token sent there.
func (w *world) moves(p *login.Person, to string) string {
	w.t.Helper()
	w.must(w.AskEmail(w.soon(), p, to, curl()))
	return w.tokenOf(w.newest(mail.KindEmailConfirm, to).Link)
}

func TestNewAddressIsProvenAndTheOldIsTold(t *testing.T) {
	t.Parallel()
	w := withMail(t)
	u, p := w.ada()
	g := w.signIn(u.Email, curl())
	letters := w.wantKinds(func() { w.must(w.AskEmail(w.soon(), p, "New@Example.com", curl())) }, mail.KindEmailNotice, mail.KindEmailConfirm)
	old, fresh := letters[0], letters[1]
	if old.To != u.Email || old.Alarm == "" || old.Link != "" || old.Address != "new@example.com" {
		t.Errorf("the old address is told %+v", old)
	}
	if fresh.To != "new@example.com" || fresh.Alarm != "" || fresh.Link == "" {
		t.Errorf("the new address is sent to %s", fresh.To)
	}
	w.signIn(u.Email, curl()) // until it is proven nothing is changed
	link := w.tokenOf(fresh.Link)
	got, err := w.Verify(t.Context(), link, "", browser("any"))
	w.must(err)
	if got.ID != u.ID || got.Email != "new@example.com" || !got.Verified {
		t.Errorf("changed is %+v", got)
	}
	// The person is the same: so are their tokens, which name them by id.
	q := w.whoIs(g)
	if q.User().ID != u.ID || q.User().Email != "new@example.com" {
		t.Errorf("a token from before is of %+v", q.User())
	}
	if err := w.Recent(q); codeOf(err) != api.CodeReauthRequired {
		t.Errorf("a proof from before the change still counts: %v", err)
	}
	_, err = w.try(u.Email, right, curl())
	wantFault(t, err, api.CodeInvalidCredentials, "unknown_address")
	w.signIn("new@example.com", curl())
	_, err = w.Verify(t.Context(), link, "", curl())
	wantFault(t, err, api.CodeVerifyTokenInvalid, "verify_link_dead")
	if rows := w.rows(audit.EventEmailChanged); len(rows) != 1 || rows[0].Detail != "from ada@example.com" || rows[0].User != u.ID {
		t.Errorf("the audit says %+v", rows)
	}
}

// Whether an address has an account is told to its mailbox alone.
func TestTakenAddressTellsOnlyItsOwner(t *testing.T) {
	t.Parallel()
	w := withMail(t)
	u, p := w.ada()
	w.person("bob@example.com", account.RoleUser)
	letters := w.wantKinds(func() { w.must(w.AskEmail(w.soon(), p, "bob@example.com", curl())) }, mail.KindEmailNotice, mail.KindKnown)
	if letters[0].To != u.Email || letters[1].To != "bob@example.com" {
		t.Errorf("the letters went to %s and %s", letters[0].To, letters[1].To)
	}
	// Taken between the letter and the link, it stays with who took it.
	link := w.moves(p, "new@example.com")
	w.person("new@example.com", account.RoleUser)
	_, err := w.Verify(t.Context(), link, "", curl())
	wantFault(t, err, api.CodeUserAlreadyExists, "user_already_exists")
	w.signIn(u.Email, curl())
}

func TestAddressIsChangedOnlyToAnother(t *testing.T) {
	w := withMail(t)
	_, p := w.ada()
	for address, code := range map[string]api.Code{
		"ada@example.com": api.CodeValidationFailed, " ADA@Example.COM": api.CodeValidationFailed, "": api.CodeValidationFailed,
		"no address": api.CodeValidationFailed, "a@example.com, b@example.com": api.CodeValidationFailed,
	} {
		w.wantKinds(func() {
			if err := w.AskEmail(t.Context(), p, address, curl()); codeOf(err) != code {
				t.Errorf("%q: %v", address, err)
			}
		})
	}
}

// An address that became free is somebody else's later on. Whatever names the
// person by it must not lead to the one who has it now.
func TestWhoTakesAFreedAddressIsNotWhoHadIt(t *testing.T) {
	t.Parallel()
	w := withMail(t)
	u, p := w.ada()
	w.forward(time.Second)
	old := legacy(u.Email, u.ID, w.clock())
	_, err := w.ByToken(t.Context(), old, curl())
	w.must(err)
	g := w.signIn(u.Email, curl())
	w.must(w.Forgot(w.soon(), u.Email, curl()))
	reset := w.tokenOf(w.newest(mail.KindReset, u.Email).Link)
	link := w.moves(p, "new@example.com")
	_, err = w.Verify(t.Context(), link, "", curl())
	w.must(err)
	_, err = w.ByToken(t.Context(), old, curl())
	wantFault(t, err, api.CodeTokenInvalid, "legacy_address_and_id_disagree")

	eve := w.person(u.Email, account.RoleUser)
	_, err = w.ByToken(t.Context(), old, curl())
	wantFault(t, err, api.CodeTokenInvalid, "legacy_address_and_id_disagree")
	_, err = w.ByToken(t.Context(), legacy(u.Email, u.ID, w.clock()), curl())
	wantFault(t, err, api.CodeTokenInvalid, "legacy_address_and_id_disagree")
	if q := w.whoIs(g); q.User().ID != u.ID || q.User().ID == eve.ID {
		t.Errorf("ada's token is of %+v", q.User())
	}
	// A link that lies in the old mailbox is void too.
	wantFault(t, w.ResetPassword(t.Context(), reset, other, curl()), api.CodeResetTokenInvalid, "reset_link_dead")
}

func TestOnlyTheNewestLinkToANewAddressWorks(t *testing.T) {
	t.Parallel()
	w := withMail(t)
	_, p := w.ada()
	first := w.moves(p, "one@example.com")
	second := w.moves(p, "two@example.com")
	_, err := w.Verify(t.Context(), first, "", curl())
	wantFault(t, err, api.CodeVerifyTokenInvalid, "verify_link_dead")
	u, err := w.Verify(t.Context(), second, "", curl())
	w.must(err)
	if u.Email != "two@example.com" {
		t.Errorf("the address is %s", u.Email)
	}
}

// Somebody with a mailbox of their own asks for its address, then for another
// one: whether the first link lives on must not tell who has an account.
func TestLinkToANewAddressDiesWhetherTheNextOneIsTakenOrNot(t *testing.T) {
	t.Parallel()
	for _, next := range []string{"bob@example.com", "nobody@example.com"} {
		w := withMail(t)
		w.person("bob@example.com", account.RoleUser)
		_, p := w.ada()
		w.must(w.AskEmail(w.soon(), p, "mine@example.com", curl()))
		link := w.tokenOf(w.newest(mail.KindEmailConfirm, "mine@example.com").Link)
		w.must(w.AskEmail(w.soon(), p, next, curl()))
		_, err := w.LookAtVerification(t.Context(), link, curl())
		wantFault(t, err, api.CodeVerifyTokenInvalid, "verify_link_dead")
	}
}
