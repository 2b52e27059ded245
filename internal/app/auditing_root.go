package app

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/doctor/inside"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/store"
	"github.com/aiwfe/aiwfe-auth/internal/version"
)

// rootAnew has the chain of the audit go on under another root where the one in
// use was there before a data key was compromised: whoever had that key may know
// it. Nothing tells that it was done but the age of the root, so whoever is cut
// off leaves it done or to be done.
func (c *Core) rootAnew(ctx context.Context) error {
	uses, _, err := c.Store.KeyUses(ctx)
	if err != nil {
		return err
	}
	var since time.Time
	for _, u := range uses {
		if u.Purpose == store.KeyData && u.State == store.KeyCompromised && u.At.After(since) {
			since = u.At
		}
	}
	now := c.Config.DataEncryptionKey.Fingerprint()
	if since.IsZero() || c.Audit == nil || useOf(uses, store.KeyData, now).State == store.KeyCompromised {
		return nil // or under a key that is known to others
	}
	old, err := c.Store.AuditRootOlder(ctx, since)
	if err != nil || !old {
		return err
	}
	if behind, err := c.cannotOpen(ctx, now); err != nil || behind != "" {
		if behind != "" { // a server does it, once all can
			c.Log.Warn("the audit keeps its key, which may be known to others, until every server is of this version and has the new "+
				"data key: upgrade or restart the one that is named", "server", behind)
		}
		return err
	}
	begun, err := c.turnRoot(ctx, since)
	if begun {
		c.Log.Info("the audit goes on under another key", "number", c.Audit.Number())
	}
	return err
}

// cannotOpen names a server that is not of this version, or does not open what is
// sealed under a data key: it would write nothing from then on. "" is none.
func (c *Core) cannotOpen(ctx context.Context, fingerprint string) (string, error) {
	nodes, err := c.liveNodes(ctx)
	for _, n := range nodes {
		known := strings.Fields(n.Marks[inside.MarkOf(store.KeyData)])
		if n.Version != version.String() || !slices.Contains(known, fingerprint) {
			return n.Host + ", version " + n.Version, err
		}
	}
	return "", err
}

func (c *Core) turnRoot(ctx context.Context, since time.Time) (begun bool, err error) {
	if err := c.sealAll(ctx); err != nil { // so that what is left for the moment itself is little
		return false, err
	}
	fresh := secret.New(secret.Random(audit.RootLen)) // the same one if it has to be tried again
	begun, err = c.Store.BeginAuditRoot(ctx, store.NewRoot{
		Keys: c.Audit, Since: since,
		Turn: func(sealed map[byte][]byte, next byte, last int64) (store.TurnedRoot, error) {
			return c.endRoot(sealed, next, last, fresh)
		},
	})
	if err != nil {
		return false, err
	}
	return begun, c.Store.RenewAudit(ctx)
}

// endRoot closes the root in use behind the last row under it, and puts the next
// beside it.
func (c *Core) endRoot(sealed map[byte][]byte, next byte, last int64, fresh secret.Value) (t store.TurnedRoot, err error) {
	roots, err := openRoots(c.seals, sealed)
	if err != nil {
		return t, err
	}
	t.Sealed = map[byte][]byte{}
	before := c.Audit.Number()
	if old, ok := roots[before]; ok {
		roots[before] = audit.EndRoot(old, last)
		t.Sealed[before] = c.seals.Seal(roots[before].Reveal(), rootBound(before)...)
	}
	roots[next] = fresh
	t.Sealed[next] = c.seals.Seal(fresh.Reveal(), rootBound(next)...)
	if t.Keys, err = audit.NewKeys(roots); err != nil {
		return t, err
	}
	t.Row = keyRow(audit.EventKeyRotated, fmt.Sprintf("audit %d -> %d, after row %d; public key %s", before, next, last, t.Keys.Public()[0].Key))
	return t, nil
}
