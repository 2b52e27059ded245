package app

import (
	"context"
	"encoding/base64"

	"github.com/aiwfe/aiwfe-auth/internal/doctor/inside"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// resealBatch is how many rows are sealed anew in one transaction.
const resealBatch = 200

// Reseal seals anew what does not open with the present data key alone. It may
// be ended at any moment and begun again: each row is exchanged by itself,
// where it is still the one that was read, and both keys open meanwhile. shut
// counts what opens with no key at hand.
func (c *Core) Reseal(ctx context.Context, progress func(what string, done int)) (done, shut int, err error) {
	for _, p := range store.SealedPlaces {
		for after := ""; ; {
			out, err := c.Store.Reseal(ctx, p, c.seals.Header(), after, resealBatch, c.seals.Again)
			if err != nil {
				return done, shut, err
			}
			done, shut = done+out.Done, shut+out.Shut
			if out.Done > 0 && progress != nil {
				progress("rows sealed anew", done)
			}
			if out.Last == "" {
				break
			}
			after = out.Last
		}
	}
	return done, shut, nil
}

// retireData seals anew what previous data keys sealed, and retires those that
// nothing needs any more.
func (c *Core) retireData(ctx context.Context) error {
	if len(c.Config.DataEncryptionPreviousKeys) == 0 {
		return nil
	}
	uses, at, err := c.Store.KeyUses(ctx)
	if err != nil {
		return err
	}
	current := useOf(uses, store.KeyData, c.Config.DataEncryptionKey.Fingerprint())
	if current.State == store.KeyCompromised {
		return nil // nothing is sealed anew under a key that is known to others
	}
	var waiting []store.KeyUse
	for _, k := range c.Config.DataEncryptionPreviousKeys {
		u := useOf(uses, store.KeyData, k.Fingerprint())
		if !u.Last.IsZero() && (u.State == "" || u.State == store.KeyCompromised && u.Ended.IsZero()) {
			waiting = append(waiting, u)
		}
	}
	if len(waiting) == 0 {
		return nil
	}
	done, _, err := c.Reseal(ctx, nil)
	if err != nil {
		return err
	}
	if done > 0 {
		c.Log.Info("what an earlier data key sealed was sealed anew", "rows", done)
	}
	if _, err := c.keyring(ctx, c.Config, true); err != nil {
		return err
	}
	left, err := c.sealedBy(ctx)
	if err != nil || done > 0 { // the next round looks whether something is left
		return err
	}
	for _, u := range waiting {
		header := headerOf(keyOf(dataKeys(c.Config), u.Fingerprint))
		before := at.Add(-silence - keyBeat) // and what was under way when it was exchanged
		if left[string(header)] > 0 || !u.Last.Before(before) {
			continue
		}
		if u.State == store.KeyCompromised {
			err = c.endLostData(ctx, u)
		} else {
			err = c.retire(ctx, u, before, "all that it sealed is sealed anew")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// endLostData ends for good a compromised data key that seals nothing any more.
// Sessions that began while what derived from it still counted end with it.
func (c *Core) endLostData(ctx context.Context, u store.KeyUse) error {
	if err := c.Store.KeyEnded(ctx, u.Purpose, u.Fingerprint); err != nil {
		return err
	}
	c.Log.Info("a compromised key opens nothing any more", "purpose", u.Purpose, "fingerprint", u.Fingerprint)
	return c.Store.TellKeys(ctx)
}

// sealedBy counts all that is sealed, single facts too, by how it begins.
func (c *Core) sealedBy(ctx context.Context) (map[string]int64, error) {
	counts, err := c.Store.SealedCounts(ctx)
	if err != nil {
		return nil, err
	}
	all := map[string]int64{}
	for header, tables := range counts {
		for _, n := range tables {
			all[header] += n
		}
	}
	for _, name := range []string{factDerived, inside.FactSealed} {
		fact, err := c.Store.Fact(ctx, name)
		if err != nil {
			return nil, err
		}
		if raw, err := base64.StdEncoding.DecodeString(fact); err == nil && len(raw) > 5 {
			all[string(raw[:5])]++
		}
	}
	return all, nil
}
