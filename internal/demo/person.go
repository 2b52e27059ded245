package demo

import (
	"context"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/pquerna/otp/totp"
)

const auth = "/api/v1/auth/"

// person is one of those who sign in.
type person struct {
	email, password string
	from            net.IP
	// busy is held while the person is signed in somewhere, since nobody is in two places.
	busy sync.Mutex
	// seed is of their authenticator app; "" where there is none.
	seed string
	// step is the last one of which a code was used: each is good once.
	step int64
}

// fetchCSRF is the first thing that any front end does.
func (c *client) fetchCSRF(ctx context.Context) error {
	a, err := c.do(ctx, "GET", auth+"csrf-token", nil)
	c.csrf = a.body.CSRFToken
	return err
}

func (c *client) login(ctx context.Context, email, password string) (answered, error) {
	return c.do(ctx, "POST", auth+"jwt/login", map[string]string{"email": email, "password": password})
}

// code waits for a step of which no code was used yet.
func (p *person) code(ctx context.Context) (string, error) {
	now := time.Now()
	if step := now.Unix() / 30; step <= p.step {
		if err := sleep(ctx, time.Unix((p.step+1)*30, 0).Sub(now)); err != nil {
			return "", err
		}
		now = time.Now()
	}
	p.step = now.Unix() / 30
	return totp.GenerateCode(p.seed, now)
}

// enroll gives the person an authenticator app.
func (p *person) enroll(ctx context.Context, c *client) error {
	if err := c.fetchCSRF(ctx); err != nil {
		return err
	}
	a, err := c.login(ctx, p.email, p.password)
	if err != nil || a.body.AccessToken == "" {
		return err
	}
	c.token = a.body.AccessToken
	defer func() { c.token = "" }()
	if a, err = c.do(ctx, "POST", auth+"2fa/totp/setup", nil); err != nil || a.body.Secret == "" {
		return err
	}
	p.seed = a.body.Secret
	code, err := p.code(ctx)
	if err != nil {
		return err
	}
	if a, err = c.do(ctx, "POST", auth+"2fa/totp/confirm", map[string]string{"code": code}); err == nil && !a.good() {
		p.seed = "" // it asks for nothing then
	}
	return err
}

// wrongCode is one that the app did not show.
func wrongCode(code string) string {
	return strings.Map(func(r rune) rune { return '0' + (r-'0'+5)%10 }, code)
}
