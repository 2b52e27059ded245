package inside

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
)

func (in *inside) machineChecks() []doctor.Check {
	needs := []string{"config", "settings_database"}
	return []doctor.Check{
		{Name: "disk", Title: "There is room on the disk, and it can be written to", Needs: needs, Run: in.disk},
		{Name: "local_disk", Title: "A SQLite file is on a disk of this machine", Needs: needs, Run: in.localDisk},
		{Name: "data_dir", Title: "DATA_DIR can be used, and by its owner alone", Needs: append(needs, "disk"), Run: in.dataDir},
		{Name: "database_file", Title: "The database file is whole", Needs: append(needs, "disk"), Run: in.wholeFile},
		{Name: "open_files", Title: "Enough files may be open", Run: openFilesLimit},
	}
}

// folder is a place on disk that the server needs, and who says so.
type folder struct{ setting, path string }

// folders are those that something is kept in: of one that is not there yet,
// the nearest above that is.
func (in *inside) folders() []folder {
	all := []folder{}
	if in.cfg.KeepsInDataDir() {
		all = append(all, folder{"DATA_DIR", config.Existing(in.cfg.DataDir)})
	}
	if file := in.sqlitePath(); file != "" {
		if dir := config.Existing(filepath.Dir(file)); len(all) == 0 || all[0].path != dir {
			all = append(all, folder{"DATABASE_URL", dir})
		}
	}
	return all
}

// sqlitePath is the path of the database file; "" where there is none.
func (in *inside) sqlitePath() string {
	if in.cfg.Database.Engine != config.SQLite {
		return ""
	}
	if path := string(in.cfg.Database.DSN.Reveal()); path != ":memory:" {
		return path
	}
	return ""
}

// disk asks the file system how it is, and then believes only a write.
func (in *inside) disk(_ context.Context, r *doctor.Result) {
	all := in.folders()
	if len(all) == 0 {
		r.Say("nothing is kept on a disk of this machine")
	}
	for _, f := range all {
		d, err := in.Disk(f.path)
		if err != nil {
			r.Note("disk_unknown", "How full the disk below %s is cannot be asked: %v.", f.path, err)
		} else {
			in.judgeDisk(r, f, d)
			r.Say("%s: %s of %s free", f.path, amount(d.Free), amount(d.Size))
		}
		if r.Failed() {
			continue
		}
		switch err := tryWriting(f.path); {
		case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
			in.findDisk(r, f, "disk_full", "writing 256 KiB: "+err.Error(), "room")
		case errors.Is(err, syscall.EROFS):
			in.findDisk(r, f, "disk_read_only", "making a file: "+err.Error(), "a file system that can be written to")
		}
	}
}

func (in *inside) judgeDisk(r *doctor.Result, f folder, d Disk) {
	switch {
	case d.ReadOnly:
		in.findDisk(r, f, "disk_read_only", "it is mounted read-only", "a file system that can be written to")
	case d.Size > 0 && d.Free == 0, d.Files > 0 && d.FilesFree == 0:
		in.findDisk(r, f, "disk_full", room(d), "room")
	case d.Size > 0 && d.Free < d.Size/10 && d.Free < 1<<30, d.Files > 0 && d.FilesFree < d.Files/50 && d.FilesFree < 20000:
		in.findDisk(r, f, "disk_nearly_full", room(d), "a tenth of it free, or a gigabyte")
	}
}

// localDisk holds nothing up: on a network file system SQLite works until it
// does not.
func (in *inside) localDisk(_ context.Context, r *doctor.Result) {
	file := in.sqlitePath()
	if file == "" {
		r.Say("the database is no file of this machine")
		return
	}
	dir := config.Existing(filepath.Dir(file))
	if d, err := in.Disk(dir); err == nil && d.Network != "" {
		in.findDisk(r, folder{"DATABASE_URL", dir}, "sqlite_network_filesystem",
			"the file system is "+d.Network, "a disk of this machine")
	}
}

func (in *inside) findDisk(r *doctor.Result, f folder, code api.Cause, evidence, expected string) {
	r.Find(api.Finding{
		Code:     code,
		Evidence: f.path + ": " + evidence,
		Expected: expected,
		Setting:  setting(f.setting, in.cfg.Origin(f.setting)),
		Remedy:   api.Causes[code].Remedy + " To see it: df -h " + f.path + "; df -i " + f.path,
	})
}

func room(d Disk) string {
	text := fmt.Sprintf("%s of %s are free", amount(d.Free), amount(d.Size))
	if d.Files > 0 {
		text += fmt.Sprintf(", and names for %d more files", d.FilesFree)
	}
	return text
}

// tryWriting makes a file of some size and removes it.
func tryWriting(dir string) error {
	f, err := os.CreateTemp(dir, ".aiwfe-auth-check-*")
	if err != nil {
		return err
	}
	_, err = f.Write(make([]byte, 256<<10))
	return errors.Join(err, f.Sync(), f.Close(), os.Remove(f.Name()))
}

func amount(bytes uint64) string {
	units := []string{"bytes", "KiB", "MiB", "GiB", "TiB"}
	i := 0
	for bytes >= 10<<10 && i < len(units)-1 {
		bytes, i = bytes>>10, i+1
	}
	return fmt.Sprintf("%d %s", bytes, units[i])
}

// leastFiles is a limit below which some dozens of people are too many.
const leastFiles = 256

func openFilesLimit(_ context.Context, r *doctor.Result) {
	var l syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l); err != nil {
		r.Skip("the limit cannot be asked for: %v", err)
		return
	}
	r.Say("%d files", l.Cur)
	if l.Cur < leastFiles {
		r.Find(api.Finding{
			Code: "open_files_limit", Evidence: fmt.Sprintf("this user may have %d files open in one program", l.Cur),
			Expected: fmt.Sprintf("%d at least, better 65536", leastFiles),
			Remedy:   "In the unit of the service: LimitNOFILE=65536. In a shell: ulimit -n 65536",
		})
	}
}

// base names a file without its folder, which the finding names once.
func base(paths []string) string {
	var all []string
	for _, p := range paths {
		all = append(all, filepath.Base(p))
	}
	return strings.Join(all, ", ")
}
