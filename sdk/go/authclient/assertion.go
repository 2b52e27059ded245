package authclient

import (
	"context"
	"crypto/ed25519"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"
)

// AssertionHeader is the one identity header that is believed, since it is signed.
const AssertionHeader = "X-Auth-Assertion"

const (
	assertionType = "aiwfe-assertion+jwt"
	mostAssertion = 8 << 10
	leeway        = 30 * time.Second
	// longestLife is what an assertion may say of itself; the server says a minute.
	longestLife = 2 * time.Minute
)

// AssertionOptions are of Assertions.
type AssertionOptions struct {
	// Audience are the hosts that this service is asked for by, without a port:
	// an assertion for another application is none here. Needed.
	Audience []string
	// Issuer is PUBLIC_URL of the server, if the client asks it by another address.
	Issuer string
	// Revocation, if given, is asked as well: AskStatus with the same client. The
	// request then has to bring its cookie or token, and the answer has to be about
	// the same session. Without it an assertion counts until it expires.
	Revocation Verifier
	// Now is the clock, for tests.
	Now func() time.Time
}

// Assertions is a verifier of the header X-Auth-Assertion, for a service behind
// the gateway or forward-auth. Keys come from /.well-known/jwks.json of the client's
// server, and are asked for again when an assertion names one that is not known.
func Assertions(c *Client, o AssertionOptions) (Verifier, error) {
	if len(o.Audience) == 0 || slices.Contains(o.Audience, "") {
		return nil, errors.New("authclient: Audience needs the host of this service, such as app.example.com")
	}
	if o.Issuer == "" {
		o.Issuer = c.base
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	o.Audience = slices.Clone(o.Audience)
	return &assertionVerifier{o, &keys{client: c, now: o.Now}}, nil
}

type assertionVerifier struct {
	o    AssertionOptions
	keys *keys
}

// Verify looks at the header, and at nothing else that a client could write.
func (v *assertionVerifier) Verify(r *http.Request) (*Identity, error) {
	sent := r.Header.Values(AssertionHeader)
	if len(sent) == 0 || len(sent) == 1 && sent[0] == "" {
		return nil, ErrNoCredential // the gateway says of a stranger that it is nobody
	}
	if len(sent) > 1 {
		return nil, &Refusal{"more than one assertion was sent"}
	}
	who, err := v.check(r.Context(), sent[0])
	if err != nil || v.o.Revocation == nil {
		return who, err
	}
	now, err := v.o.Revocation.Verify(r)
	switch {
	case errors.Is(err, ErrNoCredential):
		return nil, &Refusal{"an assertion came without the cookie or token that its session is asked after by"}
	case err != nil:
		return nil, err
	case now.SessionID != who.SessionID || now.ID != who.ID:
		return nil, &Refusal{"the assertion is of another session than the cookie or token"}
	}
	who.Groups, who.Scopes, who.Bearer = now.Groups, now.Scopes, now.Bearer
	return who, nil
}

func (v *assertionVerifier) check(ctx context.Context, text string) (*Identity, error) {
	parts := strings.Split(text, ".")
	if len(text) > mostAssertion || len(parts) != 3 {
		return nil, &Refusal{"the assertion is no compact JWT"}
	}
	var raw [3][]byte
	for i, part := range parts {
		var err error
		if raw[i], err = decode64(part); err != nil {
			return nil, &Refusal{"the assertion is no base64url"}
		}
	}
	head, err := parseObject(raw[0])
	if err != nil {
		return nil, &Refusal{"the head of the assertion " + err.Error()}
	}
	kid, err := keyOf(head)
	if err != nil {
		return nil, &Refusal{err.Error()}
	}
	key, err := v.keys.byID(ctx, kid)
	if err != nil {
		return nil, err
	}
	if !ed25519.Verify(key, []byte(parts[0]+"."+parts[1]), raw[2]) {
		return nil, &Refusal{"the signature of the assertion is wrong"}
	}
	claims, err := parseObject(raw[1])
	if err != nil {
		return nil, &Refusal{"the claims of the assertion: " + err.Error()}
	}
	who, err := v.identity(claims)
	if err != nil {
		return nil, &Refusal{err.Error()}
	}
	return who, nil
}

// keyOf takes one algorithm and one type: neither a token of another kind nor one
// that is "signed" otherwise passes.
func keyOf(head object) (string, error) {
	alg, err := head.text("alg", true)
	if err != nil || alg != "EdDSA" {
		return "", errors.New("alg of the assertion is not EdDSA")
	}
	typ, err := head.text("typ", true)
	if err != nil || typ != assertionType {
		return "", errors.New("typ of the assertion is not " + assertionType)
	}
	if _, there := head["crit"]; there {
		return "", errors.New("the assertion has a crit header, of which nothing is known here")
	}
	return head.text("kid", true)
}
