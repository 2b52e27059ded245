package authclient

import (
	"context"
	"net/http"
	"slices"
	"time"
)

// Identity is who asks. ID never changes and is never given to another person,
// as an address may be: know people by it.
type Identity struct {
	ID, Email, Name string
	// Groups has the role: user or admin.
	Groups []string
	// Scopes are what this credential may: read, write, admin.
	Scopes    []string
	SessionID string
	// Method is how the session began, such as password+totp or passkey.
	Method string
	// AuthTime is when the person last proved who they are; zero where the
	// verifier is not told.
	AuthTime time.Time
	// Until is when what is known here ends at the latest.
	Until time.Time
	// Bearer says that a token was shown, not a cookie.
	Bearer bool
}

// HasRole says whether the person has one of the roles.
func (i *Identity) HasRole(roles ...string) bool {
	return i != nil && slices.ContainsFunc(roles, func(r string) bool { return slices.Contains(i.Groups, r) })
}

// HasScope says whether the credential has all of the scopes.
func (i *Identity) HasScope(scopes ...string) bool {
	return i != nil && !slices.ContainsFunc(scopes, func(s string) bool { return !slices.Contains(i.Scopes, s) })
}

// clone keeps what is remembered apart from what is given out.
func (i *Identity) clone() *Identity {
	own := *i
	own.Groups, own.Scopes = slices.Clone(i.Groups), slices.Clone(i.Scopes)
	return &own
}

// Verifier says who sent a request. For a stranger the error is ErrNoCredential,
// for a credential that does not count IsSignedOut is true of it, and for what
// could not be found out IsUnavailable.
type Verifier interface {
	Verify(r *http.Request) (*Identity, error)
}

// VerifierFunc is a function as a verifier.
type VerifierFunc func(r *http.Request) (*Identity, error)

// Verify calls it.
func (f VerifierFunc) Verify(r *http.Request) (*Identity, error) { return f(r) }

// First asks one verifier after the other until one is shown a credential. The
// word of that one is final: one credential never stands in for another.
func First(verifiers ...Verifier) Verifier {
	return VerifierFunc(func(r *http.Request) (*Identity, error) {
		for _, v := range verifiers {
			who, err := v.Verify(r)
			if err != ErrNoCredential { //nolint:errorlint // wrapped, it is another verifier's final word
				return who, err
			}
		}
		return nil, ErrNoCredential
	})
}

type key struct{}

// FromContext says who the request is from; false for a stranger.
func FromContext(ctx context.Context) (*Identity, bool) {
	who, ok := ctx.Value(key{}).(*Identity)
	return who, ok && who != nil
}

// NewContext is a context in which FromContext finds who it is: for tests.
func NewContext(ctx context.Context, who *Identity) context.Context {
	return context.WithValue(ctx, key{}, who)
}
