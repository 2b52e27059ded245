package api

import "time"

// CSRFToken is the answer of GET /api/v1/auth/csrf-token.
type CSRFToken struct {
	CSRFToken string `json:"csrf_token" doc:"Send it in the X-CSRF-TOKEN header of unsafe requests. Always of one length."`
}

// LoginRequest signs in by address and password.
type LoginRequest struct {
	Email    string `json:"email" doc:"The address, in any case." maxLength:"1024"`
	Password string `json:"password" doc:"The password, exactly as set: never trimmed or cut." maxLength:"4096"`
}

// Validate gives the faults of the fields.
func (r *LoginRequest) Validate() []FieldError {
	return required(field{"/email", r.Email}, field{"/password", r.Password})
}

// Tokens is the answer of a login or a refresh.
type Tokens struct {
	AccessToken string `json:"access_token" doc:"JWT for the Authorization header."`
	TokenType   string `json:"token_type" doc:"Always bearer."`
	ExpiresIn   int64  `json:"expires_in" doc:"Seconds until the access token expires."`
	// RefreshToken is for clients that are no browser.
	RefreshToken string `json:"refresh_token,omitzero" doc:"Only for clients that are no browser: a browser's session lives in its cookie."`
	SessionID    string `json:"session_id" doc:"The handle of the session. It opens nothing."`
	User         *User  `json:"user,omitzero" doc:"Who signed in; at a login only."`
}

// RefreshRequest asks for the next access token by a refresh token. With the
// session cookie the body may be empty.
type RefreshRequest struct {
	RefreshToken string `json:"refresh_token" doc:"The refresh token; each is good once."`
}

// User is an account as the API shows it.
type User struct {
	ID          string    `json:"id"`
	Email       string    `json:"email"`
	Name        string    `json:"name"`
	Role        string    `json:"role" enum:"user,admin"`
	Status      string    `json:"status" enum:"active,pending,disabled,locked"`
	IsActive    bool      `json:"is_active"`
	IsVerified  bool      `json:"is_verified" doc:"Whether the address is proven."`
	IsSuperuser bool      `json:"is_superuser" doc:"Whether the role is admin, under FastAPI-Users' name."`
	CreatedAt   time.Time `json:"created_at"`
	UpdatedAt   time.Time `json:"updated_at"`
}

// Session is one sign-in.
type Session struct {
	ID         string    `json:"id" doc:"The handle to end it by."`
	Device     string    `json:"device" doc:"Such as Firefox on Windows."`
	Kind       string    `json:"kind" enum:"browser,token,legacy,personal" doc:"Whether it lives in a cookie, in tokens, stands for a token of the old form, or is a personal access token."`
	Method     string    `json:"method" doc:"How it began, such as password+totp or passkey."`
	IP         string    `json:"ip" doc:"The address it began from."`
	CreatedAt  time.Time `json:"created_at"`
	LastSeenAt time.Time `json:"last_seen_at"`
	ExpiresAt  time.Time `json:"expires_at" doc:"When it ends whatever its activity."`
	Current    bool      `json:"current" doc:"Whether it is the one that asks."`
}

// Status is the answer of GET /api/v1/auth/status.
type Status struct {
	Authenticated bool     `json:"authenticated"`
	User          User     `json:"user"`
	Session       Session  `json:"session"`
	Scopes        []string `json:"scopes"`
}

// SessionList is a list of sessions.
type SessionList struct {
	Items      []Session `json:"items"`
	NextCursor *string   `json:"next_cursor" doc:"Where the next page begins; null on the last."`
}

// Ended says how many sessions ended.
type Ended struct {
	Ended int `json:"ended"`
}

// ProfileChange changes the own profile. Address, role and password have paths
// of their own; naming them here is refused.
type ProfileChange struct {
	Name     *string `json:"name" doc:"The name to be shown." maxLength:"120"`
	Language *string `json:"language" doc:"Of pages and letters, as a tag such as de; empty follows the browser."`
	Email    Present `json:"email,omitzero" hidden:"true"`
	Role     Present `json:"role,omitzero" hidden:"true"`
	Password Present `json:"password,omitzero" hidden:"true"`
}

// Validate gives the faults of the fields.
func (r *ProfileChange) Validate() (bad []FieldError) {
	for _, f := range []struct {
		pointer string
		there   Present
		detail  string
	}{
		{"/email", r.Email, "The address cannot be changed here."},
		{"/role", r.Role, "A role is given by an administrator."},
		{"/password", r.Password, "Change the password with POST /api/v1/auth/password."},
	} {
		if f.there {
			bad = append(bad, FieldError{f.pointer, "not_changeable_here", f.detail})
		}
	}
	return bad
}

// Present notes that a key was sent, whatever its value.
type Present bool

// UnmarshalJSON accepts anything and keeps only that it was there.
func (p *Present) UnmarshalJSON([]byte) error { *p = true; return nil }

// PasswordChange sets a new password.
type PasswordChange struct {
	CurrentPassword string `json:"current_password" doc:"The current password."`
	NewPassword     string `json:"new_password" doc:"At least 15 characters; any characters."`
}

// Validate gives the faults of the fields.
func (r *PasswordChange) Validate() []FieldError {
	return required(field{"/current_password", r.CurrentPassword}, field{"/new_password", r.NewPassword})
}

// Registration makes an account. FastAPI-Users' flags are read and ignored.
type Registration struct {
	Email       string  `json:"email"`
	Password    string  `json:"password"`
	Name        string  `json:"name,omitzero"`
	Invitation  string  `json:"invitation,omitzero" doc:"The token of an invitation; needed where registration is by invitation."`
	IsActive    Present `json:"is_active,omitzero" hidden:"true"`
	IsSuperuser Present `json:"is_superuser,omitzero" hidden:"true"`
	IsVerified  Present `json:"is_verified,omitzero" hidden:"true"`
}

// Validate gives the faults of the fields.
func (r *Registration) Validate() []FieldError {
	return required(field{"/email", r.Email}, field{"/password", r.Password})
}

// PasswordReset sets a new password by a one-time link.
type PasswordReset struct {
	Token    string `json:"token" doc:"The token of the link."`
	Password string `json:"password" doc:"The new password."`
}

// Validate gives the faults of the fields.
func (r *PasswordReset) Validate() []FieldError {
	return required(field{"/token", r.Token}, field{"/password", r.Password})
}

type field struct{ pointer, value string }

func required(fields ...field) (bad []FieldError) {
	for _, f := range fields {
		if f.value == "" {
			bad = append(bad, FieldError{f.pointer, "required", "Please fill in this field."})
		}
	}
	return bad
}
