package app

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// reread takes the keys of the files into this process.
func (c *Core) reread(ctx context.Context) error {
	next := *c.Config
	for _, p := range []string{store.KeyJWT, store.KeyData} {
		ring, ok := next.Ring(settingOf(p))
		if !ok {
			continue
		}
		current, beside, err := ring.Read()
		if err != nil {
			return err
		}
		key, previous := &next.JWTSecretKey, &next.JWTPreviousSecretKeys
		if p == store.KeyData {
			key, previous = &next.DataEncryptionKey, &next.DataEncryptionPreviousKeys
		}
		*key, *previous = current, nil
		for _, b := range beside {
			*previous = append(*previous, b.Key)
		}
	}
	keys, err := c.keyring(ctx, &next, true)
	if err != nil {
		return err
	}
	c.Config, c.keys = &next, keys
	c.seals.Take(keys.sealer)
	return nil
}

// finish does what is left after the exchange: ending what a compromised key
// made, and sealing anew. A server would do it too.
func (c *Core) finish(ctx context.Context, r Rotation, out *Rotated) error {
	if r.Compromised {
		if err := c.endLost(ctx, r.Progress); err != nil {
			return err
		}
	}
	if r.Purpose != store.KeyData {
		return nil
	}
	root := c.rootAnew(ctx) // before its old one lies under the new key as it is
	var err error
	if out.Resealed, _, err = c.Reseal(ctx, r.Progress); err != nil {
		return errors.Join(root, err)
	}
	if root != nil {
		root = fmt.Errorf("the key is exchanged, but the audit has no new one yet, which a server tries again: %w", root)
	}
	return errors.Join(root, c.Store.TellKeys(ctx))
}

// Denounce declares a key compromised that somebody else keeps: what it made
// ends now, and the servers sign nothing until they have another.
func (c *Core) Denounce(ctx context.Context, r Rotation) error {
	if err := c.ready(ctx); err != nil {
		return err
	}
	if err := c.denounce(ctx, r.Purpose); err != nil {
		return err
	}
	return c.endLost(ctx, r.Progress)
}

// Retired is a key that was retired by hand.
type Retired struct {
	Purpose     string `json:"purpose"`
	Fingerprint string `json:"fingerprint"`
}

// RetireKeys retires the previous keys of a purpose, or the one of them that is
// named. One that something still needs is retired only by force.
func (c *Core) RetireKeys(ctx context.Context, purpose, only string, force bool) (done []Retired, err error) {
	done = []Retired{}
	list, err := c.Keys(ctx)
	if err != nil {
		return done, err
	}
	var faults []string
	found := only == ""
	for _, k := range list {
		if k.Purpose != purpose || only != "" && k.Fingerprint != only || only == "" && k.State != "previous" {
			continue
		}
		found = true
		switch {
		case k.State == "current" || len(k.Nodes) > 0:
			faults = append(faults, k.Fingerprint+" is in use; exchange it first: aiwfe-auth keys rotate "+purpose)
			continue
		case !k.May && !force:
			faults = append(faults, k.Fingerprint+" is still needed ("+k.Needs+"); --force retires it all the same")
			continue
		}
		row := keyRow(audit.EventKeyRetired, purpose+" "+k.Fingerprint+": by hand")
		if _, err := c.Store.EndKey(ctx, store.KeyEnd{Purpose: purpose, Fingerprint: k.Fingerprint, State: store.KeyRetired, Row: row}); err != nil {
			return done, err
		}
		if ring, ok := c.Config.Ring(settingOf(purpose)); ok {
			if _, err := ring.Drop(k.Fingerprint); err != nil {
				return done, err
			}
		}
		done = append(done, Retired{purpose, k.Fingerprint})
	}
	if !found {
		return done, fmt.Errorf("there is no %s key of the fingerprint %s; see: aiwfe-auth keys list", purpose, only)
	}
	if len(faults) > 0 {
		return done, errors.New(strings.Join(faults, "\n"))
	}
	return done, nil
}

// mendKeys exchanges a compromised key that we keep, where whoever declared it
// so was cut off before the exchange.
func (s *Server) mendKeys(ctx context.Context) {
	cfg := s.live().Config
	uses, _, err := s.Store.KeyUses(ctx)
	if err != nil {
		return
	}
	for _, p := range []string{store.KeyJWT, store.KeyData} {
		core := &Core{Config: cfg}
		f := core.current(p).Fingerprint()
		ring, ok := cfg.Ring(settingOf(p))
		if !ok || useOf(uses, p, f).State != store.KeyCompromised {
			continue
		}
		if _, err := ring.Switch(f, time.Now(), p == store.KeyJWT); err != nil {
			s.Log.Error("a compromised key could not be exchanged", "purpose", p, "error", err)
			continue
		}
		s.Log.Warn("a compromised key was exchanged", "purpose", p, "old", f)
		s.keysTurned()
	}
}
