package inside

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// longLease is beyond what a migration that lives asks for at a time.
const longLease = 5 * time.Minute

// interrupted says whether a schema that is behind is so because a migration
// was begun and not ended, or because the ledger was lost.
func (in *inside) interrupted(l store.Ledger, have store.Shape, pending []int) (api.Finding, bool) {
	f := api.Finding{Code: "migration_interrupted", Expected: "tables of exactly the migrations that the ledger " +
		"goose_db_version lists"}
	var lines []string
	for _, i := range pending {
		made, all := in.made(i, have)
		s := in.stages[i]
		if len(made) == 0 {
			continue
		}
		lines = append(lines, fmt.Sprintf("migration %d is not in the ledger, and of what it makes there is: "+
			"%s", s.Version, strings.Join(made[:min(len(made), 4)], ", ")))
		if f.Remedy == "" {
			f.Remedy = fmt.Sprintf("A part of migration %d is there. Restore the backup from before it, or drop what the "+
				"evidence names (after a look at what is in it); then: aiwfe-auth migrate up", s.Version)
			if all {
				f.Remedy = fmt.Sprintf("All of migration %d is there, only its line in the ledger is not. Put it in: INSERT "+
					"INTO goose_db_version (version_id, is_applied) VALUES (%d, true); then: aiwfe-auth migrate "+
					"status", s.Version, s.Version)
			}
		}
	}
	if gap := in.gap(l, pending); gap != 0 && len(lines) == 0 {
		lines = append(lines, fmt.Sprintf("the ledger has later migrations, and not migration %d; of what it makes "+
			"there is nothing", gap))
		f.Remedy = "Restore the backup from before the migrations: the ledger was changed by hand."
	}
	switch {
	case l.LockedBy == "":
	case l.Lapses.Before(l.Now):
		lines = append(lines, fmt.Sprintf("the lock of migrations is held by %s since %s, and lapsed at %s: that "+
			"process died",
			l.LockedBy, l.Since.UTC().Format(time.RFC3339), l.Lapses.UTC().Format(time.RFC3339)))
		f.Remedy = orText(f.Remedy, "That lock is void. Go on with: aiwfe-auth migrate up")
	case l.Lapses.Sub(l.Now) > longLease:
		lines = append(lines, fmt.Sprintf("the lock of migrations is held by %s until %s, longer than a living process "+
			"ever asks for",
			l.LockedBy, l.Lapses.UTC().Format(time.RFC3339)))
		f.Remedy = orText(f.Remedy, "When no process migrates: UPDATE goose_lock SET locked = false; then: aiwfe-auth "+
			"migrate up")
	}
	f.Evidence = strings.Join(lines, "\n")
	f.Setting = in.named("DATABASE_URL")
	return f, len(lines) > 0
}

func orText(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// gap is a version that is missing below one that was applied.
func (in *inside) gap(l store.Ledger, pending []int) int64 {
	if len(l.Applied) > 0 && in.stages[pending[0]].Version < slices.Max(l.Applied) {
		return in.stages[pending[0]].Version
	}
	return 0
}

// made lists what a migration makes that is there already, and says whether
// that is all of it. Of users nothing counts: the table is adopted as it is.
func (in *inside) made(i int, have store.Shape) (list []string, all bool) {
	before := store.Shape{}
	if i > 0 {
		before = in.stages[i-1].Shape
	}
	all = true
	after := in.stages[i].Shape
	for _, table := range after.Tables() {
		if table == "users" {
			continue
		}
		_, known := before[table]
		if _, there := have[table]; !known {
			all = all && there
			if there {
				list = append(list, "the table "+table)
			}
			continue
		}
		for _, column := range slices.Sorted(maps.Keys(after[table].Columns)) {
			if _, old := before[table].Columns[column]; old {
				continue
			}
			_, there := have[table].Columns[column]
			all = all && there
			if there {
				list = append(list, "the column "+column+" of "+table)
			}
		}
	}
	return list, all
}
