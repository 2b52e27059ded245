package web

import (
	"context"
	"net/url"
	"strings"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

// historyRows of the audit stand on the page of an account.
const historyRows = 20

// The sections of the page in which a refused form is shown.
const (
	inProfile  = "profile"
	inAccess   = "access"
	inSessions = "sessions"
)

func (s *Site) user(v visit) error { return s.showUser(v, nil, "", nil) }

// userAgain shows the page with the fault of the form in one section.
func (s *Site) userAgain(section string) func(visit, httpkit.Form, *fault.Error) error {
	return func(v visit, form httpkit.Form, f *fault.Error) error { return s.showUser(v, form, section, f) }
}

func (s *Site) showUser(v visit, form httpkit.Form, section string, f *fault.Error) error {
	u, err := s.o.Login.Find(v.Context(), v.id())
	if err != nil {
		return err
	}
	b, err := s.adminBase(v, "admin.users.title")
	if err != nil {
		return err
	}
	b.InLanguage = inLanguage(v.HTTP(), userPath(u.ID)) // the page of its forms, too
	page := UserPage{Base: b, Account: s.accountView(b, &u), Name: u.Name, Role: u.Role}
	page.Title, page.Account.Own = page.Account.Label(), u.ID == v.person.User().ID
	if page.Sessions, err = s.userSessions(v, u.ID); err != nil {
		return err
	}
	if page.Factors, err = s.userFactorRows(v, &u); err != nil {
		return err
	}
	rows, err := s.o.Audit.AuditRows(v.Context(), audit.Query{Who: who(&u), Limit: historyRows})
	if err != nil {
		return err
	}
	page.History = s.auditViews(v.Context(), b, rows)
	if f != nil {
		page.fail(section, s.adminFault(b, f))
	}
	if section == inProfile {
		page.Name, page.Role = form["name"], form["role"]
	}
	return s.showAdmin(v, PageUser, page, f)
}

// who is the account in the audit. An account taken from another system may
// have an address that is in no canonical form.
func who(u *account.User) audit.Who {
	email, err := account.Canonical(u.Email)
	if err != nil {
		email = u.Email
	}
	return audit.Who{User: u.ID, Address: email}
}

func (s *Site) userSessions(v visit, id account.ID) ([]SessionRow, error) {
	list, err := s.o.Login.Sessions(v.Context(), id)
	rows := make([]SessionRow, 0, len(list))
	for i := range list {
		rows = append(rows, SessionRow{
			ID: list[i].ID, Device: list[i].DeviceName, Kind: list[i].DeviceKind, IP: list[i].IP,
			Created: list[i].CreatedAt, LastSeen: list[i].SeenAt, Current: list[i].ID == v.person.Session.ID,
		})
	}
	return rows, err
}

func (s *Site) userFactorRows(v visit, u *account.User) ([]FactorRow, error) {
	safety, err := s.o.Login.Security(v.Context(), u)
	rows := make([]FactorRow, 0, len(safety.Factors))
	for i := range safety.Factors {
		one := &safety.Factors[i]
		rows = append(rows, FactorRow{Label: one.Name, App: one.Kind == login.FactorTOTP, Added: one.CreatedAt})
	}
	return rows, err
}

// userProfile changes only what is different, so that the audit tells what it was.
func (s *Site) userProfile(v visit, form httpkit.Form) error {
	u, err := s.o.Login.Find(v.Context(), v.id())
	if err != nil {
		return err
	}
	var e login.Edit
	if name := form["name"]; strings.TrimSpace(name) != u.Name {
		e.Name = &name
	}
	if role := form["role"]; role != u.Role {
		e.Role = &role
	}
	if e == (login.Edit{}) {
		return s.toUser(v, "unchanged", "profile")
	}
	if e.Role != nil && u.IsAdmin() {
		if asked, err := s.warned(v, form, &u, "admin.own.demote"); asked || err != nil {
			return err
		}
	}
	if _, err := s.o.Login.Edit(v.Context(), v.actor(), u.ID, e); err != nil {
		return err
	}
	return s.toUserOrOut(v, e.Role != nil, "saved", "profile")
}

// Words of a status that somebody is put into: what the own account's owner is
// asked, and what is said when it is done.
var statusWords = map[string]struct{ own, done string }{
	account.StatusActive:   {"", "enabled"},
	account.StatusDisabled: {"admin.own.disable", "disabled"},
	account.StatusLocked:   {"admin.own.lock", "locked"},
}

func (s *Site) userStatus(v visit, form httpkit.Form) error {
	u, err := s.o.Login.Find(v.Context(), v.id())
	if err != nil {
		return err
	}
	status := form["status"]
	if own := statusWords[status].own; own != "" {
		if asked, err := s.warned(v, form, &u, own); asked || err != nil {
			return err
		}
	}
	if _, err := s.o.Login.Edit(v.Context(), v.actor(), u.ID, login.Edit{Status: &status}); err != nil {
		return err
	}
	return s.toUserOrOut(v, status != account.StatusActive, statusWords[status].done, "access")
}

// warned asks administrators who are about to shut themselves out whether they
// mean it. The last of them is not asked, for the change will be refused. It
// reports whether it has answered with that question.
func (s *Site) warned(v visit, form httpkit.Form, u *account.User, question string) (bool, error) {
	if u.ID != v.person.User().ID || form["own"] == "yes" {
		return false, nil
	}
	if others, err := s.otherAdmins(v.Context(), u.ID); err != nil || !others {
		return false, err
	}
	b, err := s.adminBase(v, "admin.own.title")
	if err != nil {
		return false, err
	}
	b.InLanguage = ""
	page := OwnPage{Base: b, Text: s.say(b, question), Action: v.HTTP().URL.Path, Back: userPath(u.ID)}
	for _, name := range []string{"name", "role", "status"} {
		if value, sent := form[name]; sent {
			page.Fields = append(page.Fields, Hidden{name, value})
		}
	}
	return true, s.showAdmin(v, PageOwn, page, nil)
}

func (s *Site) otherAdmins(ctx context.Context, id account.ID) (bool, error) {
	list, err := s.o.Login.List(ctx, login.UserQuery{Role: account.RoleAdmin, Status: account.StatusActive, Limit: 2})
	for i := range list {
		if list[i].ID != id {
			return true, err
		}
	}
	return false, err
}

func (s *Site) userUnlock(v visit, _ httpkit.Form) error {
	if _, err := s.o.Login.Unlock(v.Context(), v.actor(), v.id()); err != nil {
		return err
	}
	return s.toUser(v, "unlocked", "access")
}

func (s *Site) userLink(v visit, _ httpkit.Form) error {
	u, err := s.o.Login.Find(v.Context(), v.id())
	if err != nil {
		return err
	}
	kind, token, err := s.o.Login.IssueReset(v.Context(), v.actor(), u.ID)
	if err != nil {
		return err
	}
	return s.showUserLink(v, &u, kind, token)
}

func (s *Site) userFactors(v visit, _ httpkit.Form) error {
	err := s.o.Login.ResetFactors(v.Context(), v.actor(), v.id())
	if err != nil && fault.From(err).Reason != "factor_unknown" { // gone already: what was wanted is so
		return err
	}
	return s.toUser(v, "factors-reset", "access")
}

func (s *Site) userEnd(v visit, form httpkit.Form) error {
	err := s.o.Login.End(v.Context(), v.actor(), v.id(), form["session_id"])
	if err != nil && fault.From(err).Reason != "session_unknown" { // ended already: what was wanted is so
		return err
	}
	return s.toUser(v, "ended", "sessions")
}

func (s *Site) userEndAll(v visit, _ httpkit.Form) error {
	if _, err := s.o.Login.EndOthers(v.Context(), v.actor(), v.id(), ""); err != nil {
		return err
	}
	return s.toUser(v, "all-ended", "sessions")
}

func (s *Site) toUser(v visit, notice, section string) error {
	return redirect(v.Request, userPath(v.id())+"?notice="+notice+"#"+section)
}

// toUserOrOut leads administrators who shut themselves out to a page that is
// still theirs.
func (s *Site) toUserOrOut(v visit, shut bool, notice, section string) error {
	if shut && v.id() == v.person.User().ID {
		return redirect(v.Request, "/account")
	}
	return s.toUser(v, notice, section)
}

func userPath(id account.ID) string { return "/admin/users/" + url.PathEscape(string(id)) }
