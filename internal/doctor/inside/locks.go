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

// glance is how long anybody may be waited for, whatever the age of the
// transaction.
const glance = time.Second

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
	began := time.Now()
	var first []store.Blocker
	for {
		list, err := in.db.Blockers(ctx, tables)
		if err != nil {
			in.unable(r, "who holds locks", err)
			return
		}
		if first == nil {
			first = list
		}
		first = slices.DeleteFunc(first, func(b store.Blocker) bool { return !stays(b, list) })
		if len(first) == 0 {
			r.Say("no lock that anybody waits for")
			return
		}
		if late := lasting(list, first, time.Since(began)); len(late) > 0 {
			r.Find(lockedBy(late))
			return
		}
		if time.Since(began) > 2*held {
			r.Say("sessions wait for one another, and none of them for long")
			return
		}
		select {
		case <-time.After(200 * time.Millisecond):
		case <-ctx.Done():
			r.Unable("who holds locks", ctx.Err())
			return
		}
	}
}

// stays says whether a session that was met still holds the same in the same
// transaction: a busy one holds something else at each look.
func stays(b store.Blocker, list []store.Blocker) bool {
	return slices.ContainsFunc(list, func(o store.Blocker) bool {
		return o.PID == b.PID && o.Table == b.Table && o.Age >= b.Age
	})
}

// lasting are those that were there at every look, in a transaction that is old
// enough. Of other users' sessions the age is hidden; a lock on a whole table
// counts then.
func lasting(list, first []store.Blocker, looked time.Duration) []store.Blocker {
	return slices.DeleteFunc(slices.Clone(list), func(b store.Blocker) bool {
		met := slices.ContainsFunc(first, func(o store.Blocker) bool { return o.PID == b.PID && o.Table == b.Table })
		old := b.Age >= held || b.Table != "" && looked >= held
		return looked < glance || !met || !old
	})
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
