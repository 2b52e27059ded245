package app

import (
	"context"
	"slices"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/alert"
)

// backupGrace is what a backup may be late: it waits for a server that looks
// whether one is due, and takes its time.
const backupGrace = 30 * time.Minute

// watchOthers says where alerts learn of what other parts of the program do.
func (a *alerts) watchOthers() {
	began := time.Now()
	a.watched = alertSources{
		backup: func(ctx context.Context, now time.Time) (*alert.Backup, error) {
			every := a.s.live().Config.BackupEvery
			if every == 0 {
				return nil, nil
			}
			last, _, err := LastBackups(ctx, a.s.Store)
			b := &alert.Backup{Age: now.Sub(last.At), Most: 2*every + backupGrace}
			if last.At.IsZero() { // the first is made at once, so it is missed from the start on
				b.Never, b.Age, b.Most = true, time.Since(began), backupGrace
			}
			return b, err
		},
		shipped: func(ctx context.Context, _ time.Time) (list []alert.Shipping, err error) {
			sinks, err := a.s.Store.AuditSinks(ctx)
			for _, s := range sinks {
				if slices.Contains(a.s.live().sinkNames(), s.Name) { // others were taken out of the settings
					list = append(list, alert.Shipping{Name: s.Name, Lag: s.Since, Cause: s.Failed})
				}
			}
			return list, err
		},
		chain: func(ctx context.Context) (*alert.Chain, error) {
			wrong, err := AuditVerdict(ctx, a.s.Store)
			if err != nil || wrong == nil {
				return &alert.Chain{}, err
			}
			return &alert.Chain{Broken: "the audit was changed: " + wrong.Error()}, nil
		},
	}
}
