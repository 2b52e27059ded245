package web

import (
	"net/url"
	"slices"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

// usersPerPage accounts are shown at a time.
const usersPerPage = 50

var (
	roles    = []string{account.RoleUser, account.RoleAdmin}
	statuses = []string{account.StatusActive, account.StatusPending, account.StatusDisabled, account.StatusLocked}
)

// users lists accounts. A filter that is not known filters nothing, and the
// page shows that it does not.
func (s *Site) users(v visit) error {
	b, err := s.adminBase(v, "admin.users.title")
	if err != nil {
		return err
	}
	asked := v.HTTP().URL.Query()
	page := UsersPage{Base: b, Search: asked.Get("q"), After: asked.Get("after")}
	if slices.Contains(roles, asked.Get("role")) {
		page.Role = asked.Get("role")
	}
	if slices.Contains(statuses, asked.Get("status")) {
		page.Status = asked.Get("status")
	}
	list, err := s.o.Login.List(v.Context(), login.UserQuery{
		Search: page.Search, Role: page.Role, Status: page.Status, After: account.ID(page.After), Limit: usersPerPage + 1,
	})
	if err != nil {
		return err
	}
	more := len(list) > usersPerPage
	if more {
		list = list[:usersPerPage]
		page.Next = page.at("after", string(list[usersPerPage-1].ID))
	}
	for i := range list {
		row := s.accountView(b, &list[i])
		row.Own = row.ID == b.User.ID
		page.Users = append(page.Users, row)
	}
	page.Count = s.countUsers(b, len(list), more)
	page.Statuses = s.choices(page, "status", page.Status, s.say(b, "admin.users.status.any"), statuses, s.stateName(b))
	page.Roles = s.choices(page, "role", page.Role, s.say(b, "admin.users.role.any"), roles, s.roleName(b))
	return s.showAdmin(v, PageUsers, page, nil)
}

func (s *Site) countUsers(b Base, n int, more bool) string {
	switch {
	case n == 0:
		return s.say(b, "admin.users.count.none")
	case more:
		return s.say(b, "admin.users.count.more", "n", n)
	}
	return s.say(b, "admin.users.count", "n", n)
}

// choices are the links of one filter: any, and each value.
func (s *Site) choices(page UsersPage, name, chosen, anyLabel string, values []string, label func(string) string) []Choice {
	list := []Choice{{Label: anyLabel, Href: page.at(name, ""), Current: chosen == ""}}
	for _, value := range values {
		list = append(list, Choice{Label: label(value), Href: page.at(name, value), Current: chosen == value})
	}
	return list
}

// at is the page with one parameter changed; a filter leads to the first page.
func (p UsersPage) at(name, value string) string {
	values := url.Values{"q": {p.Search}, "role": {p.Role}, "status": {p.Status}}
	values.Set(name, value)
	return addressOf("/admin/users", values)
}

// First is the first page of the same search.
func (p UsersPage) First() string { return p.at("after", "") }

func (s *Site) inviteForm(v visit) error { return s.inviteAgain(v, httpkit.Form{}, nil) }

func (s *Site) inviteAgain(v visit, form httpkit.Form, f *fault.Error) error {
	b, err := s.adminBase(v, "admin.invite.title")
	if err != nil {
		return err
	}
	page := InvitePage{Base: b, Email: form["email"], Name: form["name"], Role: form["role"]}
	if f != nil {
		page.Error = s.adminFault(b, f)
	}
	return s.showAdmin(v, PageInvite, page, f)
}

// inviteSend answers with the link itself: in a redirect it would stand in the
// browser's history and in every log on the way.
func (s *Site) inviteSend(v visit, form httpkit.Form) error {
	in := login.Invitee{Email: form["email"], Name: form["name"], Role: form["role"]}
	u, token, err := s.o.Login.Invite(v.Context(), v.actor(), in)
	if err != nil {
		return err
	}
	return s.showUserLink(v, &u, login.LinkInvite, token)
}

func (s *Site) showUserLink(v visit, u *account.User, kind, token string) error {
	title := "admin.link.reset.title"
	if kind == login.LinkInvite {
		title = "admin.link.invite.title"
	}
	b, err := s.adminBase(v, title, "who", u.Email)
	if err != nil {
		return err
	}
	b.InLanguage = "" // in another language there would be another link
	keepSecret(v.Request)
	return s.showAdmin(v, PageUserLink, UserLinkPage{
		Base: b, Account: s.accountView(b, u), Kind: kind, URL: v.Kit().URL(login.LinkPath(kind, token)),
	}, nil)
}
