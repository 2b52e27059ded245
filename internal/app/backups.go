package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/backup"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// backupLook is how often it is looked whether a backup is due, and backupAgain
// how long after a failure it is tried again.
const (
	backupLook  = time.Minute
	backupAgain = 10 * time.Minute
)

// backups are made by one server for all, as the settings say that hold now.
func (s *Server) backups() job {
	return job{"backup", backupLook, func(ctx context.Context, held store.Held) error {
		core := s.live().Core
		if core.Config.BackupEvery == 0 {
			return nil
		}
		due, err := core.backupDue(ctx, held.At)
		if err != nil || !due {
			return err
		}
		return core.holding(ctx, held, core.backupNow)
	}}
}

// backupDue says whether the last good one is old enough, and the last that
// failed long enough ago.
func (c *Core) backupDue(ctx context.Context, now time.Time) (bool, error) {
	last, failed, err := LastBackups(ctx, c.Store)
	if err != nil {
		return false, err
	}
	wait := min(backupAgain, c.Config.BackupEvery)
	return now.Sub(last.At) >= c.Config.BackupEvery && now.Sub(failed.At) >= wait, nil
}

// LastBackups reads what the installation knows of its backups.
func LastBackups(ctx context.Context, db *store.Store) (last backup.Last, failed backup.Failed, err error) {
	for fact, into := range map[string]any{backup.FactLast: &last, backup.FactFailed: &failed} {
		text, err := db.Fact(ctx, fact)
		if err != nil {
			return last, failed, err
		}
		if text != "" {
			if err := json.Unmarshal([]byte(text), into); err != nil {
				return last, failed, fmt.Errorf("the fact %s cannot be read: %w", fact, err)
			}
		}
	}
	return last, failed, nil
}

// backupNow makes one, and clears away those that are not kept any more.
func (c *Core) backupNow(ctx context.Context) error {
	made, err := c.Backup(ctx, BackupAs{Lock: BackupLock(c.Config)})
	if err != nil && made.Path == "" {
		if ctx.Err() == nil {
			c.Log.Error("a backup could not be made", "folder", c.Config.BackupDir, "error", cause(err))
		}
		return err
	}
	c.Log.Info("a backup was made", "file", made.Path, "bytes", made.Bytes, "rows", backup.Rows(made.Tables), "seconds", made.Seconds)
	gone, pruned := backup.Prune(c.Config.BackupDir, c.Config.BackupKeep.Count, c.Config.BackupKeep.Age, now())
	for _, path := range gone {
		c.Log.Info("a backup that is not kept any more was removed", "file", path)
	}
	return errors.Join(err, pruned)
}

// holding does something that takes longer than a lease lasts: the lease is
// renewed meanwhile, and the work is given up when somebody else has it.
func (c *Core) holding(ctx context.Context, held store.Held, do func(context.Context) error) error {
	ctx, stop := context.WithCancelCause(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		every := time.NewTicker(c.lease / 3)
		defer every.Stop()
		for {
			select {
			case <-every.C:
			case <-ctx.Done():
				return
			}
			got, err := c.Store.Hold(ctx, held.Name, held.Holder, c.lease)
			if err == nil && (got == nil || got.Number != held.Number) {
				stop(store.ErrLeaseLost)
				return
			}
		}
	}()
	err := do(ctx)
	if errors.Is(context.Cause(ctx), store.ErrLeaseLost) {
		err = errors.Join(err, store.ErrLeaseLost)
	}
	stop(nil)
	<-done
	return err
}
