package api

import "net/http"

// Code is the stable name of an error. It is the same in the answer, the log,
// the public metric and docs/errors/. Codes are never renamed; a caller may
// switch on them.
type Code string

// The codes, in the order in which a request is refused.
const (
	CodeBodyTooLarge         Code = "body_too_large"
	CodeUnsupportedMediaType Code = "unsupported_media_type"
	CodeOriginNotAllowed     Code = "origin_not_allowed"
	CodeCSRFTokenMissing     Code = "csrf_token_missing"
	CodeCSRFTokenInvalid     Code = "csrf_token_invalid"
	CodeCSRFTokenExpired     Code = "csrf_token_expired"
	CodeMalformedJSON        Code = "malformed_json"
	CodeMalformedRequest     Code = "malformed_request"
	CodeValidationFailed     Code = "validation_failed"
	CodeTooManyAttempts      Code = "too_many_attempts"
	CodeOverloaded           Code = "overloaded"
	CodeDatabaseUnavailable  Code = "database_unavailable"
	CodeStorageFull          Code = "storage_full"
	CodeUpstreamUnavailable  Code = "upstream_unavailable"
	CodeUpstreamTimeout      Code = "upstream_timeout"

	CodeInvalidCredentials  Code = "invalid_credentials"
	CodeNotAuthenticated    Code = "not_authenticated"
	CodeTokenExpired        Code = "token_expired"
	CodeTokenInvalid        Code = "token_invalid"
	CodeSessionEnded        Code = "session_ended"
	CodeLegacyTokenRetired  Code = "legacy_token_retired"
	CodeForbidden           Code = "forbidden"
	CodeSessionLimitReached Code = "session_limit_reached"
	CodeRegistrationClosed  Code = "registration_closed"
	CodeInvitationInvalid   Code = "invitation_invalid"
	CodeSetupTokenInvalid   Code = "setup_token_invalid"
	CodeResetTokenInvalid   Code = "reset_token_invalid"
	CodeUserAlreadyExists   Code = "user_already_exists"
	CodePasswordRefused     Code = "password_refused"
	CodeLastAdmin           Code = "last_admin"

	CodeInvalidCode        Code = "invalid_code"
	CodeChallengeExpired   Code = "challenge_expired"
	CodeReauthRequired     Code = "reauth_required"
	CodeFactorExists       Code = "factor_exists"
	CodeLastFactor         Code = "last_factor"
	CodeFactorLimit        Code = "factor_limit_reached"
	CodePasskeyRefused     Code = "passkey_refused"
	CodePasskeysUnusable   Code = "passkeys_unusable"
	CodeVerifyTokenInvalid Code = "verify_token_invalid"
	CodeLinkInvalid        Code = "link_invalid"
	CodeMailNotConfigured  Code = "mail_not_configured"
	CodeTokenLimit         Code = "token_limit_reached"

	CodeForwardAuthUntrusted Code = "forward_auth_untrusted"
	CodeStrongerProof        Code = "stronger_proof_required"

	CodeNotFound         Code = "not_found"
	CodeMethodNotAllowed Code = "method_not_allowed"
	CodeInternal         Code = "internal_error"
)

// CodeInfo is what is fixed about a code: its HTTP status, the RFC 9457 title,
// and the constant that FastAPI-Users had for the same case, if it had one.
type CodeInfo struct {
	Status int
	Title  string
	Legacy string
}

// Codes lists every code. docs/errors/ has a page for each, which a test checks.
var Codes = map[Code]CodeInfo{
	CodeBodyTooLarge:         {http.StatusRequestEntityTooLarge, "The request body is too large", ""},
	CodeUnsupportedMediaType: {http.StatusUnsupportedMediaType, "The body is of a type this endpoint does not read", ""},
	CodeOriginNotAllowed:     {http.StatusForbidden, "Requests from this origin are not allowed", ""},
	CodeCSRFTokenMissing:     {http.StatusForbidden, "The CSRF token is missing", ""},
	CodeCSRFTokenInvalid:     {http.StatusForbidden, "The CSRF token is not valid", ""},
	CodeCSRFTokenExpired:     {http.StatusForbidden, "The CSRF token has expired", ""},
	CodeMalformedJSON:        {http.StatusBadRequest, "The body is not the JSON this endpoint reads", ""},
	CodeMalformedRequest:     {http.StatusBadRequest, "The request cannot be read", ""},
	CodeValidationFailed:     {http.StatusUnprocessableEntity, "A field is not valid", ""},
	CodeTooManyAttempts:      {http.StatusTooManyRequests, "Too many attempts", ""},
	CodeOverloaded:           {http.StatusServiceUnavailable, "Too busy to check a password now", ""},
	CodeDatabaseUnavailable:  {http.StatusServiceUnavailable, "The database cannot be reached", ""},
	CodeStorageFull:          {http.StatusServiceUnavailable, "The storage is full", ""},
	CodeUpstreamUnavailable:  {http.StatusServiceUnavailable, "The application cannot be reached", ""},
	CodeUpstreamTimeout:      {http.StatusGatewayTimeout, "The application did not answer in time", ""},

	CodeInvalidCredentials:  {http.StatusUnauthorized, "The address or the password is not right", "LOGIN_BAD_CREDENTIALS"},
	CodeNotAuthenticated:    {http.StatusUnauthorized, "Not signed in", ""},
	CodeTokenExpired:        {http.StatusUnauthorized, "The token has expired", ""},
	CodeTokenInvalid:        {http.StatusUnauthorized, "The token is not valid", ""},
	CodeSessionEnded:        {http.StatusUnauthorized, "The session has ended", ""},
	CodeLegacyTokenRetired:  {http.StatusUnauthorized, "Tokens of the old form are no longer accepted", ""},
	CodeForbidden:           {http.StatusForbidden, "Not allowed for this account", ""},
	CodeSessionLimitReached: {http.StatusForbidden, "Signed in on too many devices", ""},
	CodeRegistrationClosed:  {http.StatusForbidden, "Registration is closed", ""},
	CodeInvitationInvalid:   {http.StatusForbidden, "The invitation is not valid", ""},
	CodeSetupTokenInvalid:   {http.StatusForbidden, "The set-up link is not valid", ""},
	CodeResetTokenInvalid:   {http.StatusBadRequest, "The link is not valid", "RESET_PASSWORD_BAD_TOKEN"},
	CodeUserAlreadyExists:   {http.StatusConflict, "There is an account with this address", "REGISTER_USER_ALREADY_EXISTS"},
	CodePasswordRefused:     {http.StatusUnprocessableEntity, "The new password cannot be used", "REGISTER_INVALID_PASSWORD"},
	CodeLastAdmin:           {http.StatusConflict, "The last administrator must stay", ""},

	CodeInvalidCode:        {http.StatusUnauthorized, "The code is not right", ""},
	CodeChallengeExpired:   {http.StatusUnauthorized, "This sign-in took too long or was used already", ""},
	CodeReauthRequired:     {http.StatusForbidden, "Please confirm that it is you", ""},
	CodeFactorExists:       {http.StatusConflict, "This passkey is registered already", ""},
	CodeLastFactor:         {http.StatusConflict, "The last second factor must stay", ""},
	CodeFactorLimit:        {http.StatusConflict, "There are as many passkeys as are allowed", ""},
	CodePasskeyRefused:     {http.StatusBadRequest, "The passkey was not accepted", ""},
	CodePasskeysUnusable:   {http.StatusConflict, "Passkeys cannot be used at this address", ""},
	CodeVerifyTokenInvalid: {http.StatusBadRequest, "The verification link is not valid", "VERIFY_USER_BAD_TOKEN"},
	CodeLinkInvalid:        {http.StatusBadRequest, "The link is not valid", ""},
	CodeMailNotConfigured:  {http.StatusForbidden, "This server sends no mail", ""},
	CodeTokenLimit:         {http.StatusConflict, "There are as many access tokens as are allowed", ""},

	CodeForwardAuthUntrusted: {http.StatusForbidden, "Only a trusted proxy may ask this", ""},
	CodeStrongerProof:        {http.StatusForbidden, "This place asks for a stronger proof", ""},

	CodeNotFound:         {http.StatusNotFound, "Not found", ""},
	CodeMethodNotAllowed: {http.StatusMethodNotAllowed, "This method is not allowed here", ""},
	CodeInternal:         {http.StatusInternalServerError, "Something went wrong on our side", ""},
}
