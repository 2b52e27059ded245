package inside

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/backup"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
)

func (in *inside) backupChecks() []doctor.Check {
	return []doctor.Check{{
		Name: "backups", Title: "There is a backup, and not of long ago", Needs: []string{"config", "database", "schema"}, Run: in.opened(in.backups),
	}}
}

// backupGrace is what a backup may be late: it waits for a server that looks
// once a minute, and takes a while itself.
const backupGrace = 30 * time.Minute

// backups holds the last good one against what is planned. One that failed once
// is no cause yet; two that are missing are.
func (in *inside) backups(ctx context.Context, r *doctor.Result) {
	if in.cfg.BackupEvery == 0 {
		r.Say("BACKUP_EVERY plans none")
		return
	}
	var last backup.Last
	var failed backup.Failed
	for fact, into := range map[string]any{backup.FactLast: &last, backup.FactFailed: &failed} {
		text, err := in.db.Fact(ctx, fact)
		if err == nil && text != "" {
			err = json.Unmarshal([]byte(text), into)
		}
		if err != nil {
			r.Unable("when the last backup was made", err)
			return
		}
	}
	evidence := "none was ever made"
	late := !failed.At.IsZero()
	if last.At.IsZero() {
		late = late || in.ranFor(ctx) > backupGrace // the first is made at once
	} else {
		evidence = fmt.Sprintf("the last good one was made at %s: %s", last.At.UTC().Format(time.RFC3339), last.Path)
		late = in.Now().Sub(last.At) > 2*in.cfg.BackupEvery+backupGrace
	}
	if !late {
		r.Say("%s", evidence)
		return
	}
	if failed.At.After(last.At) {
		evidence += fmt.Sprintf("; at %s on %s it failed: %s", failed.At.UTC().Format(time.RFC3339), failed.Host, failed.Why)
	}
	r.Find(api.Finding{
		Code: "backup_too_old", Evidence: evidence, Expected: "one every " + in.cfg.BackupEvery.String(),
		Setting: setting("BACKUP_EVERY", in.cfg.Origin("BACKUP_EVERY")),
	})
}

// ranFor is for how long a server runs here already.
func (in *inside) ranFor(ctx context.Context) time.Duration {
	list, at, err := in.db.Nodes(ctx, Fresh)
	if err != nil || len(list) == 0 {
		return 0
	}
	return at.Sub(list[0].StartedAt)
}
