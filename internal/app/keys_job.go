package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// tokenLeeway is how long after its end a token is accepted at most, for the
// clocks of two nodes.
const tokenLeeway = 30 * time.Second

// silence is how long a server that uses a key may say nothing of it.
const silence = 2 * keyBeat

// legacyLife is how long tokens of the old form live.
const legacyLife = time.Hour

// lastToken is how long after its last use tokens of a key may still count.
func lastToken(cfg *config.Config) time.Duration {
	life := cfg.AccessTokenTTL
	if cfg.LegacyTokens {
		life = max(life, legacyLife)
	}
	return life + min(tokenLeeway, life/120) + silence
}

// mindKeys is what one node does for all: it ends what a compromised key made,
// seals anew what an old one sealed, and retires keys that nothing needs.
func (s *Server) mindKeys(ctx context.Context, _ store.Held) error {
	live := s.live()
	if err := live.endLost(ctx, nil); err != nil {
		return err
	}
	if err := live.retireJWT(ctx); err != nil {
		return err
	}
	return errors.Join(live.rootAnew(ctx), live.retireData(ctx))
}

// endLost goes on with what was begun when a key was declared compromised.
func (c *Core) endLost(ctx context.Context, progress func(string, int)) error {
	uses, _, err := c.Store.KeyUses(ctx)
	if err != nil {
		return err
	}
	for _, u := range uses {
		if u.State != store.KeyCompromised || !u.Ended.IsZero() {
			continue
		}
		if err := c.endMade(ctx, u.At, progress); err != nil {
			return err
		}
		if u.Purpose == store.KeyJWT {
			if err := c.Store.KeyEnded(ctx, u.Purpose, u.Fingerprint); err != nil {
				return err
			}
			continue
		}
		if err := c.Store.EndDerived(ctx, u.At); err != nil {
			return err
		}
	}
	return nil
}

func (c *Core) endMade(ctx context.Context, until time.Time, progress func(string, int)) error {
	for after, all := "", 0; ; {
		last, n, err := c.Store.EndMade(ctx, until, after)
		if err != nil || n == 0 {
			return err
		}
		after, all = last, all+n
		if progress != nil {
			progress("sessions ended", all)
		}
	}
}

// retireJWT ends previous signing keys of which no token can be left.
func (c *Core) retireJWT(ctx context.Context) error {
	if len(c.Config.JWTPreviousSecretKeys) == 0 {
		return nil
	}
	uses, at, err := c.Store.KeyUses(ctx)
	if err != nil {
		return err
	}
	for _, k := range c.Config.JWTPreviousSecretKeys {
		u := useOf(uses, store.KeyJWT, k.Fingerprint())
		before := at.Add(-lastToken(c.Config))
		if u.State != "" || u.Last.IsZero() || !u.Last.Before(before) {
			continue // one that was never used is to be used next
		}
		if err := c.retire(ctx, u, before, "the last token made with it has ended"); err != nil {
			return err
		}
	}
	return nil
}

func (c *Core) retire(ctx context.Context, u store.KeyUse, before time.Time, why string) error {
	row := audit.Succeeded(audit.EventKeyRetired, audit.Client{IP: "local"})
	row.At, row.Actor, row.Detail = time.Now().UTC(), "server", fmt.Sprintf("%s %s: %s", u.Purpose, u.Fingerprint, why)
	ended, err := c.Store.EndKey(ctx, store.KeyEnd{
		Purpose: u.Purpose, Fingerprint: u.Fingerprint, State: store.KeyRetired, Row: row, LastBefore: before,
	})
	if ended {
		c.Log.Info("a key was retired", "purpose", u.Purpose, "fingerprint", u.Fingerprint, "why", why)
	}
	return err
}

// useOf finds what is known of a key; the zero value for nothing.
func useOf(uses []store.KeyUse, purpose, fingerprint string) store.KeyUse {
	for _, u := range uses {
		if u.Purpose == purpose && u.Fingerprint == fingerprint {
			return u
		}
	}
	return store.KeyUse{Purpose: purpose, Fingerprint: fingerprint}
}
