package app

import (
	"context"
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
		shipped: a.auditShipped,
		chain:   a.auditChain,
	}
}
