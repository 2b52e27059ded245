package gateway

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
)

// Options is what a gateway needs.
type Options struct {
	Gate       *Gate
	Assertions *Assertions
	Kit        *httpkit.Kit
	// KeepSession leaves applications our session cookie: UPSTREAM_CREDENTIALS=cookie.
	KeepSession bool
	// Page shows a fault to a person on an application's host: back is the address
	// that was asked for, "" where nobody can be led back to it.
	Page func(q *httpkit.Request, f *fault.Error, back string, away bool)
}

// Gateway answers for applications.
type Gateway struct {
	o    Options
	jwks []byte
}

// New refuses when something is missing.
func New(o Options) (*Gateway, error) {
	if o.Gate == nil || o.Gate.Policy == nil || o.Gate.Allowed == nil || o.Gate.Now == nil || o.Assertions == nil || o.Kit == nil || o.Page == nil {
		return nil, errors.New("gateway: Gate with Policy, Allowed and Now, Assertions, Kit and Page are needed")
	}
	jwks, err := json.Marshal(o.Assertions.JWKS())
	if err != nil {
		return nil, err
	}
	return &Gateway{o, jwks}, nil
}

// JWKSPath is where the public key of assertions is (RFC 8615).
const JWKSPath = "/.well-known/jwks.json"

// Register puts the routes on the mux.
func (g *Gateway) Register(mux httpkit.Router) {
	mux.HandleFunc("GET "+JWKSPath, g.keys)
	mux.HandleFunc("GET "+ForwardPath, g.forward)
	mux.HandleFunc("GET "+VerifyPath, g.forward)
}

// keys may be kept by whoever asks; an assertion by a key that is not among them
// is a reason to ask again.
func (g *Gateway) keys(w http.ResponseWriter, _ *http.Request) {
	h := w.Header()
	h["Content-Type"] = []string{"application/jwk-set+json"}
	h["Cache-Control"] = []string{"public, max-age=300"}
	_, _ = w.Write(g.jwks)
}
