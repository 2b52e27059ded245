package login

import (
	"context"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
	"github.com/aiwfe/aiwfe-auth/internal/session"
)

// Store is what login needs kept. Every method that changes something is one
// transaction, and its audit rows stand or fall with it.
type Store interface {
	FactorStore

	// UserByEmail finds by canonical address; false when there is none.
	UserByEmail(ctx context.Context, email string) (account.User, bool, error)
	UserByID(ctx context.Context, id account.ID) (account.User, bool, error)
	// ListUsers returns up to q.Limit accounts in order of their id.
	ListUsers(ctx context.Context, q UserQuery) ([]account.User, error)
	// KnownDevice says whether this device record exists.
	KnownDevice(ctx context.Context, device string) (bool, error)

	// Record writes rows of decisions that change nothing else.
	Record(ctx context.Context, rows ...audit.Row) error
	// Begin starts a session; see Begin.
	Begin(ctx context.Context, b Begin) (Begun, error)
	// Rotate takes a refresh token and puts its child in its place.
	Rotate(ctx context.Context, r Rotation) (Rotated, error)
	// Adopt makes the session that stands for a token of the old form, once.
	Adopt(ctx context.Context, s session.Session, row audit.Row) error

	// EndSession ends one session of a user; false when there was none alive.
	EndSession(ctx context.Context, user account.ID, id, reason string, row audit.Row) (bool, error)
	// EndSessions ends all sessions of a user but one, and old-form tokens made
	// until now; it returns how many ended.
	EndSessions(ctx context.Context, user account.ID, except, reason string, row audit.Row) (int, error)
	ListSessions(ctx context.Context, user account.ID, now time.Time, idle time.Duration) ([]session.Session, error)

	// CreateUser makes an account; false when the address is taken.
	CreateUser(ctx context.Context, n NewUser) (account.User, bool, error)
	// ChangeUser changes an account; see Change.
	ChangeUser(ctx context.Context, c Change) (Changed, error)
	// DeleteUser removes an account and all that hangs on it.
	DeleteUser(ctx context.Context, id account.ID, row audit.Row, letters ...mail.Letter) (Changed, error)

	// PutLink keeps a one-time link; older ones of the same kind and user die.
	PutLink(ctx context.Context, l Link, rows ...audit.Row) error
	// FindLink looks at a live link without taking it.
	FindLink(ctx context.Context, hash []byte, kind string, now time.Time) (Link, bool, error)
	// LinkOpened notes that a link was opened for the first time; false when it
	// was before. The row is written only then.
	LinkOpened(ctx context.Context, hash []byte, row audit.Row) (bool, error)
	// NewestLink is the newest live link of that kind of an account.
	NewestLink(ctx context.Context, user account.ID, kind string, now time.Time) (Link, bool, error)
	// Post keeps letters that go with no other change.
	Post(ctx context.Context, letters []mail.Letter, links []Link, rows ...audit.Row) error
	// AuditRows reads the audit, newest first.
	AuditRows(ctx context.Context, q audit.Query) ([]audit.Row, error)
	// PutToken keeps a personal access token; false when there are most already.
	PutToken(ctx context.Context, s session.Session, most int, letters []mail.Letter, links []Link, row audit.Row) (bool, error)
	ListTokens(ctx context.Context, user account.ID, now time.Time) ([]session.Session, error)
	// AdminEver says whether an administrator has ever existed here.
	AdminEver(ctx context.Context) (bool, error)
}

// Begin is all that starts a session, in one transaction.
type Begin struct {
	Now time.Time
	// ProvenHash is the stored hash that the password was proven against: when
	// the row no longer holds it, or may no longer sign in, nothing begins.
	ProvenHash string
	// NewHash replaces it where an older kind is upgraded; "" keeps it.
	NewHash string
	Session session.Session
	// RefreshHash is kept for sessions that live in tokens; nil for browsers.
	RefreshHash []byte
	// Replaces is a session of the same browser that ends with this one.
	Replaces string
	// Limit is how many sessions the user may have alive; Evict says whether
	// the oldest goes or the new one is refused.
	Limit int
	Evict bool
	Idle  time.Duration
	// Factor is whether the account had a second factor when it was proven: one
	// added meanwhile is not passed by.
	Factor bool
	// Proof is what the second factor cost; nil where none was owed.
	Proof *Proof
	// TrustUntil, when set, trusts the device until then.
	TrustUntil time.Time
	// Cleared are the attempt buckets that a success empties.
	Cleared [][]byte
	Rows    []audit.Row
	// NewDevice is sent when the account was used before and never from here.
	NewDevice *Alarm
	// Letters are sent in any case, Links those in them.
	Letters []mail.Letter
	Links   []Link
	// EvictedRow is written once for each session evicted.
	EvictedRow audit.Row
}

// Begun is how it went.
type Begun struct {
	// Spent names what the proof failed on.
	Spent string
	// Stale is set when the account changed while the password was checked.
	Stale bool
	// Full is set when the limit was reached and nothing may be evicted.
	Full bool
	// NewDevice is set when the device record was made now.
	NewDevice bool
}

// Rotation asks for the child of a refresh token.
type Rotation struct {
	Now   time.Time
	Hash  []byte
	Child []byte
	// UsedBy is the hash of the device that asks.
	UsedBy []byte
	Grace  time.Duration
	Idle   time.Duration
	Client audit.Client
}

// Rotated is how it went; exactly one of the fields is set, or Session.
type Rotated struct {
	// Session is the live session that the child belongs to.
	Session *session.Session
	// Unknown: no such token was ever given out (or it was swept away).
	Unknown bool
	// Reused: it had been used before, so the whole session was ended.
	Reused bool
	// Raced, of a reuse by the very device that had used it, is how long ago that
	// was: a moment is no thief's doing.
	Raced time.Duration
	// Owner is whom the reuse concerns, set for the one that ended the session.
	Owner *account.User
	// Ended is the private reason why the session no longer counts.
	Ended string
}

// UserQuery selects accounts.
type UserQuery struct {
	// Search is part of an address or a name, in any case.
	Search string
	Role   string
	Status string
	// After continues a listing: accounts with a greater id.
	After account.ID
	Limit int
}

// NewUser is an account to be made.
type NewUser struct {
	Now time.Time
	// Created is since when there is the person, where that is not now.
	Created  time.Time
	Email    string
	Name     string
	Hash     string
	Role     string
	Status   string
	Verified bool
	// Link, when set, is kept for the new account (an invitation).
	Link *Link
	// Short and Lang are as in Change; Letters are sent.
	Short   bool
	Lang    string
	Letters []mail.Letter
	// Taken, when set, is the one-time link that pays for it: not alive, no account.
	Taken *Link
	// FirstAdmin refuses when an administrator has ever existed.
	FirstAdmin bool
	// Row's User is filled in by the store.
	Row audit.Row
}

// Change changes an account; nil leaves a field as it is.
type Change struct {
	ID  account.ID
	Now time.Time
	// IfHash, when set, must still be the stored hash.
	IfHash *string
	// IfStatus, when set, must still be the status.
	IfStatus *string

	Email    *string
	Name     *string
	Hash     *string
	Role     *string
	Status   *string
	Active   *bool
	Verified *bool
	// Short says that the new password is one that only goes with a second factor.
	Short    *bool
	LockedBy *string
	Lang     *string

	// EndSessions ends the sessions of the account but Except, with Reason.
	EndSessions bool
	Except      string
	Reason      string
	// EndTokens ends personal access tokens too.
	EndTokens bool
	// DoubtSince, when set, takes from passkeys added since then that they sign
	// in by themselves.
	DoubtSince time.Time
	// Taken is a one-time link of this account that pays for the change.
	Taken *Link
	// Link, when set, is kept for the account (a reset).
	Link *Link
	// Cleared are attempt buckets to empty.
	Cleared [][]byte
	Rows    []audit.Row
	// Links are kept beside each other, Letters sent.
	Links   []Link
	Letters []mail.Letter
}

// Changed is how a change went.
type Changed struct {
	User account.User
	// Missing: there is no such account. Stale: IfHash or IfStatus no longer holds.
	// LastAdmin: it would have left no administrator. LinkDead: Taken was not
	// alive. Conflict: the address is taken.
	Missing, Stale, LastAdmin, LinkDead, Conflict bool
}

// Kinds of link.
const (
	LinkSetup  = "setup"
	LinkInvite = "invite"
	LinkReset  = "reset"
	// LinkVerify proves the address of a registration, LinkEmail a new address.
	LinkVerify = "verify"
	LinkEmail  = "email"
	// LinkUnlock empties the attempt buckets; LinkAlarm is "this was not me".
	LinkUnlock = "unlock"
	LinkAlarm  = "alarm"
)

// Alarm is a letter with the link by which its reader says "this was not me".
type Alarm struct {
	Letter mail.Letter
	Link   Link
}

// Link is a one-time permission, kept as the hash of its token.
type Link struct {
	Hash      []byte
	Kind      string
	User      account.ID
	CreatedAt time.Time
	ExpiresAt time.Time
	// Browser is the hash of the browser id that asked for it, nil for none.
	Browser []byte
	// Address is the new address that a LinkEmail proves, and the one that the
	// letter of a LinkAlarm went to.
	Address string
}
