package api

import "time"

// UserList is a page of accounts.
type UserList struct {
	Items      []User  `json:"items"`
	NextCursor *string `json:"next_cursor" doc:"Give it as cursor for the next page; null on the last."`
}

// Invitee is an account to be made. Its owner sets the password.
type Invitee struct {
	Email string `json:"email"`
	Name  string `json:"name,omitzero"`
	Role  string `json:"role,omitzero" enum:"user,admin" doc:"user, if left out."`
}

// Validate gives the faults of the fields.
func (r *Invitee) Validate() []FieldError { return required(field{"/email", r.Email}) }

// Invited is a new account and the link that its owner opens.
type Invited struct {
	User User   `json:"user"`
	Link string `json:"link" doc:"One-time, 7 days. Shown once: hand it to the person."`
}

// UserChange is what an administrator changes of an account.
type UserChange struct {
	Name       *string `json:"name,omitzero"`
	Role       *string `json:"role,omitzero" enum:"user,admin"`
	Status     *string `json:"status,omitzero" enum:"active,disabled,locked"`
	IsVerified *bool   `json:"is_verified,omitzero"`
}

// OneTimeLink is a link to hand to a person.
type OneTimeLink struct {
	Link string `json:"link" doc:"One-time. Shown once: hand it to the person."`
}

// AuditRow is one decision.
type AuditRow struct {
	ID        int64     `json:"id"`
	At        time.Time `json:"at"`
	Event     string    `json:"event"`
	Outcome   string    `json:"outcome" enum:"success,refused"`
	Code      string    `json:"code,omitzero" doc:"What the client was told."`
	Reason    string    `json:"reason,omitzero" doc:"The private why."`
	ActorID   string    `json:"actor_id,omitzero" doc:"Who decided, if not the user concerned."`
	UserID    string    `json:"user_id,omitzero"`
	Address   string    `json:"address,omitzero"`
	SessionID string    `json:"session_id,omitzero"`
	DeviceID  string    `json:"device_id,omitzero"`
	IP        string    `json:"ip,omitzero"`
	UserAgent string    `json:"user_agent,omitzero"`
	RequestID string    `json:"request_id,omitzero"`
	Detail    string    `json:"detail,omitzero"`
	Count     int64     `json:"count"`
	Seq       int64     `json:"seq,omitzero" doc:"The row's place in the chain, which it is given about a second after it was written."`
	Hash      string    `json:"hash,omitzero" doc:"The hash of the row and of all before it."`
}

// AuditCheckpoint is a signed statement of how far the chain of the audit had
// come: with it and the public key anybody can tell later whether rows before it
// were changed.
type AuditCheckpoint struct {
	Seq       int64  `json:"seq"`
	Statement string `json:"statement"`
	Key       int    `json:"key"`
	Signature string `json:"signature" doc:"Ed25519 over the statement, in base64."`
}

// AuditList is a page of the audit, newest first.
type AuditList struct {
	Items      []AuditRow `json:"items"`
	NextCursor *string    `json:"next_cursor"`
}
