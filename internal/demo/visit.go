package demo

import (
	"context"
	"time"
)

// How people are, in percent.
const (
	mistype    = 9  // the password, once
	forget     = 2  // their own address
	mistypeTwo = 8  // the code of their app
	stale      = 3  // a form that was open for too long
	keepsOn    = 55 // long enough for a new token
	goesOut    = 65 // by the button, and not by closing the lid
)

// visit is one person who comes, works and goes.
func (d *day) visit(ctx context.Context, p *person) error {
	c := newClient(d.o.URL, p.from, d.tally)
	defer c.http.CloseIdleConnections()
	if err := d.enter(ctx, c, p); err != nil || c.token == "" {
		return err
	}
	return d.stay(ctx, c)
}

// enter signs in, with the mistakes that people make.
func (d *day) enter(ctx context.Context, c *client, p *person) error {
	if d.dice.chance(stale) {
		c.csrf = "1700000000:stale:0000"
		if _, err := c.login(ctx, p.email, p.password); err != nil {
			return err
		}
	}
	if err := c.fetchCSRF(ctx); err != nil {
		return err
	}
	if d.dice.chance(forget) {
		if _, err := c.login(ctx, "my."+p.email, p.password); err != nil {
			return err
		}
	}
	if d.dice.chance(mistype) {
		if _, err := c.login(ctx, p.email, p.password+" "); err != nil {
			return err
		}
		if err := sleep(ctx, d.dice.pause(time.Second, 4*time.Second)); err != nil {
			return err
		}
	}
	a, err := c.login(ctx, p.email, p.password)
	if err != nil {
		return err
	}
	if a.body.Requires2FA {
		if a, err = d.prove(ctx, c, p, a.body.ChallengeToken); err != nil {
			return err
		}
	}
	if a.body.AccessToken == "" {
		return nil
	}
	c.token, c.refresh = a.body.AccessToken, a.body.RefreshToken
	d.tally.add(func(r *Report) { r.SignIns++ })
	return nil
}

// prove answers for the second factor.
func (d *day) prove(ctx context.Context, c *client, p *person, challenge string) (answered, error) {
	code, err := p.code(ctx)
	if err != nil {
		return answered{}, err
	}
	answer := func(code string) (answered, error) {
		in := map[string]string{"challenge_token": challenge, "method": "totp", "code": code}
		return c.do(ctx, "POST", auth+"2fa/challenge", in)
	}
	if d.dice.chance(mistypeTwo) {
		if a, err := answer(wrongCode(code)); err != nil {
			return a, err
		}
	}
	a, err := answer(code)
	if a.body.AccessToken != "" {
		d.tally.add(func(r *Report) { r.SecondFactors++ })
	}
	return a, err
}

// stay looks round, gets a new token where it takes long, and goes.
func (d *day) stay(ctx context.Context, c *client) error {
	for range 1 + d.dice.below(4) {
		if err := sleep(ctx, d.dice.pause(300*time.Millisecond, 3*time.Second)); err != nil {
			return err
		}
		if _, err := c.do(ctx, "GET", looks[d.dice.below(len(looks))], nil); err != nil {
			return err
		}
	}
	if c.refresh != "" && d.dice.chance(keepsOn) {
		a, err := c.do(ctx, "POST", auth+"jwt/refresh", map[string]string{"refresh_token": c.refresh})
		if err != nil {
			return err
		}
		if a.body.AccessToken != "" {
			c.token = a.body.AccessToken
			d.tally.add(func(r *Report) { r.Refreshes++ })
		}
	}
	if !d.dice.chance(goesOut) {
		return nil
	}
	a, err := c.do(ctx, "POST", auth+"jwt/logout", nil)
	if err == nil && a.good() {
		d.tally.add(func(r *Report) { r.Logouts++ })
	}
	return err
}

var looks = []string{"/api/v1/auth/status", "/api/v1/users/me", "/api/v1/auth/status", "/api/v1/config"}
