package upkeep

import "time"

// Logins counts how sign-ins ended.
type Logins struct {
	Succeeded, Failed int64
	// Guesses are failures that say nothing of how people fare: at addresses
	// that nobody has, and what a limit refused.
	Guesses int64
}

// Honest is how many attempts were no guesses.
func (l Logins) Honest() int64 { return l.Succeeded + l.Failed - l.Guesses }

// Rate is the part of the honest attempts that succeeded; false where there was
// none.
func (l Logins) Rate() (float64, bool) {
	if l.Honest() <= 0 {
		return 0, false
	}
	return float64(l.Succeeded) / float64(l.Honest()), true
}

// Place is a network address that an administrator signed in from.
type Place struct {
	User, Address, IP string
	First, Last       time.Time
}

// Besieged is an account that many sign-ins were refused for.
type Besieged struct {
	Address  string
	Refused  int64
	Networks int64
}

// Holder is an account with something that is alive.
type Holder struct {
	Address, Status  string
	Sessions, Tokens int64
	Last             time.Time
}

// HashForm is how many accounts have a password hash of one form: its first
// part, such as "$2b$12$", without anything of the password.
type HashForm struct {
	Form  string
	Count int64
}

// Figures are what was measured.
type Figures struct {
	LoginP95, ResponseP95 time.Duration
	// PoolUse is the part of the busiest pool that was in use in its busiest hour.
	PoolUse float64
	Logins  Logins
	// Measured says whether anything was kept of that time.
	Measured bool
}

// Backups are those that were made.
type Backups struct {
	// Scheduled says whether the server makes them by itself, Needed whether
	// anything would be lost without any.
	Scheduled, Needed bool
	Every             time.Duration
	// Last is the newest; zero before the first.
	Last  time.Time
	Name  string
	Bytes int64
	// Trouble is why the last try failed; "" when it did not.
	Trouble string
}

// Rehearsal is a backup that was restored and used.
type Rehearsal struct {
	Backup, Restore, SignIn time.Duration
	Accounts, Bytes         int64
	// Trouble is what went wrong; "" when nothing did.
	Trouble string
}

// Chain is what a walk along the audit found.
type Chain struct {
	Rows  int64
	Whole bool
	// Said names the first row that is wrong, or how far it was walked.
	Said string
}
