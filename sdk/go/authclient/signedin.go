package authclient

import (
	"context"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// SignedIn is one session of one person, as a program holds it. It is safe for
// use by many goroutines, and asks for the next access token by itself.
type SignedIn struct {
	client *Client

	mu     sync.Mutex
	tokens Tokens
	flight *flight
}

// flight is a refresh under way, which all who need one wait for.
type flight struct {
	done chan struct{}
	err  error
}

// early is how long before its end an access token is renewed.
const early = 30 * time.Second

// Resume takes up a session whose tokens were kept. A personal access token has no
// refresh token, and is used as it is: Resume(Tokens{AccessToken: "aiwfe_pat_..."}).
func (c *Client) Resume(t Tokens) *SignedIn { return &SignedIn{client: c, tokens: t} }

// Tokens are those of this moment, to be kept for Resume.
func (s *SignedIn) Tokens() Tokens {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tokens
}

// AccessToken is one that is good for a while, for the Authorization header of
// services that ask this server.
func (s *SignedIn) AccessToken(ctx context.Context) (string, error) {
	t := s.Tokens()
	if t.RefreshToken == "" || time.Until(t.Expires) > early {
		return t.AccessToken, nil
	}
	err := s.Refresh(ctx, t)
	return s.Tokens().AccessToken, err
}

// Refresh asks for the next tokens, unless that was already done since old. Each
// refresh token counts once: callers at the same time share one request, and
// it goes on when one of them gives up, so that its answer is not lost.
func (s *SignedIn) Refresh(ctx context.Context, old Tokens) error {
	s.mu.Lock()
	if s.tokens != old {
		s.mu.Unlock()
		return nil
	}
	f := s.flight
	if f == nil {
		f = &flight{done: make(chan struct{})}
		s.flight = f
		go s.fly(context.WithoutCancel(ctx), f, old)
	}
	s.mu.Unlock()
	select {
	case <-ctx.Done():
		return &Unavailable{ctx.Err()}
	case <-f.done:
		return f.err
	}
}

func (s *SignedIn) fly(ctx context.Context, f *flight, old Tokens) {
	ctx, cancel := context.WithTimeout(ctx, 3*askLimit)
	defer cancel()
	asked, got := time.Now(), granted{}
	// The same device that asks again at once gets the same child, so that asking twice does no harm.
	err := s.client.ask(ctx, question{
		method: http.MethodPost, path: api + "/jwt/refresh", again: true,
		body: map[string]string{"refresh_token": old.RefreshToken},
	}, &got)
	s.mu.Lock()
	if err == nil {
		s.tokens = got.tokens(asked)
	}
	f.err, s.flight = err, nil
	s.mu.Unlock()
	close(f.done)
}

// do asks as the person; an access token that turns out to be expired is renewed once.
func (s *SignedIn) do(ctx context.Context, q question, out any) error {
	for tries := 0; ; tries++ {
		if _, err := s.AccessToken(ctx); err != nil {
			return err
		}
		used := s.Tokens()
		q.header = bearer(used.AccessToken)
		err := s.client.ask(ctx, q, out)
		if tries > 0 || used.RefreshToken == "" || !HasCode(err, "token_expired") {
			return err
		}
		if err := s.Refresh(ctx, used); err != nil {
			return err
		}
	}
}

func (s *SignedIn) get(ctx context.Context, path string, out any) error {
	return s.do(ctx, question{method: http.MethodGet, path: path, again: true}, out)
}

// Status says who is signed in, with which session and scopes.
func (s *SignedIn) Status(ctx context.Context) (st Status, err error) {
	err = s.get(ctx, api+"/status", &st)
	return st, err
}

// Me is the own account.
func (s *SignedIn) Me(ctx context.Context) (u User, err error) {
	err = s.get(ctx, "/api/v1/users/me", &u)
	return u, err
}

// Sessions are the own live ones, this one first.
func (s *SignedIn) Sessions(ctx context.Context) ([]Session, error) {
	got := struct {
		Items []Session `json:"items"`
	}{}
	err := s.get(ctx, api+"/sessions", &got)
	return got.Items, err
}

// EndSession ends one own session.
func (s *SignedIn) EndSession(ctx context.Context, id string) error {
	return s.do(ctx, question{method: http.MethodDelete, path: api + "/sessions/" + url.PathEscape(id)}, nil)
}

// EndOtherSessions ends all but this one, and says how many.
func (s *SignedIn) EndOtherSessions(ctx context.Context) (int, error) {
	got := struct {
		Ended int `json:"ended"`
	}{}
	err := s.do(ctx, question{method: http.MethodDelete, path: api + "/sessions"}, &got)
	return got.Ended, err
}

// Logout ends this session everywhere. An access token that has just expired is
// renewed first: with a dead one the server would find nothing to end.
func (s *SignedIn) Logout(ctx context.Context) error {
	err := s.do(ctx, question{method: http.MethodPost, path: api + "/jwt/logout"}, nil)
	if IsSignedOut(err) {
		return nil
	}
	return err
}
