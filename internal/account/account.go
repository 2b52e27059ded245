// Package account says who people are: their address, role, status and
// whether they may sign in.
package account

import "time"

// ID names an account for ever. It is text because an adopted users table
// keeps its own kind of id: a number in ours, perhaps a UUID in another.
type ID string

// Roles. Nothing else is stored.
const (
	RoleUser  = "user"
	RoleAdmin = "admin"
)

// Statuses. Only StatusActive signs in.
const (
	StatusActive   = "active"
	StatusPending  = "pending"  // invited or registered, has not set or proven anything yet
	StatusDisabled = "disabled" // shut by an administrator
	StatusLocked   = "locked"   // shut by an administrator or an incident, to be unlocked
)

// User is one account as the rest of the program sees it.
type User struct {
	ID    ID
	Email string
	Name  string
	// Hash is the stored password hash; empty when none was ever set.
	Hash      string
	Role      string
	Status    string
	Active    bool
	Verified  bool
	CreatedAt time.Time
	UpdatedAt time.Time
	// TokensAfter ends old-form tokens: one made at or before it is refused.
	TokensAfter time.Time
	// SecondFactor says that a confirmed second factor is demanded at login.
	SecondFactor bool
	// ShortPassword says that the password is one that policy allows beside a
	// second factor only.
	ShortPassword bool
	// LockedBy says who locked the account; see LockedByOwner.
	LockedBy string
	// Lang is the language that the person chose, "" for none.
	Lang string
}

// LockedByOwner marks an account that its owner locked by "this was not me":
// a new password, set by a link in the owner's mail, opens it again.
const LockedByOwner = "owner"

// Refusal gives the private reason why this account may not sign in now, or
// "" if it may.
func (u *User) Refusal() string {
	switch {
	case u.Status == StatusDisabled, !u.Active:
		return "account_disabled"
	case u.Status == StatusLocked:
		return "account_locked"
	case u.Status == StatusPending:
		return "account_pending"
	case u.Status != StatusActive:
		return "account_status_unknown"
	}
	return ""
}

// IsAdmin says whether the account administers this server.
func (u *User) IsAdmin() bool { return u.Role == RoleAdmin }

// Scopes are what the account's tokens may do. The list is everybody's: it is
// to be read, and a copy to be changed.
func (u *User) Scopes() []string {
	if u.IsAdmin() {
		return ofAdmins
	}
	return ofUsers
}

var (
	ofUsers  = []string{"read", "write"}
	ofAdmins = []string{"read", "write", "admin"}
)
