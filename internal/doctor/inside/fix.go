package inside

import (
	"context"
	"fmt"
	"io/fs"
	"os"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/config"
)

// Fix mends what can be mended without a decision: the modes of files that hold
// keys or accounts, and pending migrations, by migrate. Nothing else is
// touched. It tells each thing that it did, and each that it could not do.
func Fix(ctx context.Context, o Options, migrate func(context.Context) (int, error)) []api.Note {
	in := &inside{Options: o, cfg: o.Config}
	_, _ = in.cfg.ReadKeptKeys() // those that cannot be read are told by the examination
	notes := in.fixModes()
	if o.Problem != nil {
		return append(notes, api.Note{Code: "not_fixed", Text: "Migrations were not looked at, since the settings have faults."})
	}
	if path := in.sqlitePath(); path != "" && !exists(path) {
		return notes // a database that is not there yet has nothing pending
	}
	switch n, err := migrate(ctx); {
	case err != nil:
		notes = append(notes, api.Note{Code: "not_fixed", Text: "Pending migrations could not be applied: " + err.Error()})
	case n > 0:
		notes = append(notes, api.Note{Code: "fixed", Text: fmt.Sprintf("%d pending migrations were applied.", n)})
	}
	return notes
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// others are the rights of every other user of the machine. Those of the group
// stay: whoever gave them meant them.
const others fs.FileMode = 0o007

func (in *inside) fixModes() (notes []api.Note) {
	var paths []string
	if dir := config.Existing(in.cfg.DataDir); dir == in.cfg.DataDir && in.cfg.KeepsInDataDir() {
		paths = append(paths, dir)
		paths = append(paths, in.kept(dir)...)
	}
	for _, f := range in.secretFiles() {
		if !mounted(f.path) {
			paths = append(paths, f.path)
		}
	}
	if path := in.sqlitePath(); path != "" {
		paths = append(paths, path, path+"-wal", path+"-shm")
	}
	done := map[string]bool{}
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil || done[path] || info.Mode().Perm()&others == 0 {
			continue
		}
		done[path] = true
		before, after := info.Mode().Perm(), info.Mode().Perm()&^others
		if who, _, known := in.servant(); !known || owner(info) != who {
			notes = append(notes, api.Note{Code: "not_fixed", Text: fmt.Sprintf(
				"The mode of %s is %04o and was left: it belongs to user %d, and the server may run as another. "+
					"As root: chown USER %s && chmod %04o %s", path, before, owner(info), path, after, path)})
			continue
		}
		if err := os.Chmod(path, after); err != nil {
			notes = append(notes, api.Note{Code: "not_fixed", Text: fmt.Sprintf(
				"The mode of %s is %04o and could not be changed: %v", path, before, err)})
			continue
		}
		notes = append(notes, api.Note{Code: "fixed", Text: fmt.Sprintf(
			"The mode of %s was %04o and is %04o now.", path, before, after)})
	}
	return notes
}
