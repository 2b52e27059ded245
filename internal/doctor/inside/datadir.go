package inside

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
)

// dataDir looks at who may do what with the folders and the files in them.
func (in *inside) dataDir(_ context.Context, r *doctor.Result) {
	for _, f := range in.folders() {
		if err := tryWriting(f.path); err != nil {
			if f.setting == "DATA_DIR" { // the folder of another database file is for its own check
				in.unwritable(r, f, err)
			}
			continue
		}
		in.ownership(r, f)
		in.openness(r, f)
	}
}

func (in *inside) unwritable(r *doctor.Result, f folder, err error) {
	// The remedy names DATA_DIR itself: done to a folder above, such as /var/lib, it would take that from everybody else.
	where, dir := f.path, filepath.Clean(in.cfg.DataDir)
	if dir != f.path {
		where = "DATA_DIR " + in.cfg.DataDir + " is not there, and the folder above it, " + f.path + ","
	}
	r.Find(api.Finding{
		Code:     "data_dir_unwritable",
		Cause:    where + " cannot be written to by this user.",
		Evidence: fmt.Sprintf("as user %d: %v", os.Geteuid(), err),
		Expected: "a folder in which the user who runs the server may write",
		Setting:  setting(f.setting, in.cfg.Origin(f.setting)),
		Remedy: "As root: install -d -m 0700 -o USER " + dir + ", with the user who runs the server. " +
			"Or name another folder in " + f.setting + ".",
	})
}

// kept are the files that the server makes, where they are there.
func (in *inside) kept(dir string) (paths []string) {
	var names []string
	for _, name := range []string{"jwt-secret-key", "data-encryption-key", "setup-link"} {
		names = append(names, filepath.Join(in.cfg.DataDir, name))
	}
	if file := in.sqlitePath(); file != "" {
		names = append(names, file, file+"-wal", file+"-shm")
	}
	for _, path := range names {
		if info, err := os.Stat(path); filepath.Dir(path) == filepath.Clean(dir) && err == nil && info.Mode().IsRegular() {
			paths = append(paths, path)
		}
	}
	return paths
}

// ownership finds what another user made, mostly root. Who the server is shows
// while it runs; else the owner of the folder is, unless others may write in it
// too. To a server of root every file is open.
func (in *inside) ownership(r *doctor.Result, f folder) {
	dir, err := os.Stat(f.path)
	if err != nil {
		return
	}
	who, running, _ := in.servant()
	if running && who == 0 {
		return
	}
	if !running {
		if dir.Mode().Perm()&0o022 != 0 {
			return
		}
		who = owner(dir)
	}
	var foreign []string
	for _, path := range in.kept(f.path) {
		info, err := os.Stat(path)
		if err == nil && owner(info) != who && info.Mode().Perm()&0o006 != 0o006 {
			foreign = append(foreign, fmt.Sprintf("%s belongs to user %d", filepath.Base(path), owner(info)))
		}
	}
	if foreign == nil {
		return
	}
	r.Find(api.Finding{
		Code:     "file_of_other_user",
		Evidence: fmt.Sprintf("%s is for user %d\n%s", f.path, who, strings.Join(foreign, "\n")),
		Expected: "one owner for what is in the folder", Setting: setting(f.setting, in.cfg.Origin(f.setting)),
		Remedy: fmt.Sprintf("As root: chown -R %d: %s", who, f.path),
	})
}

// openness finds what every user of the machine can read or replace.
func (in *inside) openness(r *doctor.Result, f folder) {
	if closedAbove(f.path) {
		return
	}
	dir, err := os.Stat(f.path)
	if err != nil {
		return
	}
	seen := ""
	if dir.Mode().Perm()&0o002 != 0 && dir.Mode()&os.ModeSticky == 0 {
		seen = fmt.Sprintf("%s has mode %04o: everybody can replace what is in it", f.path, dir.Mode().Perm())
	} else if dir.Mode().Perm()&0o001 != 0 {
		var open []string
		for _, path := range in.kept(f.path) {
			if info, err := os.Stat(path); err == nil && info.Mode().Perm()&0o006 != 0 && !in.keyFile(path) {
				open = append(open, path)
			}
		}
		if open != nil {
			seen = "in " + f.path + " everybody can read " + base(open)
		}
	}
	if seen == "" {
		return
	}
	r.Find(api.Finding{
		Code: "data_dir_open", Evidence: seen, Expected: "mode 0700 for the folder, 0600 for what is in it",
		Setting: setting(f.setting, in.cfg.Origin(f.setting)),
		Remedy:  "aiwfe-auth doctor --fix    (chmod 0700 " + f.path + ")",
	})
}

// keyFile is told of by itself, as a secret.
func (in *inside) keyFile(path string) bool {
	for _, s := range in.cfg.Secrets() {
		if s.Path == path {
			return true
		}
	}
	return false
}
