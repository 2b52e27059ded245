package login

import (
	"context"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
)

// Kinds of second factor.
const (
	FactorTOTP     = "totp"
	FactorWebAuthn = "webauthn"
)

// Factor is a second factor as it is kept.
type Factor struct {
	ID   string
	User account.ID
	Kind string
	// Name is what its owner calls it.
	Name string
	// Pending is set until a code or an assertion confirmed it; it does not
	// count before.
	Pending bool
	// Data is the sealed seed of a TOTP factor, or the record of a passkey.
	Data []byte
	// Credential is the id of a passkey, Handle the user handle it was made for;
	// of a TOTP factor it names the session or the login that set it up.
	Credential, Handle []byte
	// Model names the maker of a passkey; Synced says that it may be on more
	// devices than one.
	Model  string
	Synced bool
	// SecondOnly says that a passkey signs nobody in by itself: its owner reported
	// what happened at the time when it was added.
	SecondOnly bool
	// Counter is the last TOTP step taken, or a passkey's signature counter.
	Counter   int64
	CreatedAt time.Time
	UsedAt    time.Time
}

// Kinds of challenge.
const (
	// ChallengeLogin is a login whose second factor is still owed.
	ChallengeLogin = "login"
	// ChallengeEnroll is a login that goes on once a factor is set up.
	ChallengeEnroll = "enroll"
	// ChallengeCeremony is a WebAuthn ceremony (its hash is of the challenge sent).
	ChallengeCeremony = "ceremony"
)

// PendingChallenge is a challenge as it is kept, by the hash of its token.
type PendingChallenge struct {
	Hash []byte
	Kind string
	// User is empty for a ceremony that may be anybody's.
	User account.ID
	// Parent is what a ceremony belongs to: a hash of the pending login or of
	// the session that asked for it.
	Parent []byte
	// State is JSON that only its maker reads.
	State     string
	CreatedAt time.Time
	ExpiresAt time.Time
}

// Proof is what one proof of a second factor costs. The store takes all of it
// or nothing, in the transaction that it pays for: of thirty requests at the
// same instant one succeeds.
type Proof struct {
	// Challenges are taken, each once.
	Challenges [][]byte
	// Factor is the one that was used: a TOTP factor with the step that must be
	// above all steps taken, or a passkey with its record to keep anew.
	Factor string
	Step   int64
	Data   []byte
	Sign   int64
	// Code is the hash of a backup code.
	Code []byte
}

// What a proof may fail on when it is taken; "" is taken.
const (
	SpentChallenge = "challenge_spent"
	SpentStep      = "totp_step_spent"
	SpentCode      = "backup_code_spent"
)

// Enrollment confirms a second factor or adds one.
type Enrollment struct {
	Now  time.Time
	User account.ID
	// Factor is added; or, with Pending set in the store already, confirmed.
	Factor  Factor
	Confirm bool
	Proof   Proof
	// Most is how many an account may have.
	Most int
	// Session is the one that stays proven; proofs of the others were given
	// without this factor and count no longer. It must still be alive.
	Session string
	// First, where a login waits for the factor, is the password hash that was
	// proven: it must still be the account's, and there must be no factor yet.
	First   string
	Row     audit.Row
	Letters []mail.Letter
	Links   []Link
}

// Enrolled is how it went; the zero value is well.
type Enrolled struct {
	// Spent names what the proof failed on.
	Spent string
	// Missing: nothing was pending. Doubled: the passkey is registered already.
	// Full: the account has as many as are allowed. Stale: Session ended, or
	// First no longer holds.
	Missing, Doubled, Full, Stale bool
	// Left is how many unused backup codes the account has.
	Left int
}

// Removal takes a second factor away, or all of them.
type Removal struct {
	Now  time.Time
	User account.ID
	// ID is the factor; All takes every one and the backup codes.
	ID  string
	All bool
	// KeepOne refuses to take the last one.
	KeepOne bool
	Row     audit.Row
	Letters []mail.Letter
	Links   []Link
	// EndSessions ends the account's sessions too, with Reason.
	EndSessions bool
	Reason      string
}

// Removed is how it went.
type Removed struct {
	Missing, Last bool
	Factor        Factor
}

// Codes replaces all backup codes of an account.
type Codes struct {
	Now     time.Time
	User    account.ID
	Salt    []byte
	Hashes  [][]byte
	Row     audit.Row
	Letters []mail.Letter
	Links   []Link
}

// Reproof notes a fresh full proof of a session (step-up).
type Reproof struct {
	Now        time.Time
	User       account.ID
	Session    string
	ProvenHash string
	Proof      Proof
	// Method is what was proven now, such as password+totp: the time and the
	// strength of a session's proof are of the same one. Empty leaves it.
	Method string
	// SecretHash, when set, replaces that of the cookie: the old value is dead
	// (ASVS 7.2.4).
	SecretHash []byte
	Cleared    [][]byte
	Row        audit.Row
	Letters    []mail.Letter
	Links      []Link
}

// TrustedDevice is a browser that is not asked for the second factor.
type TrustedDevice struct {
	ID, Name, Kind, IP string
	Since, SeenAt      time.Time
	Until              time.Time
}

// FactorStore is what second factors need kept.
type FactorStore interface {
	// Factors lists an account's factors, pending ones too, oldest first.
	Factors(ctx context.Context, user account.ID) ([]Factor, error)
	// FactorByCredential finds a passkey by its credential id, whoever's it is.
	FactorByCredential(ctx context.Context, credential []byte) (Factor, bool, error)
	// PutFactor keeps a pending factor; an older pending one of its kind goes.
	PutFactor(ctx context.Context, f Factor) error
	Enroll(ctx context.Context, e Enrollment) (Enrolled, error)
	RenameFactor(ctx context.Context, user account.ID, id, name string, row audit.Row) (bool, error)
	RemoveFactor(ctx context.Context, r Removal) (Removed, error)

	PutCodes(ctx context.Context, c Codes) error
	// CodesLeft counts the unused backup codes and gives their common salt.
	CodesLeft(ctx context.Context, user account.ID) (left int, salt []byte, err error)

	PutChallenge(ctx context.Context, c PendingChallenge) error
	// FindChallenge looks at a live challenge without taking it.
	FindChallenge(ctx context.Context, hash []byte, now time.Time) (PendingChallenge, bool, error)

	// Trusted says whether the account trusts this device now.
	Trusted(ctx context.Context, user account.ID, device string, now time.Time) (bool, error)
	TrustedDevices(ctx context.Context, user account.ID, now time.Time) ([]TrustedDevice, error)
	// EndTrust ends the trust in one device, or in all ("").
	EndTrust(ctx context.Context, user account.ID, device string, row audit.Row) (int, error)

	// Reprove notes a full proof; see Reproof. Spent names what it failed on,
	// stale that the account or the session changed meanwhile.
	Reprove(ctx context.Context, r Reproof) (spent string, stale bool, err error)
}
