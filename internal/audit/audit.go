// Package audit records who did what, from where, and how it ended. A row is
// written in the same transaction as the decision it tells of: no row, no
// action.
package audit

import (
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
)

// Event names what was decided. The list is closed; docs/reference/audit.md
// explains each, which a test checks.
type Event string

// The events.
const (
	EventLogin            Event = "login"
	EventLogout           Event = "logout"
	EventRefresh          Event = "refresh"
	EventRefreshReuse     Event = "refresh_reuse"
	EventSessionEnded     Event = "session_ended"
	EventSessionsEnded    Event = "sessions_ended"
	EventLegacySession    Event = "legacy_session"
	EventPasswordChanged  Event = "password_changed"
	EventPasswordSet      Event = "password_set"
	EventPasswordUpgraded Event = "password_upgraded"
	EventResetIssued      Event = "reset_issued"
	EventUserCreated      Event = "user_created"
	EventUserUpdated      Event = "user_updated"
	EventUserDeleted      Event = "user_deleted"
	EventUserUnlocked     Event = "user_unlocked"
	EventProfileUpdated   Event = "profile_updated"
	EventInvited          Event = "invited"
	EventRegistered       Event = "registered"
	EventSetupCompleted   Event = "setup_completed"
	EventSetupIssued      Event = "setup_issued"
	EventRequestRefused   Event = "request_refused"
	EventSessionLimit     Event = "session_limit"
	EventDeviceMismatch   Event = "device_mismatch"

	EventFactorOwed      Event = "second_factor_owed"
	EventFactorAnswered  Event = "second_factor"
	EventReauth          Event = "reauth"
	EventFactorSetup     Event = "factor_setup"
	EventFactorAdded     Event = "factor_added"
	EventFactorRenamed   Event = "factor_renamed"
	EventFactorRemoved   Event = "factor_removed"
	EventFactorsReset    Event = "factors_reset"
	EventCounterWentBack Event = "passkey_counter_went_back"
	EventCodesMade       Event = "backup_codes_made"
	EventTrustEnded      Event = "trust_ended"
	EventTokenMade       Event = "token_made"
	EventTokenEnded      Event = "token_ended"
	EventMailAsked       Event = "mail_asked"
	EventLinkOpened      Event = "link_opened"
	EventVerified        Event = "address_verified"
	EventEmailAsked      Event = "address_change_asked"
	EventEmailChanged    Event = "address_changed"
	EventReported        Event = "reported"
	EventSelfUnlocked    Event = "self_unlocked"
	EventExported        Event = "data_exported"

	EventAlertSilenced   Event = "alert_silenced"
	EventAlertUnsilenced Event = "alert_unsilenced"
	EventAlertTested     Event = "alert_tested"
	EventBackedUp        Event = "backup_made"
	EventRestored        Event = "backup_restored"
	EventAuditRestarted  Event = "audit_restarted"
	EventKeyRotated      Event = "key_rotated"
	EventKeyRetired      Event = "key_retired"
	EventKeyCompromised  Event = "key_compromised"
	EventUserImported    Event = "user_imported"
)

// Events lists them all.
var Events = []Event{
	EventLogin, EventLogout, EventRefresh, EventRefreshReuse, EventSessionEnded,
	EventSessionsEnded, EventLegacySession, EventPasswordChanged, EventPasswordSet,
	EventPasswordUpgraded, EventResetIssued, EventUserCreated, EventUserUpdated,
	EventUserDeleted, EventUserUnlocked, EventProfileUpdated, EventInvited,
	EventRegistered, EventSetupCompleted, EventSetupIssued, EventRequestRefused,
	EventSessionLimit, EventDeviceMismatch, EventFactorOwed, EventFactorAnswered, EventReauth,
	EventFactorSetup, EventFactorAdded, EventFactorRenamed, EventFactorRemoved, EventFactorsReset,
	EventCounterWentBack, EventCodesMade, EventTrustEnded, EventTokenMade, EventTokenEnded,
	EventMailAsked, EventLinkOpened, EventVerified, EventEmailAsked, EventEmailChanged,
	EventReported, EventSelfUnlocked, EventExported,
	EventAlertSilenced, EventAlertUnsilenced, EventAlertTested,
	EventBackedUp, EventRestored, EventAuditRestarted,
	EventKeyRotated, EventKeyRetired, EventKeyCompromised,
	EventUserImported,
}

// Outcomes.
const (
	Success = "success"
	Refused = "refused"
)

// Client is who asked, as far as the network tells.
type Client struct {
	// IP is the client's address behind trusted proxies, or "local" for the
	// command line on the host.
	IP string
	// UserAgent is the header as sent, cut to 256 bytes.
	UserAgent string
	// RequestID is the X-Request-ID of the answer.
	RequestID string
}

// Row is one decision.
type Row struct {
	// ID grows with time; zero until stored.
	ID int64
	// At is when, in UTC, to the millisecond.
	At      time.Time
	Event   Event
	Outcome string
	// Code is what the client was told; Reason is the private why.
	Code   api.Code
	Reason string
	// Actor is who decided, when it is not the user concerned: an
	// administrator's id, or "host" for the command line.
	Actor account.ID
	// User is whom it concerns; empty when the address is unknown.
	User account.ID
	// Address is the canonical address as sent, where one was sent.
	Address string
	Session string
	Device  string
	Client  Client
	// Detail is a short text, such as "role user -> admin". Never a secret.
	Detail string
	// Count is how many equal refusals this row stands for.
	Count int64
	// Seq is the row's place in the chain, and Sum its hash there in hexadecimal;
	// both are empty for about a second, and for a row that refusals are still
	// added to.
	Seq int64
	Sum string
}

// Who is somebody as rows may know them: by the account, or by an address that
// was sent, which is all that a refused sign-in has of a stranger.
type Who struct {
	User    account.ID
	Address string
}

// Query selects rows, newest first unless OldestFirst is set.
type Query struct {
	Event   Event
	User    account.ID
	Address string
	// Who selects rows that fit either half of it; the zero value selects all.
	Who       Who
	IP        string
	RequestID string
	Outcome   string
	Since     time.Time
	Until     time.Time
	// Before continues a listing: rows with a smaller ID. After continues one
	// that has the oldest first: rows with a greater ID.
	Before, After int64
	OldestFirst   bool
	// Limit is the number of rows at most.
	Limit int
}

// Succeeded starts a row for something that was done.
func Succeeded(e Event, c Client) Row {
	return Row{Event: e, Outcome: Success, Client: c, Count: 1}
}

// RefusedBy starts a row for something that was refused by a fault.
func RefusedBy(e Event, c Client, f *fault.Error) Row {
	return Row{Event: e, Outcome: Refused, Code: f.Code, Reason: f.Reason, Client: c, Count: 1}
}
