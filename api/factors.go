package api

import (
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// LoginAnswer is the answer of a login: tokens, or what is owed before there
// are any.
type LoginAnswer struct {
	AccessToken  string `json:"access_token,omitzero" doc:"JWT for the Authorization header."`
	TokenType    string `json:"token_type,omitzero" doc:"Always bearer."`
	ExpiresIn    int64  `json:"expires_in,omitzero" doc:"Seconds until the access token expires, or until the challenge does."`
	RefreshToken string `json:"refresh_token,omitzero" doc:"Only for clients that are no browser: a browser's session lives in its cookie."`
	SessionID    string `json:"session_id,omitzero" doc:"The handle of the session. It opens nothing."`
	User         *User  `json:"user,omitzero" doc:"Who signed in."`

	Requires2FA        bool     `json:"requires_2fa,omitzero" doc:"A second factor is due; there is no session yet."`
	EnrollmentRequired bool     `json:"enrollment_required,omitzero" doc:"Policy demands a second factor and none is set up yet; the challenge is good for that alone."`
	ChallengeToken     string   `json:"challenge_token,omitzero" doc:"Names the waiting login, for 10 minutes."`
	Methods            []string `json:"methods,omitzero" doc:"totp, webauthn, backup_code: how to answer, the one used last first."`
}

// ChallengeAnswer answers a challenge.
type ChallengeAnswer struct {
	ChallengeToken string         `json:"challenge_token" doc:"As the login gave it."`
	Method         string         `json:"method,omitzero" enum:"totp,webauthn,backup_code" doc:"If left out, six digits are a TOTP code and all else is a backup code."`
	Code           string         `json:"code,omitzero" doc:"The code, blanks and hyphens do not count."`
	Credential     jsontext.Value `json:"credential,omitzero" doc:"What navigator.credentials.get gave, as JSON."`
	TrustDevice    bool           `json:"trust_device,omitzero" doc:"Do not ask on this device for a while; for browsers."`
}

// Validate gives the faults of the fields.
func (r *ChallengeAnswer) Validate() []FieldError {
	bad := required(field{"/challenge_token", r.ChallengeToken})
	if r.Code == "" && len(r.Credential) == 0 {
		bad = append(bad, FieldError{"/code", "required", "Please fill in this field."})
	}
	return bad
}

// Reauth proves again who is signed in.
type Reauth struct {
	Password   string         `json:"password,omitzero" doc:"Needed unless a passkey that checked its user is given."`
	Method     string         `json:"method,omitzero" enum:"totp,webauthn,backup_code"`
	Code       string         `json:"code,omitzero" doc:"Needed beside the password where the account has a second factor."`
	Credential jsontext.Value `json:"credential,omitzero" doc:"What navigator.credentials.get gave, as JSON."`
}

// Security is what protects an account.
type Security struct {
	Enabled         bool            `json:"enabled" doc:"Whether a second factor is asked at login."`
	Required        bool            `json:"required" doc:"Whether policy demands one of this account."`
	TOTP            *Factor         `json:"totp" doc:"The authenticator app, or null."`
	WebAuthn        []Factor        `json:"webauthn" doc:"Passkeys and security keys."`
	BackupCodesLeft int             `json:"backup_codes_left"`
	TrustedDevices  []TrustedDevice `json:"trusted_devices"`
}

// Factor is a second factor.
type Factor struct {
	ID         string     `json:"id"`
	Name       string     `json:"name"`
	CreatedAt  time.Time  `json:"created_at"`
	LastUsedAt *time.Time `json:"last_used_at" doc:"Null if never."`
	Model      string     `json:"model,omitzero" doc:"The AAGUID of a passkey, in UUID form."`
	Synced     *bool      `json:"synced,omitzero" doc:"Whether a passkey is kept in its maker's account and may be on several devices."`
}

// TrustedDevice is a browser that is not asked for the second factor.
type TrustedDevice struct {
	ID         string    `json:"id"`
	Device     string    `json:"device" doc:"Such as Firefox on Windows."`
	IP         string    `json:"ip" doc:"The address it was last used from."`
	LastSeenAt time.Time `json:"last_seen_at"`
	Until      time.Time `json:"until" doc:"When it is asked again."`
}

// TrustedDeviceList is a list of trusted devices.
type TrustedDeviceList struct {
	Items      []TrustedDevice `json:"items"`
	NextCursor *string         `json:"next_cursor" doc:"Always null."`
}

// EnrollRequest begins the set-up of a factor. The body may be empty for
// somebody who is signed in.
type EnrollRequest struct {
	ChallengeToken string `json:"challenge_token,omitzero" doc:"Of a login with enrollment_required; left out when signed in."`
	Conditional    bool   `json:"conditional,omitzero" doc:"For a passkey that the browser makes by itself after a password login."`
}

// TOTPSetup is a new seed. It is shown once.
type TOTPSetup struct {
	Secret     string `json:"secret" doc:"The setup key in base32."`
	OTPAuthURI string `json:"otpauth_uri" doc:"For authenticator apps."`
	QRSVG      string `json:"qr_svg" doc:"The same as an SVG image."`
}

// TOTPConfirm makes a new seed count.
type TOTPConfirm struct {
	Code           string `json:"code" doc:"A code of the app."`
	ChallengeToken string `json:"challenge_token,omitzero" doc:"Of a login with enrollment_required; left out when signed in."`
}

// Validate gives the faults of the fields.
func (r *TOTPConfirm) Validate() []FieldError { return required(field{"/code", r.Code}) }

// FactorAdded is a factor that counts from now on.
type FactorAdded struct {
	Factor          Factor       `json:"factor"`
	BackupCodesLeft int          `json:"backup_codes_left" doc:"With none, make some now."`
	Login           *LoginAnswer `json:"login,omitzero" doc:"The session of a login that waited for this."`
}

// WebAuthnOptionsRequest asks for the options of an assertion.
type WebAuthnOptionsRequest struct {
	ChallengeToken string `json:"challenge_token,omitzero" doc:"Of a login whose second factor is due."`
}

// WebAuthnOptions are the options for navigator.credentials.
type WebAuthnOptions struct {
	Options jsontext.Value `json:"options" doc:"Give it to PublicKeyCredential.parseCreationOptionsFromJSON or parseRequestOptionsFromJSON."`
}

// WebAuthnLogin signs in by a passkey.
type WebAuthnLogin struct {
	Credential jsontext.Value `json:"credential" doc:"What navigator.credentials.get gave, as JSON."`
}

// Validate gives the faults of the fields.
func (r *WebAuthnLogin) Validate() []FieldError { return needsCredential(r.Credential) }

// WebAuthnRegistration adds a passkey.
type WebAuthnRegistration struct {
	Credential     jsontext.Value `json:"credential" doc:"What navigator.credentials.create gave, as JSON."`
	Name           string         `json:"name,omitzero" doc:"What its owner calls it; the maker's name if left out." maxLength:"60"`
	ChallengeToken string         `json:"challenge_token,omitzero" doc:"Of a login with enrollment_required; left out when signed in."`
}

// Validate gives the faults of the fields.
func (r *WebAuthnRegistration) Validate() []FieldError { return needsCredential(r.Credential) }

func needsCredential(v jsontext.Value) []FieldError {
	if len(v) == 0 {
		return []FieldError{{"/credential", "required", "Please fill in this field."}}
	}
	return nil
}

// FactorName renames a factor.
type FactorName struct {
	Name string `json:"name" maxLength:"60"`
}

// Validate gives the faults of the fields.
func (r *FactorName) Validate() []FieldError { return required(field{"/name", r.Name}) }

// BackupCodes are ten new codes. They are shown once.
type BackupCodes struct {
	Codes []string `json:"codes" doc:"Each is good once. The ones from before no longer work."`
}

// PersonalToken is a personal access token.
type PersonalToken struct {
	ID         string     `json:"id"`
	Name       string     `json:"name"`
	Scopes     []string   `json:"scopes"`
	CreatedAt  time.Time  `json:"created_at"`
	ExpiresAt  time.Time  `json:"expires_at"`
	LastUsedAt *time.Time `json:"last_used_at" doc:"Null if never."`
	Token      string     `json:"token,omitzero" doc:"Shown once, when it is made."`
}

// PersonalTokenList is a list of personal access tokens.
type PersonalTokenList struct {
	Items      []PersonalToken `json:"items"`
	NextCursor *string         `json:"next_cursor" doc:"Always null."`
}

// NewPersonalToken makes one.
type NewPersonalToken struct {
	Name          string   `json:"name" doc:"What it is for." maxLength:"60"`
	Scopes        []string `json:"scopes" doc:"read, write, and admin for administrators."`
	ExpiresInDays int      `json:"expires_in_days,omitzero" doc:"1 to 366; 90 if left out."`
}

// Validate gives the faults of the fields.
func (r *NewPersonalToken) Validate() []FieldError {
	bad := required(field{"/name", r.Name})
	if len(r.Scopes) == 0 {
		bad = append(bad, FieldError{"/scopes", "required", "Please fill in this field."})
	}
	return bad
}

// MailRequest asks for a letter to an address.
type MailRequest struct {
	Email string `json:"email"`
}

// Validate gives the faults of the fields.
func (r *MailRequest) Validate() []FieldError { return required(field{"/email", r.Email}) }

// Accepted is the answer to what must not tell whether an address exists.
type Accepted struct {
	Detail string `json:"detail"`
}

// Verification proves an address.
type Verification struct {
	Token    string `json:"token" doc:"The token of the link."`
	Password string `json:"password,omitzero" doc:"A new password; needed where another browser registered."`
}

// Validate gives the faults of the fields.
func (r *Verification) Validate() []FieldError { return required(field{"/token", r.Token}) }

// OneTimeToken is the token of a link from a letter.
type OneTimeToken struct {
	Token string `json:"token" doc:"The token of the link."`
}

// Validate gives the faults of the fields.
func (r *OneTimeToken) Validate() []FieldError { return required(field{"/token", r.Token}) }

// Export is everything kept about a person, without secrets.
type Export struct {
	ExportedAt     time.Time       `json:"exported_at"`
	User           User            `json:"user"`
	Language       string          `json:"language"`
	Security       Security        `json:"security"`
	Sessions       []Session       `json:"sessions"`
	PersonalTokens []PersonalToken `json:"personal_tokens"`
	Activity       []AuditRow      `json:"activity" doc:"The newest 10,000 rows."`
}
