// Package session starts, checks, extends, lists and revokes sessions. A
// session is bound to a device record and ends by idleness, by age, by a
// person's act, or with its account.
package session

import (
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/account"
)

// Kinds of session.
const (
	KindBrowser = "browser" // lives in a cookie
	KindToken   = "token"   // lives in access and refresh tokens
	KindLegacy  = "legacy"  // stands for one token of the old form
	// KindPersonal is a personal access token: it has a name, scopes and an end.
	KindPersonal = "personal"
)

// Reasons why a session ended.
const (
	EndedLogout       = "logout"
	EndedByUser       = "ended_by_user"
	EndedByAdmin      = "ended_by_admin"
	EndedByHost       = "ended_by_host"
	EndedEvicted      = "evicted"
	EndedReplaced     = "replaced"
	EndedPassword     = "password_changed"
	EndedRefreshReuse = "refresh_reuse"
	EndedReported     = "reported"
	EndedKey          = "key_compromised"
)

// Session is one sign-in, with the account it belongs to as it was when read.
type Session struct {
	// ID is the public handle: in tokens, lists and the audit. It opens nothing.
	ID     string
	Kind   string
	Device string
	Method string
	// SecretHash is the hash of the cookie's value, BrowserHash that of the
	// browser id under which the session began.
	SecretHash  []byte
	BrowserHash []byte
	IP          string
	UserAgent   string
	CreatedAt   time.Time
	// AuthAt is the last full proof of who it is (ASVS 7.5.1); zero when only a
	// weaker one was given, such as a password on a trusted device.
	AuthAt    time.Time
	SeenAt    time.Time
	ExpiresAt time.Time
	// EndedAt is zero while it lives.
	EndedAt   time.Time
	EndReason string

	// Name and Scopes are those of a personal access token.
	Name   string
	Scopes []string

	// DeviceName and DeviceKind come from the device record.
	DeviceName string
	DeviceKind string

	User account.User
}

// Refusal gives the private reason why the session no longer counts at the
// given time, or "" while it lives.
func (s *Session) Refusal(now time.Time, idle time.Duration) string {
	switch {
	case !s.EndedAt.IsZero():
		return endedBy(s.EndReason)
	case !now.Before(s.ExpiresAt):
		return "absolute_end"
	case s.Kind != KindLegacy && s.Kind != KindPersonal && !now.Before(s.SeenAt.Add(idle)):
		return "idle_end"
	}
	return s.User.Refusal()
}

// TimeIsOver says of a reason that no act ended the session but the clock.
func TimeIsOver(reason string) bool { return reason == "absolute_end" || reason == "idle_end" }

// endedBy is the private reason of a session that was ended.
func endedBy(reason string) string {
	if strings.HasPrefix(reason, "ended_") || TimeIsOver(reason) {
		return reason
	}
	return "ended_" + reason
}

// Revocation tells a node to forget what it remembers.
type Revocation struct {
	ID int64
	// Kind is RevokedSession or RevokedUser with the session's or the user's id as
	// the name, RevokedAll, or RevokedKey, which is of no session by itself.
	Kind string
	Name string
}

// Kinds of revocation.
const (
	RevokedSession = "session"
	RevokedUser    = "user"
	RevokedAll     = "all"
	RevokedKey     = "key"
)
