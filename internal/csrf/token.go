package csrf

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// The layout; see the package comment.
const (
	version = 1

	issuedAt  = 1
	randomAt  = issuedAt + 8
	bindingAt = randomAt + randomLen
	macAt     = bindingAt + bindingLen
	rawLen    = macAt + macLen

	randomLen  = 16
	bindingLen = 16
	macLen     = 32

	minKey = 32
	// leeway is for the clocks of two nodes: a token may come from so far ahead.
	leeway = 30 * time.Second
)

// Length is that of every token, in characters of base64url without padding.
const Length = (rawLen*8 + 5) / 6

// Options is what the package needs.
type Options struct {
	// Key makes and checks tokens: derived for this purpose alone, 32 bytes.
	Key secret.Value
	// Previous keys check only, so that a rotation does not break open pages.
	Previous []secret.Value
	// TTL is how long a token is good.
	TTL time.Duration
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Origins are the origins that may send unsafe requests.
	Origins Origins
}

// Tokens makes and checks tokens. It is safe for use by many goroutines.
type Tokens struct {
	keys    []secret.Value // the current one first
	ttl     time.Duration
	now     func() time.Time
	origins Origins
}

// New refuses short keys and a life of less than a second.
func New(o Options) (*Tokens, error) {
	var faults []error
	keys := append([]secret.Value{o.Key}, o.Previous...)
	for i, k := range keys {
		if k.Len() < minKey {
			faults = append(faults, fmt.Errorf("key %d must have at least %d bytes, it has %d", i, minKey, k.Len()))
		}
	}
	if o.TTL < time.Second {
		faults = append(faults, fmt.Errorf("the life of a token must be at least 1s, it is %s", o.TTL))
	}
	if len(faults) > 0 {
		return nil, fmt.Errorf("csrf tokens: %w", errors.Join(faults...))
	}
	t := &Tokens{keys: keys, ttl: o.TTL, now: o.Now, origins: o.Origins}
	if t.now == nil {
		t.now = time.Now
	}
	return t, nil
}

// Origins are those the tokens were set up with.
func (t *Tokens) Origins() Origins { return t.origins }

// Binding is what a token belongs to. The zero value belongs to nothing.
type Binding struct{ kind, id string }

// Browser binds to the random value of the csrf cookie.
func Browser(id string) Binding { return Binding{"browser", id} }

// Session binds to a session. A session and a browser of one id are two things.
func Session(id string) Binding { return Binding{"session", id} }

// hash hides the id: a token lies open in pages and headers.
func (b Binding) hash(k secret.Value) []byte {
	return secret.Sum(k, []byte("csrf binding"), []byte(b.kind), []byte(b.id))[:bindingLen]
}

// Make makes a token for b. One for a binding without an id is bound to
// nothing: it passes where no binding is asked for, and nowhere else.
func (t *Tokens) Make(b Binding) string {
	raw := make([]byte, rawLen)
	raw[0] = version
	binary.BigEndian.PutUint64(raw[issuedAt:], uint64(t.now().Unix()))
	copy(raw[randomAt:], secret.Random(randomLen))
	if b.id == "" {
		copy(raw[bindingAt:], secret.Random(bindingLen))
	} else {
		copy(raw[bindingAt:], b.hash(t.keys[0]))
	}
	copy(raw[macAt:], mac(t.keys[0], raw))
	return base64.RawURLEncoding.EncodeToString(raw)
}

// mac signs everything before the MAC, field by field.
func mac(k secret.Value, raw []byte) []byte {
	return secret.Sum(k, []byte("csrf token"),
		raw[:issuedAt], raw[issuedAt:randomAt], raw[randomAt:bindingAt], raw[bindingAt:macAt])
}
