package app

import (
	"context"
	"fmt"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
	"github.com/aiwfe/aiwfe-auth/internal/store"
	"github.com/aiwfe/aiwfe-auth/internal/upkeep"
)

const (
	// upkeepEvery is how often a server looks whether something is due. It takes
	// the lease only then, so that nothing is written while nothing is.
	upkeepEvery = time.Minute
	upkeepLease = "maintenance"
	// upkeepSince is the fact that tells when this installation began to keep a
	// schedule: it owes nothing for the time before.
	upkeepSince = "maintenance_since"
)

// keeper does what is due, for all nodes.
type keeper struct {
	*Core
	schedule func() upkeep.Schedule
	// do makes the chores of a kind.
	do func(ctx context.Context, kind string, now time.Time) (api.MaintenanceReport, error)
	// letters are what goes out with a report; nil for none.
	letters func(api.MaintenanceReport) ([]mail.Letter, error)
	// now is the moment that the schedule is judged by: that of the database,
	// which all nodes share.
	now func(held *store.Held) time.Time
}

// run looks every minute, until ctx ends.
func (k *keeper) run(ctx context.Context) {
	every := time.NewTicker(upkeepEvery)
	defer every.Stop()
	for {
		select {
		case <-every.C:
			if err := k.tick(ctx); err != nil && ctx.Err() == nil {
				k.Log.Warn("maintenance was not finished; it is tried again", "error", cause(err))
			}
		case <-ctx.Done():
			return
		}
	}
}

// tick does what is owed. Whether anything is, is asked without the lease first.
func (k *keeper) tick(ctx context.Context) error {
	owed, err := k.owed(ctx, k.now(nil))
	if err != nil || len(owed) == 0 {
		return err
	}
	held, err := k.Store.Hold(ctx, upkeepLease, k.node, k.lease)
	if err != nil || held == nil {
		return err
	}
	defer func() {
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		if err := k.Store.Release(last, *held); err != nil {
			k.Log.Debug("maintenance could not be left to another server", "error", err)
		}
	}()
	if owed, err = k.owed(ctx, k.now(held)); err != nil {
		return err
	}
	return k.holding(ctx, *held, func(ctx context.Context) error {
		for _, one := range owed {
			if err := k.one(ctx, *held, one); err != nil {
				return fmt.Errorf("%s maintenance: %w", one.Kind, err)
			}
		}
		return nil
	})
}

// owed lists what is due and not done.
func (k *keeper) owed(ctx context.Context, now time.Time) ([]upkeep.Owed, error) {
	schedule := k.schedule()
	if len(schedule.Kinds) == 0 {
		return nil, nil
	}
	text, err := k.Store.KeepFact(ctx, upkeepSince, now.UTC().Format(time.RFC3339))
	if err != nil {
		return nil, err
	}
	since, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return nil, fmt.Errorf("the fact %s is no moment: %q", upkeepSince, text)
	}
	reports, err := k.Store.UpkeepReports(ctx)
	if err != nil {
		return nil, err
	}
	last := map[string]time.Time{}
	for _, r := range reports {
		last[r.Kind] = r.At
	}
	return schedule.Owed(now, since, last), nil
}

// one makes the chores of a kind, and keeps the report under the lease: a node
// that lost it while it worked keeps nothing, and whoever has it begins anew.
func (k *keeper) one(ctx context.Context, held store.Held, owed upkeep.Owed) error {
	report, err := k.do(ctx, owed.Kind, k.now(&held))
	if err == nil {
		err = ctx.Err() // it was cut off: what it says of the rest is not so
	}
	if err != nil {
		return err
	}
	kept := store.UpkeepKept{Report: report, Under: &held, Due: owed.Due}
	if k.letters != nil {
		if kept.Letters, err = k.letters(report); err != nil {
			k.Log.Warn("the report cannot be sent by mail", "error", err)
		}
	}
	if ok, err := k.Store.KeepUpkeep(ctx, kept); err != nil || !ok {
		return err
	}
	k.Log.Info("maintenance was done", "kind", report.Kind, "to_do", report.ToDo, "summary", upkeep.Summary(report))
	for _, c := range report.Chores {
		if c.Verdict == api.ChoreToDo {
			k.Log.Warn("maintenance found something to do", "chore", c.Chore, "said", c.Said, "remedy", c.Remedy)
		}
	}
	return nil
}
