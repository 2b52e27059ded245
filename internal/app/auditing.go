package app

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/pause"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// openAudit reads the keys of the audit's chain, or makes them at the first
// start. They are kept sealed, so that DATA_ENCRYPTION_KEY can be changed and
// what was signed under the one before still verifies.
func (c *Core) openAudit(ctx context.Context) error {
	sealed, err := c.Store.AuditRoots(ctx)
	if err == nil && len(sealed) == 0 {
		first := c.seals.Seal(secret.Random(audit.RootLen), rootBound(1)...)
		if err = c.Store.KeepAuditRoot(ctx, 1, first); err == nil {
			sealed, err = c.Store.AuditRoots(ctx)
		}
	}
	if err != nil {
		return err
	}
	c.Audit, err = auditKeys(c.seals, sealed)
	if errors.Is(err, audit.ErrNoRoot) {
		c.Log.Error("the key of the audit that was in use is gone from the database, so rows are written without a mark; " +
			"find out who took it away, then: aiwfe-auth audit restart")
		return nil
	}
	if errors.Is(err, secret.ErrSealed) {
		// Nobody is kept out for it; the rows that are written meanwhile lack a mark, which is found.
		c.Log.Error("the key of the audit cannot be opened, so rows are written without a mark; " +
			"DATA_ENCRYPTION_KEY is not the key of this database, see: aiwfe-auth explain data_key_wrong")
		return nil
	}
	if err != nil {
		return err
	}
	if c.ships, err = c.sinks(); err != nil {
		return err
	}
	c.Store.MarkAudit(c.Audit)
	return nil
}

// auditKeys opens what is sealed of the audit's chain. Where there is nothing,
// as in a backup of before, there are no keys.
func auditKeys(seals *secret.Sealer, sealed map[byte][]byte) (*audit.Keys, error) {
	if len(sealed) == 0 {
		return nil, nil
	}
	roots, err := openRoots(seals, sealed)
	if err != nil {
		return nil, err
	}
	keys, err := audit.NewKeys(roots)
	if err == nil {
		keys.Open = func(sealed map[byte][]byte) (map[byte]secret.Value, error) { return openRoots(seals, sealed) }
	}
	return keys, err
}

func openRoots(seals *secret.Sealer, sealed map[byte][]byte) (map[byte]secret.Value, error) {
	roots := map[byte]secret.Value{}
	for n, s := range sealed {
		root, err := seals.Open(s, rootBound(n)...)
		if err != nil {
			return nil, err
		}
		roots[n] = root
	}
	return roots, nil
}

// marksOf opens the keys that came with a backup. Without the key that sealed
// them the backup is good, and what is written of it lacks a mark.
func marksOf(cfg *config.Config) func(map[byte][]byte) (*audit.Keys, error) {
	return func(sealed map[byte][]byte) (*audit.Keys, error) {
		if cfg.DataEncryptionKey.Empty() { // the first start makes one
			return nil, nil
		}
		seals, err := secret.NewSealer(cfg.DataEncryptionKey, cfg.DataEncryptionPreviousKeys...)
		if err != nil {
			return nil, err
		}
		keys, err := auditKeys(seals, sealed)
		if errors.Is(err, secret.ErrSealed) || errors.Is(err, audit.ErrNoRoot) {
			return nil, nil
		}
		return keys, err
	}
}

func rootBound(n byte) []string { return []string{"audit", strconv.Itoa(int(n))} }

const (
	// sealPause is how long a committed row waits for its place at most, and a
	// little more.
	sealPause = 400 * time.Millisecond
	// sealMost bounds one transaction, for which others wait on SQLite.
	sealMost = 500
	// A checkpoint is kept after so many rows or so long.
	checkpointRows = 10_000
	checkpointTime = 15 * time.Minute
	retainMost     = 2000
)

// auditing is what one node does for the audit of all.
type auditing struct {
	c *Core
	// strict is set once rows without a mark are no longer taken for an older version's.
	strict  bool
	watched time.Time
	retain  time.Time
	watch   auditWatch
}

// audits starts what is done for the audit: its chain, and the way to each place
// elsewhere. Each is a job of its own, so that a place which hangs holds up nothing.
func (c *Core) audits(ctx context.Context, all *sync.WaitGroup) {
	a := &auditing{c: c}
	all.Go(func() { c.alone(ctx, job{"audit", 0, a.job}) })
	for name, to := range c.ships {
		s := &shipper{c: c, name: name, to: to, first: shipFirst}
		all.Go(func() { c.alone(ctx, job{"audit to " + name, 0, s.job}) })
	}
}

// job keeps the chain going for as long as the lease lasts without being renewed.
func (a *auditing) job(ctx context.Context, held store.Held) error {
	if a.c.Audit == nil {
		return nil // said at the start
	}
	until := time.Now().Add(a.c.lease / 3)
	if err := a.seldom(ctx, held); err != nil {
		return err
	}
	for time.Now().Before(until) {
		due, err := a.c.Store.AnyWaiting(ctx)
		if err == nil && due {
			err = a.seal(ctx, held, false, until)
		}
		if err != nil {
			return err
		}
		if pause.For(ctx, sealPause) != nil {
			return nil
		}
	}
	return nil
}

// seal gives all rows their place that wait for it.
func (a *auditing) seal(ctx context.Context, held store.Held, counted bool, until time.Time) error {
	for time.Now().Before(until) && ctx.Err() == nil {
		n, err := a.c.Store.SealAudit(ctx, store.Seal{
			Under: &held, Keys: a.c.Audit, Most: sealMost, Counted: counted, Every: checkpointRows, Often: checkpointTime,
		})
		if err != nil || n < sealMost {
			return err
		}
	}
	return nil
}

// seldom does what is done every few seconds or minutes.
func (a *auditing) seldom(ctx context.Context, held store.Held) error {
	err := a.seal(ctx, held, true, time.Now().Add(time.Second))
	if !a.strict {
		err = errors.Join(err, a.close(ctx, held))
	}
	if now := time.Now(); now.Sub(a.watched) >= watchEvery {
		a.watched = now
		err = errors.Join(err, a.watch.look(ctx, a.c))
	}
	if now := time.Now(); a.c.Config.AuditRetention > 0 && now.Sub(a.retain) >= sweepEvery {
		a.retain = now
		err = errors.Join(err, a.forget(ctx, held))
	}
	return err
}

// close ends the time in which rows may lack a mark: once every server is of
// this version, and all that older ones wrote has its place.
func (a *auditing) close(ctx context.Context, held store.Held) error {
	nodes, _, err := a.c.Store.Nodes(ctx, goneFor)
	if err != nil || len(nodes) == 0 {
		return err
	}
	for _, n := range nodes {
		if n.Version != nodes[0].Version {
			return nil
		}
	}
	if _, err := a.c.Store.SealAudit(ctx, store.Seal{
		Under: &held, Keys: a.c.Audit, Most: sealMost, Strict: true, Every: checkpointRows, Often: checkpointTime,
	}); err != nil {
		return err
	}
	chain, err := a.c.Store.AuditChain(ctx)
	a.strict = err == nil && chain.Marked > 0
	return err
}

// forget deletes rows older than AUDIT_RETENTION, for a second at most at a
// time: there is another one in ten minutes.
func (a *auditing) forget(ctx context.Context, held store.Held) error {
	o := store.Retain{
		Under: &held, Keys: a.c.Audit, Before: held.At.Add(-a.c.Config.AuditRetention), Sinks: a.c.sinkNames(), Most: retainMost,
	}
	for end := time.Now().Add(time.Second); time.Now().Before(end); {
		n, err := a.c.Store.RetainAudit(ctx, o)
		if err != nil || n < retainMost {
			return err
		}
	}
	a.retain = time.Time{} // more is left: go on with the next round
	return nil
}

// Checkpoint gives all rows their place that wait for it, keeps the state of the
// chain and returns it signed. It works beside a running server: of two who
// move the chain at once, one does it again.
func (c *Core) Checkpoint(ctx context.Context) (audit.Signed, error) {
	if err := c.sealAll(ctx); err != nil {
		return audit.Signed{}, err
	}
	return c.Store.KeepCheckpoint(ctx, c.Audit)
}

func (c *Core) sealAll(ctx context.Context) error {
	for try := 1; ; try++ {
		n, err := c.Store.SealAudit(ctx, store.Seal{Keys: c.Audit, Most: sealMost, Every: checkpointRows, Often: checkpointTime})
		if err == nil && n == sealMost || err != nil && try < 5 {
			continue
		}
		return err
	}
}
