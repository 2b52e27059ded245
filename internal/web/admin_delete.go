package web

import (
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
)

func (s *Site) deleteForm(v visit) error { return s.deleteAgain(v, httpkit.Form{}, nil) }

func (s *Site) deleteAgain(v visit, form httpkit.Form, f *fault.Error) error {
	u, err := s.o.Login.Find(v.Context(), v.id())
	if err != nil {
		return err
	}
	b, err := s.adminBase(v, "admin.delete.title", "who", u.Email)
	if err != nil {
		return err
	}
	page := DeletePage{Base: b, Account: s.accountView(b, &u), Typed: form["email"]}
	page.Account.Own = u.ID == v.person.User().ID
	if f != nil {
		page.Error = s.adminFault(b, f)
	}
	return s.showAdmin(v, PageDelete, page, f)
}

// deleteSend wants the address typed, in any spelling of it: a slip of the hand
// on a list of people is not undone.
func (s *Site) deleteSend(v visit, form httpkit.Form) error {
	u, err := s.o.Login.Find(v.Context(), v.id())
	if err != nil {
		return err
	}
	typed, err := account.Canonical(form["email"])
	if form["email"] != u.Email && (err != nil || typed != who(&u).Address) {
		return fault.Invalid("/email", "mismatch", s.words(v.Request).Text("admin.delete.mismatch"))
	}
	if err := s.o.Login.Delete(v.Context(), v.actor(), u.ID); err != nil {
		return err
	}
	if u.ID == v.person.User().ID {
		v.SignedOut()
		return redirect(v.Request, "/login?notice=signed-out")
	}
	return redirect(v.Request, "/admin/users?notice=deleted")
}
