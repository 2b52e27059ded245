package login_test

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

func (w *world) setupLink() string {
	w.t.Helper()
	link, err := w.SetupToken(w.t.Context(), "")
	w.must(err)
	return link
}

func (w *world) invite(email string) (account.User, string) {
	w.t.Helper()
	u, link, err := w.Invite(w.t.Context(), login.Host(), login.Invitee{Email: email, Name: "Invited"})
	w.must(err)
	return u, link
}

func TestSetupMakesOneAdministratorOnce(t *testing.T) {
	w := build(t)
	link := w.setupLink()
	if kept, err := w.SetupToken(t.Context(), link); err != nil || kept != link {
		t.Fatalf("a link that is alive is not kept: %v", err)
	}
	join := login.Joining{Token: link, Email: "Root@Example.com", Name: "Root", Password: right, Client: browser("b")}
	bad := join
	bad.Password = "short"
	if _, err := w.SetUp(t.Context(), bad); !fault.Is(err, api.CodePasswordRefused) {
		t.Fatal(err) // and the link is not used up by it
	}
	out, err := w.SetUp(t.Context(), join)
	w.must(err)
	g := out.Grant
	if g.Cookie == "" || !g.User.IsAdmin() || g.User.Email != "root@example.com" || !g.User.Verified {
		t.Errorf("set up is %+v", g.User)
	}
	w.signIn("root@example.com", curl())

	join.Email = "second@example.com"
	_, err = w.SetUp(t.Context(), join)
	wantFault(t, err, api.CodeSetupTokenInvalid, "setup_done")
	if again, err := w.SetupToken(t.Context(), ""); again != "" || err != nil {
		t.Errorf("another link was made: %v", err)
	}
}

func TestOfTwoWhoSetUpAtOnceOneBecomesAdministrator(t *testing.T) {
	w := build(t)
	link := w.setupLink()
	var made atomic.Int64
	var all sync.WaitGroup
	for _, email := range []string{"a@example.com", "b@example.com", "c@example.com", "d@example.com"} {
		all.Go(func() {
			_, err := w.SetUp(t.Context(), login.Joining{Token: link, Email: email, Password: right, Client: browser("b")})
			if err == nil {
				made.Add(1)
			} else if !fault.Is(err, api.CodeSetupTokenInvalid) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	list, err := w.List(t.Context(), login.UserQuery{Limit: 10})
	w.must(err)
	if made.Load() != 1 || len(list) != 1 {
		t.Errorf("%d were made, %d accounts", made.Load(), len(list))
	}
}

func TestLinksOfOtherKindsAreNone(t *testing.T) {
	w := build(t)
	setup := w.setupLink()
	_, invite := w.invite("ada@example.com")
	u := w.person("bob@example.com", account.RoleUser)
	_, reset, err := w.IssueReset(t.Context(), login.Host(), u.ID)
	w.must(err)
	for _, link := range []string{setup, invite, "", "nonsense"} {
		wantFault(t, w.ResetPassword(t.Context(), link, other, curl()), api.CodeResetTokenInvalid, "reset_link_dead")
	}
	for _, link := range []string{setup, reset, "", "nonsense"} {
		_, err := w.Accept(t.Context(), login.Joining{Token: link, Password: other, Client: curl()})
		wantFault(t, err, api.CodeInvitationInvalid, "invitation_dead")
	}
	for _, link := range []string{invite, reset, "", "nonsense"} {
		_, err := w.SetUp(t.Context(), login.Joining{Token: link, Email: "x@example.com", Password: other, Client: curl()})
		wantFault(t, err, api.CodeSetupTokenInvalid, "setup_link_dead")
	}
	for kind, link := range map[string]string{login.LinkSetup: setup, login.LinkInvite: invite, login.LinkReset: reset} {
		if _, ok, err := w.LinkWorks(t.Context(), kind, link); !ok || err != nil {
			t.Errorf("the %s link died of that: %v", kind, err)
		}
	}
}

func TestLinksLiveSoLongAndNoLonger(t *testing.T) {
	w := build(t)
	u := w.person("bob@example.com", account.RoleUser)
	_, reset, err := w.IssueReset(t.Context(), login.Host(), u.ID)
	w.must(err)
	setup := w.setupLink()
	_, invite := w.invite("ada@example.com")
	for _, c := range []struct {
		kind, link string
		life       time.Duration
	}{
		{login.LinkReset, reset, time.Hour},
		{login.LinkSetup, setup, 24 * time.Hour},
		{login.LinkInvite, invite, 7 * 24 * time.Hour},
	} {
		w.now.Store(noon.Add(c.life - time.Millisecond).UnixMilli())
		if _, ok, err := w.LinkWorks(t.Context(), c.kind, c.link); !ok || err != nil {
			t.Errorf("the %s link is dead before its time: %v", c.kind, err)
		}
		w.now.Store(noon.Add(c.life).UnixMilli())
		if _, ok, err := w.LinkWorks(t.Context(), c.kind, c.link); ok || err != nil {
			t.Errorf("the %s link is alive after its time: %v", c.kind, err)
		}
	}
}

func TestInvitationSetsThePasswordOnce(t *testing.T) {
	w := build(t)
	u, link := w.invite("ada@example.com")
	if u.Status != account.StatusPending || u.Hash != "" || u.Verified {
		t.Fatalf("invited is %+v", u)
	}
	join := login.Joining{Token: link, Email: "somebody.else@example.com", Password: right, Client: curl()}
	got, err := w.Accept(t.Context(), join)
	w.must(err)
	if got.ID != u.ID || got.Email != "ada@example.com" || got.Name != "Invited" || got.Status != account.StatusActive || !got.Verified || got.IsAdmin() {
		t.Errorf("accepted is %+v", got)
	}
	w.signIn("ada@example.com", curl())
	join.Password = other
	_, err = w.Accept(t.Context(), join)
	wantFault(t, err, api.CodeInvitationInvalid, "invitation_dead")
	w.signIn("ada@example.com", curl())
}

// An invitation that lies in an inbox must not open an account that was shut
// since.
func TestInvitationToADisabledAccountIsDead(t *testing.T) {
	w := build(t)
	u, link := w.invite("ada@example.com")
	_, err := w.Edit(t.Context(), login.Host(), u.ID, login.Edit{Status: ref(account.StatusDisabled)})
	w.must(err)
	_, err = w.Accept(t.Context(), login.Joining{Token: link, Password: right, Client: curl()})
	wantFault(t, err, api.CodeInvitationInvalid, "invitation_dead")
}

func TestResetEndsSessionsAndOpensTheGate(t *testing.T) {
	w := build(t)
	u := w.person("ada@example.com", account.RoleUser)
	g := w.signIn("ada@example.com", curl())
	w.spend("ada@example.com", 5, curl())
	kind, link, err := w.IssueReset(t.Context(), login.Host(), u.ID)
	w.must(err)
	if kind != login.LinkReset || !strings.HasPrefix(login.LinkPath(kind, link), "/reset-password?token=") {
		t.Errorf("%s %s", kind, login.LinkPath(kind, link))
	}
	if err := w.ResetPassword(t.Context(), link, "short", curl()); !fault.Is(err, api.CodePasswordRefused) {
		t.Fatal(err)
	}
	w.whoIs(g) // nothing happened yet
	w.must(w.ResetPassword(t.Context(), link, other, curl()))
	w.wantEnded(g, "ended_password_changed")
	_, err = w.Refresh(t.Context(), g.RefreshToken, curl())
	wantFault(t, err, api.CodeSessionEnded, "ended_password_changed")
	if _, err := w.try("ada@example.com", other, curl()); err != nil {
		t.Errorf("the owner cannot sign in: %v", err)
	}
	_, err = w.try("ada@example.com", right, curl())
	wantFault(t, err, api.CodeInvalidCredentials, "wrong_password")
	wantFault(t, w.ResetPassword(t.Context(), link, right, curl()), api.CodeResetTokenInvalid, "reset_link_dead")
	if n := len(w.rows(audit.EventPasswordSet)); n != 1 {
		t.Errorf("%d audit rows", n)
	}
}

func TestOnlyTheNewestResetWorks(t *testing.T) {
	w := build(t)
	u := w.person("ada@example.com", account.RoleUser)
	_, first, err := w.IssueReset(t.Context(), login.Host(), u.ID)
	w.must(err)
	_, second, err := w.IssueReset(t.Context(), login.Host(), u.ID)
	w.must(err)
	wantFault(t, w.ResetPassword(t.Context(), first, other, curl()), api.CodeResetTokenInvalid, "reset_link_dead")
	w.must(w.ResetPassword(t.Context(), second, other, curl()))
}

// Somebody who never had a password gets an invitation: a reset would leave the
// account pending.
func TestResetOfAPendingAccountIsAnInvitation(t *testing.T) {
	w := build(t)
	u, old := w.invite("ada@example.com")
	kind, link, err := w.IssueReset(t.Context(), login.Host(), u.ID)
	w.must(err)
	if kind != login.LinkInvite {
		t.Fatalf("it is a %s link", kind)
	}
	_, err = w.Accept(t.Context(), login.Joining{Token: old, Password: right, Client: curl()})
	wantFault(t, err, api.CodeInvitationInvalid, "invitation_dead")
	_, err = w.Accept(t.Context(), login.Joining{Token: link, Password: right, Client: curl()})
	w.must(err)
	w.signIn("ada@example.com", curl())
}

func TestRegistration(t *testing.T) {
	for _, c := range []struct {
		name, registration string
		join               func(link string) login.Joining
		code               api.Code
		reason             string
	}{
		{"open", "open", func(string) login.Joining { return login.Joining{Email: "New@Example.com"} }, "", ""},
		{"open, address taken", "open", func(string) login.Joining { return login.Joining{Email: "ADA@example.com"} }, api.CodeUserAlreadyExists, "user_already_exists"},
		{"closed", "closed", func(string) login.Joining { return login.Joining{Email: "new@example.com"} }, api.CodeRegistrationClosed, "registration_closed"},
		{"by invitation, without one", "invite", func(string) login.Joining { return login.Joining{Email: "new@example.com"} }, api.CodeRegistrationClosed, "registration_invite"},
		{"by invitation", "invite", func(l string) login.Joining { return login.Joining{Token: l, Email: "Invited@example.com"} }, "", ""},
		{"an invitation opens a closed door too", "closed", func(l string) login.Joining { return login.Joining{Token: l, Email: "invited@example.com"} }, "", ""},
		// Whoever holds a link must not choose whose account it is.
		{
			"an invitation of another address", "open", func(l string) login.Joining { return login.Joining{Token: l, Email: "eve@example.com"} },
			api.CodeInvitationInvalid, "invitation_for_another_address",
		},
		{
			"a made-up invitation does not fall back to the open door", "open", func(string) login.Joining { return login.Joining{Token: "x", Email: "new@example.com"} },
			api.CodeInvitationInvalid, "invitation_dead",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := build(t, func(o *login.Options) { o.Registration = c.registration })
			w.person("ada@example.com", account.RoleUser)
			_, link := w.invite("invited@example.com")
			join := c.join(link)
			join.Name, join.Password, join.Client = "New", right, curl()
			made, err := w.Register(t.Context(), join)
			u := made.User
			if c.code != "" {
				wantFault(t, err, c.code, c.reason)
				return
			}
			w.must(err)
			if u.IsAdmin() || u.Status != account.StatusActive {
				t.Errorf("registered is %+v", u)
			}
			w.signIn(u.Email, curl())
		})
	}
}
