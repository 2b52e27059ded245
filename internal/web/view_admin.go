package web

import (
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/account"
)

// Names of the administrators' pages.
const (
	PageUsers    = "admin-users"
	PageInvite   = "admin-invite"
	PageUserLink = "admin-link"
	PageUser     = "admin-user"
	PageOwn      = "admin-own"
	PageDelete   = "admin-delete"
	PageAudit    = "admin-audit"
)

// AccountView is somebody's account.
type AccountView struct {
	*UserView
	// State is what counts of status and is_active: active, pending, disabled,
	// locked, or unknown; StateName and RoleName are those in words, StateText
	// is what the state means.
	State, StateName, StateText, RoleName string
	UpdatedAt                             time.Time
	// Own is set on the account of whoever looks.
	Own bool
}

// StateClass is the colour of the state's chip.
func (a AccountView) StateClass() string {
	switch a.State {
	case account.StatusActive:
		return "chip-success"
	case account.StatusPending:
		return "chip-calm"
	}
	return "chip-danger"
}

// Shut says whether the account was closed by somebody.
func (a AccountView) Shut() bool {
	return a.State != account.StatusActive && a.State != account.StatusPending
}

func (s *Site) accountView(b Base, u *account.User) AccountView {
	state := "unknown"
	switch u.Refusal() {
	case "":
		state = account.StatusActive
	case "account_disabled":
		state = account.StatusDisabled
	case "account_locked":
		state = account.StatusLocked
	case "account_pending":
		state = account.StatusPending
	}
	return AccountView{
		UserView: &UserView{
			ID: string(u.ID), Email: u.Email, Name: u.Name, Role: u.Role, Verified: u.Verified, CreatedAt: u.CreatedAt,
		},
		State: state, StateName: s.stateName(b)(state), StateText: s.say(b, stateWords[state].text),
		RoleName: s.roleName(b)(u.Role), UpdatedAt: u.UpdatedAt,
	}
}

// stateWords are the keys of a state's name and of what it means.
var stateWords = map[string]struct{ name, text string }{
	account.StatusActive:   {"admin.state.active", "admin.state.active.text"},
	account.StatusPending:  {"admin.state.pending", "admin.state.pending.text"},
	account.StatusDisabled: {"admin.state.disabled", "admin.state.disabled.text"},
	account.StatusLocked:   {"admin.state.locked", "admin.state.locked.text"},
	"unknown":              {"admin.state.unknown", "admin.state.unknown.text"},
}

func (s *Site) stateName(b Base) func(string) string {
	return func(state string) string { return s.say(b, stateWords[state].name) }
}

func (s *Site) roleName(b Base) func(string) string {
	return func(role string) string {
		if role == account.RoleAdmin {
			return s.say(b, "common.role.admin")
		}
		return s.say(b, "common.role.user")
	}
}

// Choice is a link that chooses one of several.
type Choice struct {
	Label, Href string
	Current     bool
}

// Option is one entry of a list to choose from.
type Option struct {
	Value, Label string
	Chosen       bool
}

// Hidden is a field that a form carries along.
type Hidden struct{ Name, Value string }

// UsersPage lists accounts.
type UsersPage struct {
	Base
	// Search, Role, Status and After are what the address asks for.
	Search, Role, Status, After string
	Users                       []AccountView
	Count                       string
	Statuses, Roles             []Choice
	// Next is the page after this one; empty on the last.
	Next string
}

// Filtered says whether anything narrows the list.
func (p UsersPage) Filtered() bool { return p.Search != "" || p.Role != "" || p.Status != "" }

// InvitePage makes an account.
type InvitePage struct {
	Base
	Email, Name, Role string
	Error             *FormError
}

// UserLinkPage shows a one-time link, once.
type UserLinkPage struct {
	Base
	Account AccountView
	// Kind is login.LinkInvite or login.LinkReset.
	Kind, URL string
}

// UserPage is everything about one account. At most one of the errors is set.
type UserPage struct {
	Base
	Account AccountView
	// Name and Role stand in the form: as stored, or as just refused.
	Name, Role string
	// Factors are the second factors; the section is left out where there are none.
	Factors  []FactorRow
	Sessions []SessionRow
	History  []AuditRow

	ProfileError, AccessError, SessionsError *FormError
}

// FactorRow is one second factor.
type FactorRow struct {
	// Label is what its owner calls it; may be empty.
	Label string
	// App says that it is an authenticator app, and no passkey.
	App   bool
	Added time.Time
}

func (p *UserPage) fail(section string, e *FormError) {
	switch section {
	case inProfile:
		p.ProfileError = e
	case inAccess:
		p.AccessError = e
	default:
		p.SessionsError = e
	}
}

// OwnPage asks administrators who shut themselves out whether they mean it.
type OwnPage struct {
	Base
	Text, Action, Back string
	Fields             []Hidden
}

// DeletePage asks for the address before an account is deleted.
type DeletePage struct {
	Base
	Account AccountView
	Typed   string
	Error   *FormError
}
