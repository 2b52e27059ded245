package inside

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// held is how long a lock must last to be more than somebody's ordinary work.
const held = 3 * time.Second

// locks looks for sessions that everybody waits for. One that is met is looked
// at again until it is gone or has lasted too long.
func (in *inside) locks(ctx context.Context, r *doctor.Result) {
	if in.db.Engine() != store.Postgres {
		r.Say("SQLite has one lock, which was free")
		return
	}
	stages, err := store.Stages(ctx)
	if err != nil {
		r.Unable("what the migrations make", err)
		return
	}
	in.stages = stages
	tables := append(stages[len(stages)-1].Shape.Tables(), "goose_db_version", "goose_lock")
	first := map[int]bool{}
	for end := time.Now().Add(held + time.Second); ; {
		list, err := in.db.Blockers(ctx, tables)
		if err != nil {
			r.Unable("who holds locks", reason(err))
			return
		}
		if len(first) == 0 {
			for _, b := range list {
				first[b.PID] = true
			}
		}
		list = slices.DeleteFunc(list, func(b store.Blocker) bool { return !first[b.PID] })
		switch {
		case len(list) == 0:
			r.Say("no lock that anybody waits for")
			return
		case list[0].Age >= held || list[0].PID == 0 || time.Now().After(end):
			r.Find(lockedBy(list))
			return
		}
		select {
		case <-time.After(200 * time.Millisecond):
		case <-ctx.Done():
			r.Find(lockedBy(list))
			return
		}
	}
}

func lockedBy(list []store.Blocker) api.Finding {
	lines := make([]string, 0, len(list))
	for _, b := range list[:min(len(list), 3)] {
		lines = append(lines, b.String())
	}
	f := api.Finding{Code: "database_locked_by", Evidence: strings.Join(lines, "\n"), Expected: "no session that keeps others from writing"}
	b := list[0]
	if b.PID == 0 {
		f.Remedy = "List the prepared transactions and end the one that was forgotten: SELECT gid, prepared FROM pg_prepared_xacts; ROLLBACK PREPARED 'GID'"
		return f
	}
	f.Cause = fmt.Sprintf("Process %d in the database, application %q, has held %s for %s; whoever signs in waits for it.", b.PID, b.Application, b.Held(), b.Age.Round(time.Second))
	f.Remedy = fmt.Sprintf("Let it end its transaction, or end it: SELECT pg_terminate_backend(%d)", b.PID)
	return f
}
