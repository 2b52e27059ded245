package app

import (
	"context"
	"encoding/base64"
	"fmt"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/session"
	"github.com/aiwfe/aiwfe-auth/internal/store"
	"github.com/aiwfe/aiwfe-auth/internal/token"
)

// Seed says how much to fill a database with, for measuring.
type Seed struct {
	Users, Sessions, Audit int
	// Hash is the password hash of all of them.
	Hash string
	// Show is for how many sessions, spread over all, a token and a cookie are given to Live.
	Show int
	Live func(SeededSession) error
	// Made is told of each account; may be nil.
	Made func(account.User)
	// Step is told after each batch.
	Step func(what string, done int)
}

// SeededSession is what a client of a seeded session would hold.
type SeededSession struct {
	User    account.ID `json:"user_id"`
	Email   string     `json:"email"`
	Session string     `json:"session_id"`
	Token   string     `json:"access_token"`
	Cookie  string     `json:"cookie"`
}

// batch is how many rows of a kind are written in one transaction. Ids are random, so that a commit writes pages all over the
// indexes: few large ones write far less than many small ones.
const batch = 50_000

// seeding is one filling.
type seeding struct {
	Seed
	c    *Core
	now  time.Time
	base int64 // the id before the first account
}

// Seed fills the database with accounts, sessions and audit rows of the form that the server writes. It refuses where
// real people may be.
func (c *Core) Seed(ctx context.Context, s Seed) error {
	if !c.Config.Environment.Relaxed() {
		return fmt.Errorf("ENVIRONMENT is %s: made-up people are for development and test only, so nothing was written", c.Config.Environment)
	}
	f := &seeding{Seed: s, c: c, now: time.Now().UTC()}
	var err error
	if f.base, err = c.Store.ReserveUsers(ctx, s.Users); err != nil {
		return err
	}
	for _, kind := range []struct {
		what string
		n    int
		add  func(*store.Bulk, int) error
	}{{"users", s.Users, f.user}, {"sessions", s.Sessions, f.session}, {"audit rows", s.Audit, f.audit}} {
		for at := 0; at < kind.n; at += batch {
			var b store.Bulk
			end := min(at+batch, kind.n)
			for i := at; i < end; i++ {
				if err := kind.add(&b, i); err != nil {
					return err
				}
			}
			if err := c.Store.Fill(ctx, b); err != nil {
				return err
			}
			s.Step(kind.what, end)
		}
	}
	return c.Store.Filled(ctx)
}

// person is the account that the i-th of anything belongs to.
func (f *seeding) person(i int) account.User {
	i %= f.Users
	id := f.base + int64(i) + 1
	first, last := seedFirst[i%len(seedFirst)], seedLast[i/len(seedFirst)%len(seedLast)]
	return account.User{
		ID: account.ID(fmt.Sprint(id)), Email: fmt.Sprintf("%s.%s.%d@example.com", first, last, id), Name: first + " " + last,
		Hash: f.Hash, Role: account.RoleUser, Status: account.StatusActive, Active: true, Verified: true,
		CreatedAt: f.now.Add(-400*24*time.Hour + time.Duration(i)*time.Second/10),
	}
}

func (f *seeding) user(b *store.Bulk, i int) error {
	u := f.person(i)
	b.Users = append(b.Users, u)
	if f.Made != nil {
		f.Made(u)
	}
	return nil
}

// session is one of a program that keeps its cookie and its tokens. Every tenth has ended.
func (f *seeding) session(b *store.Bulk, i int) error {
	u := f.person(i)
	cookie := base64.RawURLEncoding.EncodeToString(secret.Random(32))
	began := f.now.Add(-time.Duration(i%(20*24*60)) * time.Minute)
	s := session.Session{
		ID: "ses_" + secret.RandomText(16), Kind: session.KindToken, Method: "password", Device: "dev_" + secret.RandomText(15),
		SecretHash: secret.Hash(cookie), IP: seedIP(i / 4), UserAgent: seedAgent, CreatedAt: began, AuthAt: began,
		SeenAt: f.now.Add(-time.Duration(i%60) * time.Minute), ExpiresAt: began.Add(f.c.Sessions.Max()),
		DeviceName: "Firefox on Linux", DeviceKind: "desktop", User: u,
	}
	live := i%10 != 9
	if !live { // lately, or the next sweep would clear it away
		began = f.now.Add(-time.Duration(i%(6*24*60)) * time.Minute)
		s.CreatedAt, s.AuthAt, s.ExpiresAt = began, began, began.Add(f.c.Sessions.Max())
		s.SeenAt, s.EndedAt, s.EndReason = began, began.Add(time.Minute), session.EndedLogout
	}
	b.Sessions = append(b.Sessions, s)
	b.Refresh = append(b.Refresh, secret.Hash(secret.RandomText(32)))
	if !live || !f.shown(i) {
		return nil
	}
	made, _, err := f.c.Tokens.Make(token.Claims{
		Subject: u.ID, Email: u.Email, Scopes: u.Scopes(), SessionID: s.ID, DeviceFingerprint: s.Device,
	}, s.ExpiresAt)
	if err != nil {
		return err
	}
	return f.Live(SeededSession{User: u.ID, Email: u.Email, Session: s.ID, Token: made, Cookie: cookie})
}

// shown says whether the i-th session is one of those that are given away. They lie evenly over all; of those that have
// ended, none is shown, so that their places go to the next.
func (f *seeding) shown(i int) bool {
	every := max(1, f.Sessions*9/10/max(1, f.Show))
	alive := i - i/10 // how many before it live
	return f.Show > 0 && alive%every == 0 && alive/every < f.Show
}

// audit is a month of sign-ins, with some that end and some that are refused.
func (f *seeding) audit(b *store.Bulk, i int) error {
	u := f.person(i)
	r := audit.Succeeded(audit.EventLogin, audit.Client{
		IP: seedIP(i / 4), UserAgent: seedAgent, RequestID: secret.RandomText(16),
	})
	r.At = f.now.Add(-30*24*time.Hour + time.Duration(float64(i)/float64(f.Audit)*float64(30*24*time.Hour)))
	r.User, r.Address, r.Detail = u.ID, u.Email, "password"
	r.Session, r.Device = "ses_"+secret.RandomText(16), "dev_"+secret.RandomText(15)
	switch i % 20 {
	case 0, 1, 2:
		r.Event, r.Detail = audit.EventRefresh, ""
	case 3, 4:
		r.Event, r.Detail = audit.EventLogout, ""
	case 5:
		r.Outcome, r.Code, r.Reason = audit.Refused, "invalid_credentials", "wrong_password"
		r.User, r.Session, r.Device, r.Detail = "", "", "", ""
		r.Client.IP = seedIP(i)
	}
	b.Audit = append(b.Audit, r)
	return nil
}
