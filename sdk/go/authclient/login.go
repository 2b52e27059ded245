package authclient

import (
	"context"
	"net/http"
	"time"
)

// Challenge is a login that waits for its second factor.
type Challenge struct {
	client *Client
	token  string
	// Methods say how to answer: totp, webauthn, backup_code.
	Methods []string
	// EnrollmentRequired says that a second factor has to be set up first, which
	// a person does on the pages of the server.
	EnrollmentRequired bool
}

// Login signs in. Exactly one of what it returns is not nil: with a second factor
// due there is a challenge to answer, and nobody is signed in yet.
func (c *Client) Login(ctx context.Context, email, password string) (*SignedIn, *Challenge, error) {
	asked := time.Now()
	got := granted{}
	err := c.withCSRF(ctx, question{
		method: http.MethodPost, path: api + "/jwt/login",
		body: map[string]string{"email": email, "password": password},
	}, &got)
	if err != nil {
		return nil, nil, err
	}
	in, waits := c.outcome(&got, asked)
	return in, waits, nil
}

func (c *Client) outcome(got *granted, asked time.Time) (*SignedIn, *Challenge) {
	if got.Requires2FA || got.EnrollmentRequired {
		return nil, &Challenge{c, got.ChallengeToken, got.Methods, got.EnrollmentRequired}
	}
	return c.Resume(got.tokens(asked)), nil
}

// Answer gives the code of an authenticator app, or a backup code. A code counts
// once, so it is never sent twice by itself.
func (w *Challenge) Answer(ctx context.Context, method, code string) (*SignedIn, error) {
	asked := time.Now()
	got := granted{}
	err := w.client.withCSRF(ctx, question{
		method: http.MethodPost, path: api + "/2fa/challenge",
		body: map[string]string{"challenge_token": w.token, "method": method, "code": code},
	}, &got)
	if err != nil {
		return nil, err
	}
	in, _ := w.client.outcome(&got, asked)
	return in, nil
}

// withCSRF sends the token that a login needs. It is kept, since it belongs to
// nobody; one that has expired is refused before a password is looked at, so
// that asking once more with a new one costs no attempt.
func (c *Client) withCSRF(ctx context.Context, q question, out any) error {
	for tries := 0; ; tries++ {
		token, err := c.csrfToken(ctx, tries > 0)
		if err != nil {
			return err
		}
		q.header = http.Header{"X-Csrf-Token": {token}}
		err = c.ask(ctx, q, out)
		if tries > 0 || !(HasCode(err, "csrf_token_expired") || HasCode(err, "csrf_token_invalid")) {
			return err
		}
	}
}

func (c *Client) csrfToken(ctx context.Context, anew bool) (string, error) {
	c.mu.Lock()
	kept := c.csrf
	c.mu.Unlock()
	if kept != "" && !anew {
		return kept, nil
	}
	got := struct {
		Token string `json:"csrf_token"`
	}{}
	if err := c.ask(ctx, question{method: http.MethodGet, path: api + "/csrf-token", again: true}, &got); err != nil {
		return "", err
	}
	c.mu.Lock()
	c.csrf = got.Token
	c.mu.Unlock()
	return got.Token, nil
}
