package inside

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// sqliteFile looks at the file before anything opens it: opening would make it.
func (in *inside) sqliteFile(ctx context.Context, r *doctor.Result) bool {
	path := in.dsn()
	if path == ":memory:" {
		r.Note("database_in_memory", "The database is kept in memory: all accounts end with the process.")
		return true
	}
	file := store.LookAtFile(ctx, path)
	f := api.Finding{Setting: in.fileSetting(), Evidence: seen(file)}
	switch {
	case file.Err == nil && !file.There:
		return in.noFile(r, file, f)
	case file.Err == nil:
		r.Say("%s, %d bytes", path, file.Size)
		return true
	case file.Corrupt():
		f.Code, f.Expected = "database_corrupt", "a SQLite database that is whole"
		f.Cause = "The file at the path of the database is no SQLite database, or a damaged one."
		f.Remedy = "Correct the path, or keep a copy of the file and restore the last backup."
	case file.Locked():
		f.Code, f.Expected = "database_locked", "the lock of writers within two seconds"
		if len(file.Holders) > 0 {
			f.Remedy = "End the process that holds it: " + strings.Join(file.Holders, ", ") + "."
		} else {
			f.Remedy = "See who has it open: fuser -v " + path
		}
	case file.Forbidden():
		f.Code, f.Expected = "database_file_forbidden", "a file and a folder that the user who runs the server may write to"
		f.Remedy = fmt.Sprintf("Give both to the user who runs the server: chown USER: %s %s*", filepath.Dir(path), path)
	default:
		r.Unable("the database file "+path, file.Err)
		return false
	}
	r.Find(f)
	return false
}

// noFile is nothing where the database should be: natural before the first
// start in development, and elsewhere what a lost volume looks like.
func (in *inside) noFile(r *doctor.Result, file store.File, f api.Finding) bool {
	if in.cfg.Environment.Relaxed() {
		r.Note("database_not_made", "There is no database yet; the server makes it at its first start: %s", file.Path)
		r.Skip("there is no database yet")
		return false
	}
	if in.Problem != nil { // with these settings no server has ever made one
		r.Note("database_not_made", "There is no database at %s; whether there should be one shows when the settings can be used.", file.Path)
		r.Skip("there is no database yet")
		return false
	}
	f.Code, f.Expected = "database_file_missing", "the file with the accounts"
	f.Remedy = "Mount the volume or correct the path. For a new installation: aiwfe-auth migrate up"
	if len(file.Neighbours) > 0 {
		f.Remedy = "Correct the path; in the same folder lies " + strings.Join(file.Neighbours, ", ") + "."
	}
	r.Find(f)
	return false
}

// seen puts into words what was found at the path.
func seen(f store.File) string {
	text := f.Path + " is not there"
	switch {
	case f.There && f.Size == 0:
		text = f.Path + " is there and empty"
	case f.There:
		text = fmt.Sprintf("%s has %d bytes and the mode %04o", f.Path, f.Size, f.Mode.Perm())
	case !f.FolderThere:
		text = "the folder " + filepath.Dir(f.Path) + " is not there"
	}
	if f.Err != nil {
		text += "\nopening it for writing: " + f.Err.Error()
	}
	if len(f.Neighbours) > 0 && (!f.There || f.Size == 0) {
		text += "\nin the same folder: " + strings.Join(f.Neighbours, ", ")
	}
	if len(f.Holders) > 0 {
		text += "\nopen in the process " + strings.Join(f.Holders, ", ")
	}
	return text
}

// fileSetting is the setting that decides where the file is.
func (in *inside) fileSetting() string {
	if named := in.named("DATABASE_URL"); !strings.Contains(named, "default") && named != "DATABASE_URL" && !strings.Contains(named, "not set") {
		return named
	}
	return in.named("DATA_DIR")
}
