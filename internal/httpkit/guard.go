package httpkit

import (
	"net/http"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/csrf"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// CSRFHeader is where scripts send the token; pages send it as CSRFField.
const (
	CSRFHeader = "X-Csrf-Token"
	CSRFField  = "csrf_token"
)

// Guard is how an unsafe request is protected against being forged.
type Guard int

// Guards.
const (
	// Usual: whatever a browser may have sent needs origin and token; a client
	// without cookies and browser headers needs neither, since nothing of a
	// victim's rides along.
	Usual Guard = iota
	// TokenAlways also asks such a client for a signed, unexpired token.
	TokenAlways
	// Bound asks everybody for a token that is bound to the cookie sent with
	// it: for our own pages' forms, which a very old browser sends without Origin.
	Bound
	// Unguarded is for what changes nothing.
	Unguarded
)

// CheckOrigin refuses a request that another site made a browser send.
func (q *Request) CheckOrigin(g Guard) error {
	if g == Unguarded || safe(q.r.Method) || !q.Client.Browser {
		return nil
	}
	return q.kit.o.CSRF.Origins().Check(q.question)
}

// CheckToken refuses an unsafe request without the right CSRF token.
func (q *Request) CheckToken(g Guard, token string) error {
	q.sentToken = token != ""
	if g == Unguarded || safe(q.r.Method) {
		return nil
	}
	if !q.FromBrowser() && g != Bound {
		if g == TokenAlways {
			return q.kit.o.CSRF.Verify(token)
		}
		return nil
	}
	bindings, err := q.bindings()
	if err != nil {
		return err
	}
	if token != "" && len(bindings) == 0 {
		return fault.New(api.CodeCSRFTokenInvalid, "csrf_cookie_missing",
			"The CSRF cookie is missing, so the token cannot be checked. Please send the cookies that came with the token.")
	}
	if len(bindings) == 0 {
		bindings = []csrf.Binding{csrf.Browser("")} // matches nothing: only "missing" can be the answer
	}
	return q.kit.o.CSRF.Verify(token, bindings...)
}

// bindings are what a token may be bound to: the live session, the browser id
// that it began under, or the browser id of a browser that is not signed in.
// With a session, whatever csrf cookie arrives does not count by itself, for a
// sibling host may have planted it.
func (q *Request) bindings() ([]csrf.Binding, error) {
	p, err := q.ByCookie()
	if err != nil {
		if api.Codes[fault.From(err).Code].Status != http.StatusUnauthorized {
			return nil, err // whether somebody is signed in is not known, so nothing may be assumed
		}
		if q.browserID == "" {
			return nil, nil
		}
		return []csrf.Binding{csrf.Browser(q.browserID)}, nil
	}
	allowed := []csrf.Binding{csrf.Session(p.Session.ID)}
	if q.beganHere(p.Session.BrowserHash) {
		allowed = append(allowed, csrf.Browser(q.browserID))
	}
	return allowed, nil
}

// beganHere says whether the session began under the browser id at hand.
func (q *Request) beganHere(hash []byte) bool {
	return q.browserID != "" && len(hash) > 0 && secret.New(hash).Equal(secret.New(secret.Hash(q.browserID)))
}

// NewToken makes a token for this browser and sets the cookie that it is bound
// to. The browser id stays the same from before login to after it, so that
// other tabs and the back button keep working.
func (q *Request) NewToken() (string, error) {
	binding := csrf.Binding{}
	p, err := q.ByCookie()
	switch {
	case err == nil && !q.beganHere(p.Session.BrowserHash):
		binding = csrf.Session(p.Session.ID)
	case err != nil && fault.From(err).Code == api.CodeInternal:
		return "", err
	}
	id := q.browserID
	if id == "" || len(id) != browserIDLength {
		id = secret.RandomText(browserIDBytes)
	}
	q.setBrowser(id)
	if binding == (csrf.Binding{}) {
		binding = csrf.Browser(id)
	}
	return q.kit.o.CSRF.Make(binding), nil
}

// KeepBrowser gives the browser its id where it has none, for what is bound to
// it before any token was asked for.
func (q *Request) KeepBrowser() {
	if q.browserID == "" {
		q.setBrowser(secret.RandomText(browserIDBytes))
		q.Client.BrowserID = q.browserID
	}
}

const (
	browserIDBytes  = 20
	browserIDLength = 32 // base32: 8 characters for 5 bytes
)

func safe(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}
