package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

// The pages of administrators. Each GET is a place that can be bookmarked;
// each change is a POST which leads back to such a place, or shows its form
// once more with everything that was typed.

// adminPages is the list of them.
func (s *Site) adminPages() map[string]func(*httpkit.Request) error {
	return map[string]func(*httpkit.Request) error{
		"GET /admin":                           s.forAdmins(s.overview),
		"GET /admin/figures.csv":               s.forAdmins(s.figuresCSV),
		"GET /admin/users":                     s.forAdmins(s.users),
		"GET /admin/users/new":                 s.forAdmins(s.inviteForm),
		"POST /admin/users/new":                s.fromAdmins(s.inviteSend, s.inviteAgain),
		"GET /admin/users/{id}":                s.forAdmins(s.user),
		"POST /admin/users/{id}/profile":       s.fromAdmins(s.userProfile, s.userAgain(inProfile)),
		"POST /admin/users/{id}/status":        s.fromAdmins(s.userStatus, s.userAgain(inAccess)),
		"POST /admin/users/{id}/unlock":        s.fromAdmins(s.userUnlock, s.userAgain(inAccess)),
		"POST /admin/users/{id}/link":          s.fromAdmins(s.userLink, s.userAgain(inAccess)),
		"POST /admin/users/{id}/factors/reset": s.fromAdmins(s.userFactors, s.userAgain(inAccess)),
		"POST /admin/users/{id}/sessions/end":  s.fromAdmins(s.userEnd, s.userAgain(inSessions)),
		"POST /admin/users/{id}/sessions/all":  s.fromAdmins(s.userEndAll, s.userAgain(inSessions)),
		"GET /admin/users/{id}/delete":         s.forAdmins(s.deleteForm),
		"POST /admin/users/{id}/delete":        s.fromAdmins(s.deleteSend, s.deleteAgain),
		"GET /admin/audit":                     s.forAdmins(s.audit),
		"GET /admin/doctor":                    s.forAdmins(s.doctor),
		"POST /admin/doctor":                   s.fromAdmins(s.doctorLook, s.doctorAgain),
		"GET /admin/maintenance":               s.forAdmins(s.maintenance),
		"GET /admin/alerts":                    s.forAdmins(s.alerts),
		"POST /admin/alerts":                   s.fromAdmins(s.alertSilence, s.alertsAgain),
		"POST /admin/alerts/unsilence":         s.fromAdmins(s.alertUnsilence, s.alertsAgain),
		"POST /admin/alerts/test":              s.fromAdmins(s.alertTest, s.alertsAgain),
		"GET /admin/explain":                   s.forAdmins(s.explain),
		"GET /admin/reports":                   s.forAdmins(s.reports),
		"GET /admin/policy":                    s.forAdmins(s.policyPage),
	}
}

// visit is one request of an administrator.
type visit struct {
	*httpkit.Request
	person *login.Person
}

// actor is who the audit says decided.
func (v visit) actor() login.Actor { return login.Admin(v.person, v.Client.Client) }

// id is the account that the path names.
func (v visit) id() account.ID { return account.ID(v.HTTP().PathValue("id")) }

// enter lets administrators in. Only the session cookie counts here: a page is
// looked at in a browser, and a bearer token would need no CSRF token.
func enter(q *httpkit.Request) (visit, error) {
	p, err := q.ByCookie()
	if err != nil {
		return visit{}, err
	}
	if !p.User().IsAdmin() {
		return visit{}, fault.New(api.CodeForbidden, "role_admin_needed", "This needs an administrator.")
	}
	return visit{q, p}, nil
}

// forAdmins shows a page to administrators alone.
func (s *Site) forAdmins(show func(visit) error) func(*httpkit.Request) error {
	return func(q *httpkit.Request) error {
		v, err := enter(q)
		if err != nil {
			return err
		}
		return show(v)
	}
}

// fromAdmins takes a form of administrators alone. What was refused is shown by
// again, also when it was the form's token that had expired: what was typed is
// not to be typed twice.
func (s *Site) fromAdmins(
	act func(visit, httpkit.Form) error, again func(visit, httpkit.Form, *fault.Error) error,
) func(*httpkit.Request) error {
	return func(q *httpkit.Request) error {
		form, refused := q.ReceiveForm()
		if form == nil {
			return refused
		}
		v, err := enter(q)
		if err != nil {
			if refused != nil {
				return refused
			}
			return err
		}
		if refused == nil {
			refused = act(v, form)
		}
		if refused == nil {
			return nil
		}
		f := q.Fault(refused)
		if f.Code == api.CodeNotFound || api.Codes[f.Code].Status == http.StatusUnauthorized {
			return f
		}
		return again(v, form, f)
	}
}

// adminNotices are the messages that a redirect may ask for by name, each
// harmless wherever it is shown.
var adminNotices = map[string]Notice{
	"saved":         {KindSuccess, "admin.notice.saved"},
	"unchanged":     {KindInfo, "admin.notice.unchanged"},
	"enabled":       {KindSuccess, "admin.notice.enabled"},
	"disabled":      {KindSuccess, "admin.notice.disabled"},
	"locked":        {KindSuccess, "admin.notice.locked"},
	"unlocked":      {KindSuccess, "admin.notice.unlocked"},
	"ended":         {KindSuccess, "admin.notice.ended"},
	"all-ended":     {KindSuccess, "admin.notice.all_ended"},
	"deleted":       {KindSuccess, "admin.notice.deleted"},
	"factors-reset": {KindSuccess, "admin.notice.factors_reset"},
	"looked":        {KindSuccess, "admin.notice.looked"},
	"silenced":      {KindSuccess, "admin.notice.silenced"},
	"unsilenced":    {KindSuccess, "admin.notice.unsilenced"},
}

// adminBase is what an administrator's page starts from.
func (s *Site) adminBase(v visit, title string, pairs ...any) (Base, error) {
	b, err := s.base(v.Request, title, pairs...)
	if err != nil {
		return b, err
	}
	if n, ok := adminNotices[v.HTTP().URL.Query().Get("notice")]; ok {
		b.Flash = &Notice{n.Kind, s.say(b, n.Text)}
	}
	return b, nil
}

// say is a sentence in the language of the page.
func (s *Site) say(b Base, key string, pairs ...any) string {
	return s.o.Pages.Words(b.Lang).Text(key, pairs...)
}

// sayOr is a sentence, or the plain text where there is none: an event of a
// later version, an outcome made by hand.
func (s *Site) sayOr(b Base, key, plain string) string {
	if w := s.o.Pages.Words(b.Lang); w.Has(key) {
		return w.Text(key)
	}
	return plain
}

// adminFault is a fault above the form of an administrator.
func (s *Site) adminFault(b Base, f *fault.Error) *FormError {
	e := NewFormError(s.o.Pages.Words(b.Lang), f)
	if f.Report != nil {
		text := TroubleText(s.o.Pages.Words(b.Lang), f.Report, s.o.Account.PublicURL)
		return &FormError{Kind: KindWarning, Summary: text, Trouble: &Trouble{text, f.Report.Code}}
	}
	if f.Code == api.CodeCSRFTokenExpired {
		e.Detail = s.say(b, "admin.form.again")
	}
	return e
}

// showAdmin renders a page, as an answer to a refused form where f is set.
func (s *Site) showAdmin(v visit, page string, data any, f *fault.Error) error {
	status := http.StatusOK
	if f != nil {
		status = api.Codes[f.Code].Status
		v.FailHeaders(f)
	}
	s.render(v.Request, status, page, data)
	return nil
}

// nav is the bar's list of pages for the person who is signed in.
func (s *Site) nav(b Base) []NavItem {
	item := func(key, href string) NavItem {
		within := b.Path == href || strings.HasPrefix(b.Path, href+"/")
		return NavItem{Label: s.say(b, key), Href: href, Current: within}
	}
	list := []NavItem{item("admin.nav.account", "/account")}
	if b.User.Role == account.RoleAdmin {
		start := NavItem{Label: s.say(b, "overview.nav"), Href: "/admin", Current: b.Path == "/admin"}
		list = append(list, start, item("admin.nav.users", "/admin/users"), item("admin.nav.audit", "/admin/audit"),
			s.doctorItem(b, item("admin.nav.doctor", "/admin/doctor")), s.alertsItem(b, item("admin.nav.alerts", "/admin/alerts")), item("admin.nav.explain", "/admin/explain"),
			item("admin.nav.policy", "/admin/policy"),
			item("admin.nav.reports", "/admin/reports"), item("admin.nav.maintenance", "/admin/maintenance"))
	}
	return list
}

// addressOf is a path with the parameters that are set.
func addressOf(path string, values url.Values) string {
	for name, all := range values {
		if len(all) == 0 || all[0] == "" {
			delete(values, name)
		}
	}
	if len(values) == 0 {
		return path
	}
	return path + "?" + values.Encode()
}
