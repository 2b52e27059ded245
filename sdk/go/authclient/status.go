package authclient

import (
	"context"
	"crypto/sha256"
	"errors"
	"net/http"
	"strings"
	"time"
)

// StatusOptions are of AskStatus; all have defaults.
type StatusOptions struct {
	// Remember is for how long an answer counts: 1 s if zero, 2 s at most, and
	// less than zero to ask each time. A sign-out is known here that much later.
	Remember time.Duration
	// Entries is how many answers are remembered at most, 10,000 if zero.
	Entries int
	// Origins may make browsers act for their users, beside this service's own:
	// such as https://www.example.com.
	Origins []string
}

const mostRemembered = 2 * time.Second

// AskStatus is a verifier that hands the caller's bearer token, or else the
// session cookie, to the server. The cookie reaches a service on the same host as
// the server, or under COOKIE_DOMAIN.
func AskStatus(c *Client, o StatusOptions) Verifier {
	switch {
	case o.Remember == 0:
		o.Remember = time.Second
	case o.Remember > mostRemembered:
		o.Remember = mostRemembered
	}
	if o.Entries <= 0 {
		o.Entries = 10_000
	}
	return &statusVerifier{client: c, o: o, kept: newMemory(o.Remember, o.Entries)}
}

type statusVerifier struct {
	client *Client
	o      StatusOptions
	kept   *memory
}

// Verify asks, or remembers what was answered a moment ago to the same credential.
func (v *statusVerifier) Verify(r *http.Request) (*Identity, error) {
	header, isBearer, err := credential(r)
	if err != nil {
		return nil, err
	}
	if !isBearer && foreign(r, v.o.Origins) {
		return nil, &foreignError{}
	}
	name := sha256.Sum256([]byte(header.Get("Authorization") + "\x00" + header.Get("Cookie")))
	return v.kept.get(r.Context(), name, func(ctx context.Context) (*Identity, error) {
		st := Status{}
		q := question{method: http.MethodGet, path: api + "/status", header: header}
		if err := v.client.ask(ctx, q, &st); err != nil {
			return nil, err
		}
		if !st.Authenticated || st.User.ID == "" || st.Session.ID == "" {
			return nil, &Unavailable{errors.New("the answer of /status says of nobody who it is")}
		}
		return &Identity{
			ID: st.User.ID, Email: st.User.Email, Name: st.User.Name, Groups: []string{st.User.Role}, Scopes: st.Scopes,
			SessionID: st.Session.ID, Method: st.Session.Method, Until: st.Session.ExpiresAt, Bearer: isBearer,
		}, nil
	})
}

// sessionCookies are the names under which the server keeps sessions.
var sessionCookies = [...]string{"aiwfe_session", "__Host-aiwfe_session", "__Secure-aiwfe_session"}

// credential is what of a request is handed on, and nothing else: a bearer token
// if one is shown, else session cookies. One never stands in for the other.
func credential(r *http.Request) (header http.Header, isBearer bool, err error) {
	if sent, shown := r.Header["Authorization"]; shown {
		scheme, token, _ := strings.Cut(sent[0], " ")
		if len(sent) != 1 || !strings.EqualFold(scheme, "Bearer") || token == "" || len(token) > 8192 {
			return nil, false, &Refusal{"the Authorization header is not of the form: Bearer TOKEN"}
		}
		return bearer(token), true, nil
	}
	var found []string
	for _, c := range r.Cookies() {
		for _, name := range sessionCookies {
			if c.Name != name {
				continue
			}
			if len(c.Value) > 200 || len(found) == 2*len(sessionCookies) {
				return nil, false, &Refusal{"the session cookie is none that the server makes"}
			}
			found = append(found, c.Name+"="+c.Value)
		}
	}
	if found == nil {
		return nil, false, ErrNoCredential
	}
	return http.Header{"Cookie": {strings.Join(found, "; ")}}, false, nil
}
