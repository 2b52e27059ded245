package account

import (
	"slices"
	"testing"
)

func TestOnlyActiveAccountsSignIn(t *testing.T) {
	for _, c := range []struct {
		status string
		active bool
		want   string
	}{
		{StatusActive, true, ""},
		{StatusActive, false, "account_disabled"}, // FastAPI-Users knows no status, only is_active
		{StatusDisabled, true, "account_disabled"},
		{StatusLocked, true, "account_locked"},
		{StatusPending, true, "account_pending"},
		{StatusLocked, false, "account_disabled"},
		// Of another system, or of a later version: what is not known does not sign in.
		{"", true, "account_status_unknown"},
		{"ACTIVE", true, "account_status_unknown"},
		{"banned", true, "account_status_unknown"},
	} {
		u := User{Status: c.status, Active: c.active}
		if got := u.Refusal(); got != c.want {
			t.Errorf("%q, active %v: %q, want %q", c.status, c.active, got, c.want)
		}
	}
}

func TestOnlyTheRoleAdminAdministers(t *testing.T) {
	for role, admin := range map[string]bool{RoleAdmin: true, RoleUser: false, "": false, "Admin": false, "superuser": false} {
		u := User{Role: role}
		if u.IsAdmin() != admin || slices.Contains(u.Scopes(), "admin") != admin {
			t.Errorf("%q: administers %v, may %v", role, u.IsAdmin(), u.Scopes())
		}
	}
}
