package authclient

import "time"

// User is an account.
type User struct {
	ID         string    `json:"id"`
	Email      string    `json:"email"`
	Name       string    `json:"name"`
	Role       string    `json:"role"`
	Status     string    `json:"status"`
	IsActive   bool      `json:"is_active"`
	IsVerified bool      `json:"is_verified"`
	CreatedAt  time.Time `json:"created_at"`
	UpdatedAt  time.Time `json:"updated_at"`
}

// Session is one sign-in.
type Session struct {
	ID         string    `json:"id"`
	Device     string    `json:"device"`
	Kind       string    `json:"kind"`
	Method     string    `json:"method"`
	IP         string    `json:"ip"`
	CreatedAt  time.Time `json:"created_at"`
	LastSeenAt time.Time `json:"last_seen_at"`
	ExpiresAt  time.Time `json:"expires_at"`
	Current    bool      `json:"current"`
}

// Status says who a credential belongs to.
type Status struct {
	Authenticated bool     `json:"authenticated"`
	User          User     `json:"user"`
	Session       Session  `json:"session"`
	Scopes        []string `json:"scopes"`
}

// Tokens are what a program holds of its session. Keep them as a password is kept.
type Tokens struct {
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token"`
	SessionID    string `json:"session_id"`
	// Expires is when the access token does, by the clock of this machine.
	Expires time.Time `json:"expires"`
}

// String keeps tokens out of logs.
func (Tokens) String() string { return "(tokens)" }

// GoString keeps them out of logs, too.
func (Tokens) GoString() string { return "(tokens)" }

// granted is the answer of a login or a refresh.
type granted struct {
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token"`
	SessionID    string `json:"session_id"`
	ExpiresIn    int64  `json:"expires_in"`
	User         *User  `json:"user"`

	Requires2FA        bool     `json:"requires_2fa"`
	EnrollmentRequired bool     `json:"enrollment_required"`
	ChallengeToken     string   `json:"challenge_token"`
	Methods            []string `json:"methods"`
}

func (g *granted) tokens(asked time.Time) Tokens {
	return Tokens{g.AccessToken, g.RefreshToken, g.SessionID, asked.Add(time.Duration(g.ExpiresIn) * time.Second)}
}
