package app

import (
	"context"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/monitor"
	"github.com/aiwfe/aiwfe-auth/internal/ratelimit"
	"github.com/aiwfe/aiwfe-auth/internal/session"
	"github.com/aiwfe/aiwfe-auth/internal/valkey"
)

// buildLink joins the nodes through the Valkey of REDIS_URL. An address that
// cannot be taken apart stops nobody: the doctor names it.
func (c *Core) buildLink(turned func()) error {
	if c.Config.RedisURL.Empty() {
		return nil
	}
	target, err := valkey.Parse(c.Config.RedisURL)
	if err != nil {
		c.Log.Warn("REDIS_URL cannot be used; each node counts by itself and hears of revocations through the database",
			"error", err)
		return nil
	}
	if turned == nil {
		turned = func() {}
	}
	c.shared, err = valkey.NewLink(valkey.LinkOptions{
		Target: target, Key: c.keys.derived[forShared],
		Heard: c.Sessions.Look, Turned: turned, Log: c.Log,
	})
	return err
}

// revoked is told by the store after the commit of a revocation.
func (c *Core) revoked(r session.Revocation) {
	c.Sessions.Revoked(r)
	if c.shared != nil {
		c.shared.Announce()
	}
}

// limiter allows n requests of an address within the time of LOGIN_LIMIT_ADDRESS,
// counted by all nodes together where there is a Valkey.
func (c *Core) limiter(purpose string, n int) ratelimit.Limiter {
	per := c.Config.LoginLimitAddress.Per
	if c.shared == nil {
		return ratelimit.NewLocal(n, per)
	}
	return ratelimit.NewShared(purpose, n, per, c.shared)
}

// leaveLimit is how long a command waits at its end for a Valkey to hear of
// what it revoked.
const leaveLimit = 500 * time.Millisecond

func (c *Core) leaveLink() {
	if c.shared == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), leaveLimit)
	defer cancel()
	if err := c.shared.Leave(ctx); err != nil {
		c.Log.Debug("Valkey was not told of a revocation; the servers read it from the database", "error", err)
	}
}

// valkeyStats are the figures for health and metrics; nil without REDIS_URL.
func (c *Core) valkeyStats() *monitor.Valkey {
	if c.Config.RedisURL.Empty() {
		return nil
	}
	if c.shared == nil { // the address cannot be taken apart
		return &monitor.Valkey{State: valkey.StateAway}
	}
	s := c.shared.Stats()
	return &monitor.Valkey{State: s.State, Told: s.Told, Heard: s.Heard, Counted: s.Counted, Alone: s.Fallen}
}
