package login

import (
	"slices"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/policy"
	"github.com/aiwfe/aiwfe-auth/internal/session"
)

// Ways are all in which a person may sign in, as sessions that begin now, for
// the rules to be tried on. Who may not sign in has none.
func (s *Service) Ways(u *account.User, what Security) (list []policy.Way) {
	if u.Refusal() != "" {
		return nil
	}
	add := func(name, kind, method string, full bool) {
		p := policy.Person{Role: u.Role, Scopes: u.Scopes(), Method: method}
		if full {
			p.ProvenAt = s.o.Now()
		}
		list = append(list, policy.Way{Name: name, Kind: kind, Person: p})
	}
	has := func(kind string) bool {
		return slices.ContainsFunc(what.Factors, func(f Factor) bool { return f.Kind == kind })
	}
	if slices.ContainsFunc(what.Factors, func(f Factor) bool { return f.Kind == FactorWebAuthn && !f.SecondOnly }) {
		add("a passkey", "passkey", "passkey", true)
	}
	switch {
	case u.Hash == "":
		return list
	case u.SecondFactor && has(FactorWebAuthn):
		add("the password and a security key", "security_key", "password+"+MethodWebAuthn, true)
	}
	if u.SecondFactor && has(FactorTOTP) {
		add("the password and a code of the app", "app", "password+"+MethodTOTP, true)
	}
	if u.SecondFactor && what.CodesLeft > 0 {
		add("the password and a backup code", "backup_code", "password+"+MethodBackup, true)
	}
	switch {
	case u.SecondFactor && len(what.Devices) > 0:
		add("the password on a trusted device", "trusted_device", "password", false)
	case !u.SecondFactor && what.Demanded:
		add("the password, once a second factor is set up", "app_to_set_up", "password+"+MethodTOTP, true)
	case !u.SecondFactor:
		add("the password", "password", "password", true)
	}
	return list
}

// WayOf is a session as it is. A token may do no more than its account.
func WayOf(one *session.Session, name string) policy.Way {
	scopes := one.User.Scopes()
	if one.Kind == session.KindPersonal {
		scopes = slices.DeleteFunc(slices.Clone(scopes), func(s string) bool { return !slices.Contains(one.Scopes, s) })
	}
	kind, label := "session", one.ID
	if one.Kind == session.KindPersonal {
		kind, label = "token", one.Name
	}
	return policy.Way{
		Name: name, Kind: kind, Label: label, Now: true, Bearer: one.Kind == session.KindPersonal,
		Person: policy.Person{Role: one.User.Role, Scopes: scopes, Method: one.Method, ProvenAt: one.AuthAt},
	}
}
