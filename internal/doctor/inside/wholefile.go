package inside

import (
	"context"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// checkTime bounds SQLite's own check, which reads the whole file.
const checkTime = 3 * time.Second

// wholeFile lets SQLite judge its own file. What keeps it from being opened
// at all is for the check of the database to tell.
func (in *inside) wholeFile(ctx context.Context, r *doctor.Result) {
	path := in.sqlitePath()
	if path == "" {
		r.Say("the database is no file of this machine")
		return
	}
	if in.Cheap || !in.mayOpenFile() {
		r.Say("the whole file is read from the command line only")
		return
	}
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	damage, err := store.CheckFile(ctx, path)
	switch {
	case ctx.Err() != nil:
		r.Say("the file is too large to be checked in %s; nothing was found until then", checkTime)
	case err != nil:
		r.Say("the file could not be checked: %v", err)
	case len(damage) > 0:
		r.Find(api.Finding{
			Code: "database_corrupt", Evidence: "PRAGMA quick_check on " + path + ":\n" + strings.Join(damage, "\n"), Expected: "ok",
			Setting: setting("DATABASE_URL", in.cfg.Origin("DATABASE_URL")),
			Remedy:  "Stop the server, copy " + path + " and the files beside it away, and restore the last backup.",
		})
	}
}
