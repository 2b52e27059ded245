package login_test

import (
	"testing"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

func TestLastAdministratorStays(t *testing.T) {
	w := build(t)
	u := w.person("root@example.com", account.RoleAdmin)
	w.invite("pending@example.com") // an administrator who cannot sign in is none
	pending, err := w.FindByEmail(t.Context(), "pending@example.com")
	w.must(err)
	_, err = w.Edit(t.Context(), login.Host(), pending.ID, login.Edit{Role: ref(account.RoleAdmin)})
	w.must(err)
	g := w.signIn("root@example.com", curl())
	for name, act := range map[string]func(account.ID) error{
		"role": func(id account.ID) error {
			_, err := w.Edit(t.Context(), login.Host(), id, login.Edit{Role: ref(account.RoleUser)})
			return err
		},
		"disabled": func(id account.ID) error {
			_, err := w.Edit(t.Context(), login.Host(), id, login.Edit{Status: ref(account.StatusDisabled)})
			return err
		},
		"locked": func(id account.ID) error {
			_, err := w.Edit(t.Context(), login.Host(), id, login.Edit{Status: ref(account.StatusLocked)})
			return err
		},
		"deleted": func(id account.ID) error { return w.Delete(t.Context(), login.Host(), id) },
	} {
		t.Run(name, func(t *testing.T) {
			wantFault(t, act(u.ID), api.CodeLastAdmin, "last_admin")
			w.whoIs(g) // nothing of it happened
			second := w.person(name+"@example.com", account.RoleAdmin)
			w.must(act(second.ID))
			wantFault(t, act(u.ID), api.CodeLastAdmin, "last_admin")
		})
	}
}

func TestEditTakesRightsAwayAtOnce(t *testing.T) {
	w := build(t)
	u := w.person("ada@example.com", account.RoleUser)
	root := w.person("root@example.com", account.RoleAdmin)
	admin := login.Admin(w.whoIs(w.signIn("root@example.com", curl())), curl().Client)
	for _, c := range []struct {
		status, reason string
		active         bool
	}{
		{account.StatusDisabled, "account_disabled", false},
		{account.StatusLocked, "account_locked", true},
	} {
		g := w.signIn("ada@example.com", curl())
		got, err := w.Edit(t.Context(), admin, u.ID, login.Edit{Status: &c.status})
		w.must(err)
		if got.Status != c.status || got.Active != c.active {
			t.Errorf("%s: the account is %+v", c.status, got)
		}
		w.wantEnded(g, "ended_by_admin")
		_, err = w.try("ada@example.com", right, curl())
		wantFault(t, err, api.CodeInvalidCredentials, c.reason)
		got, err = w.Edit(t.Context(), admin, u.ID, login.Edit{Status: ref(account.StatusActive)})
		w.must(err)
		if got.Status != account.StatusActive || !got.Active {
			t.Errorf("opened again it is %+v", got)
		}
		w.wantEnded(g, "ended_by_admin") // opening brings no session back
	}
	if row := w.rows(audit.EventUserUpdated)[0]; row.Actor != root.ID || row.User != u.ID || row.Detail != "status=active" {
		t.Errorf("the audit says %+v", row)
	}
}

func TestEditRefusesWhatIsNoValue(t *testing.T) {
	w := build(t)
	u := w.person("ada@example.com", account.RoleUser)
	for _, c := range []struct {
		name, pointer string
		edit          login.Edit
	}{
		{"a role of another system", "/role", login.Edit{Role: ref("superuser")}},
		{"a role in another case", "/role", login.Edit{Role: ref("Admin")}},
		{"no role", "/role", login.Edit{Role: ref("")}},
		{"a status that nobody sets by hand", "/status", login.Edit{Status: ref(account.StatusPending)}},
		{"an unknown status", "/status", login.Edit{Status: ref("gone")}},
		{"a name of control characters", "/name", login.Edit{Name: ref("\u202e")}},
	} {
		_, err := w.Edit(t.Context(), login.Host(), u.ID, c.edit)
		f := fault.From(err)
		if f.Code != api.CodeValidationFailed || f.Fields[0].Pointer != c.pointer {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if len(w.rows(audit.EventUserUpdated)) != 0 {
		t.Error("something was changed")
	}
	for _, id := range []account.ID{"", "4711", "nonsense"} {
		_, err := w.Edit(t.Context(), login.Host(), id, login.Edit{Role: ref(account.RoleAdmin)})
		wantFault(t, err, api.CodeNotFound, "user_unknown")
		wantFault(t, w.Delete(t.Context(), login.Host(), id), api.CodeNotFound, "user_unknown")
		_, _, err = w.IssueReset(t.Context(), login.Host(), id)
		wantFault(t, err, api.CodeNotFound, "user_unknown")
	}
}

func TestInviteChecksRoleAndAddress(t *testing.T) {
	w := build(t)
	w.person("ada@example.com", account.RoleUser)
	for _, c := range []struct {
		in   login.Invitee
		code api.Code
	}{
		{login.Invitee{Email: "ADA@example.com"}, api.CodeUserAlreadyExists},
		{login.Invitee{Email: "new@example.com", Role: "owner"}, api.CodeValidationFailed},
		{login.Invitee{Email: "new@"}, api.CodeValidationFailed},
	} {
		if _, _, err := w.Invite(t.Context(), login.Host(), c.in); !fault.Is(err, c.code) {
			t.Errorf("%+v: %v", c.in, err)
		}
	}
	u, _, err := w.Invite(t.Context(), login.Host(), login.Invitee{Email: "New@example.com"})
	w.must(err)
	if u.Role != account.RoleUser || u.Email != "new@example.com" {
		t.Errorf("without a role it is %+v", u)
	}
}

func TestDeletedAccountIsGoneAtOnce(t *testing.T) {
	w := build(t)
	u := w.person("ada@example.com", account.RoleUser)
	g := w.signIn("ada@example.com", curl())
	w.must(w.Delete(t.Context(), login.Host(), u.ID))
	w.wantEnded(g, "session_unknown")
	_, err := w.try("ada@example.com", right, curl())
	wantFault(t, err, api.CodeInvalidCredentials, "unknown_address")
	if row := w.rows(audit.EventUserDeleted)[0]; row.Actor != "host" || row.Address != "ada@example.com" {
		t.Errorf("the audit says %+v", row)
	}
}

func TestUnlockOpensALockedAccountAndNoDisabledOne(t *testing.T) {
	w := build(t)
	for status, after := range map[string]string{
		account.StatusLocked: account.StatusActive, account.StatusDisabled: account.StatusDisabled,
	} {
		u := w.person(status+"@example.com", account.RoleUser)
		_, err := w.Edit(t.Context(), login.Host(), u.ID, login.Edit{Status: &status})
		w.must(err)
		got, err := w.Unlock(t.Context(), login.Host(), u.ID)
		w.must(err)
		if got.Status != after {
			t.Errorf("a %s account became %s", status, got.Status)
		}
	}
}

// What the metrics hear is what the audit holds: told after it is safe.
func TestHeardIsWhatWasWritten(t *testing.T) {
	w := build(t)
	w.person("ada@example.com", account.RoleUser)
	g := w.signIn("ada@example.com", curl())
	w.spend("ada@example.com", 1, curl())
	w.must(w.Logout(t.Context(), w.whoIs(g), curl()))
	var heard []audit.Event
	for _, r := range w.heard {
		heard = append(heard, r.Event)
	}
	rows, err := w.db.AuditRows(t.Context(), audit.Query{Limit: 100})
	w.must(err)
	if len(rows) != len(heard) {
		t.Fatalf("heard %v, written %d", heard, len(rows))
	}
	for i, r := range rows {
		if heard[len(heard)-1-i] != r.Event {
			t.Errorf("heard %v; row %d from the end is %s", heard, i, r.Event)
		}
	}
}
