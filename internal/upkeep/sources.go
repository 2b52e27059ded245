package upkeep

import (
	"context"
	"crypto/x509"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
)

// Sources are what chores look at. What is nil is not there, and a chore that
// needs it says so.
type Sources struct {
	// Now is the moment that everything is judged by.
	Now time.Time
	// Subject is the address of the installation, Version the program's, By who asks.
	Subject, Version, By string
	Settings             Settings
	// Store reads the database; nil when it cannot be reached, for the reason in Away.
	Store Store
	Away  error
	// Diagnose makes the doctor's checks from inside.
	Diagnose func(ctx context.Context) (api.Diagnosis, error)
	// Certificates shows what ends, and where.
	Certificates func(ctx context.Context) []Certificate
	// Pools are the connections to the database.
	Pools func(ctx context.Context) ([]Pool, error)
	// Disks are the file systems that the installation writes to.
	Disks func() []Disk
	// Keys are those in use, and since when.
	Keys func(ctx context.Context) ([]Key, error)
	// Build is what the program is made of.
	Build Build
	// Figures sums up what was measured between two moments.
	Figures func(ctx context.Context, from, to time.Time) (Figures, error)
	// Backups are those that were made; Rehearse restores one and signs somebody in.
	Backups  func(ctx context.Context) (Backups, error)
	Rehearse func(ctx context.Context) (Rehearsal, error)
	// Chain verifies the audit.
	Chain func(ctx context.Context) (Chain, error)
	// Last is the last report of the same kind, nil before the first.
	Last *api.MaintenanceReport
	// Begun is told of each chore before it is done; may be nil.
	Begun func(title string)
}

// Settings are what of the configuration is judged here.
type Settings struct {
	// RotateAfter is how old a key may grow, BuildAfter how old the program.
	RotateAfter, BuildAfter time.Duration
	// PasswordHash is how new passwords are hashed, Upgrades whether an older
	// hash is replaced at the next sign-in.
	PasswordHash string
	Upgrades     bool
	// LegacyUntil is the last moment of tokens of the old form; zero refuses them.
	LegacyUntil time.Time
	// Wide are settings that let in more than they need to, in sentences.
	Wide []Wide
	// All is the whole configuration, without its secrets.
	All []api.MaintenanceSetting
}

// Wide is a setting that lets in more than it needs to.
type Wide struct{ Setting, Value, Why string }

// Store is what the chores ask of the database. It gives facts and judges none.
type Store interface {
	AuditRows(ctx context.Context, q audit.Query) ([]audit.Row, error)
	// Logins counts sign-ins within [from, to).
	Logins(ctx context.Context, from, to time.Time) (Logins, error)
	// AdminPlaces tells from which network addresses administrators signed in.
	AdminPlaces(ctx context.Context) ([]Place, error)
	// Besieged lists accounts with that many refused sign-ins since then.
	Besieged(ctx context.Context, since time.Time, least int64) ([]Besieged, error)
	// ShutButAlive lists accounts that are shut and have sessions or tokens that run.
	ShutButAlive(ctx context.Context, now time.Time) ([]Holder, error)
	LettersGivenUp(ctx context.Context, since time.Time) (int, error)
	// Names gives the addresses of accounts by their ids.
	Names(ctx context.Context, ids []string) (map[string]string, error)
	Sizes(ctx context.Context) (api.MaintenanceSizes, error)
	// Unused counts accounts that nobody has used since then, and names a few.
	Unused(ctx context.Context, since time.Time) (n int64, some []string, err error)
	Orphans(ctx context.Context) ([]string, error)
	// Overdue counts sessions that ended before then and are still there.
	Overdue(ctx context.Context, before time.Time) (int64, error)
	// BareAdmins lists active administrators without a second factor or passkey.
	BareAdmins(ctx context.Context) ([]string, error)
	// Hashes counts accounts by the form of their password hash.
	Hashes(ctx context.Context) ([]HashForm, error)
	// Unconfirmed counts accounts made before then whose address nobody proved.
	Unconfirmed(ctx context.Context, before time.Time) (int64, error)
	// StaleInvitations lists accounts that wait for somebody whose link has ended.
	StaleInvitations(ctx context.Context, now time.Time) (n int64, some []string, err error)
	// OldTokens lists accounts that still use tokens of the old form.
	OldTokens(ctx context.Context, now time.Time) ([]Holder, error)
}

// Certificate is one that ends some day.
type Certificate struct {
	// What it is, such as "TLS_CERT_FILE"; Renew is how it is made anew.
	What, Renew string
	// Leaf is nil where Err tells why it could not be seen.
	Leaf *x509.Certificate
	Err  error
}

// Pool is a pool of connections.
type Pool struct {
	Name        string
	Used, Most  int
	Waits       int64
	WaitedInAll time.Duration
	// Setting bounds it.
	Setting string
}

// Disk is a file system.
type Disk struct {
	Path       string
	Size, Free uint64
	// Database says that the database grows on it.
	Database bool
	Err      error
}

// Key is one in use.
type Key struct {
	// Name is its setting, Print its fingerprint.
	Name, Print string
	// Since is when it was first seen; zero where nobody knows.
	Since time.Time
	// Previous says that it only verifies what was made before, Unused that
	// nothing of its time can be left.
	Previous, Unused bool
	// Rotate is the command for it.
	Rotate string
}

// Build is what the program is made of.
type Build struct {
	At      time.Time
	Version string
	Go      string
	Modules []api.MaintenanceModule
}
