package inside

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aiwfe/aiwfe-auth/api"
)

const gib = 1 << 30

func TestDisksAreJudgedByWhatTheyAre(t *testing.T) {
	roomy := Disk{Size: 100 * gib, Free: 50 * gib, Files: 1e6, FilesFree: 9e5}
	with := func(change func(*Disk)) Disk { d := roomy; change(&d); return d }
	for _, row := range []struct {
		name string
		disk Disk
		want []api.Cause
	}{
		{"roomy", roomy, nil},
		{"small and half empty", Disk{Size: 16 << 20, Free: 8 << 20}, nil},
		{"large, two percent free", with(func(d *Disk) { d.Free = 2 * gib }), nil},
		{"no limit on names", with(func(d *Disk) { d.Files, d.FilesFree = 0, 0 }), nil},
		{"no room", with(func(d *Disk) { d.Free = 0 }), []api.Cause{"disk_full"}},
		{"no names", with(func(d *Disk) { d.FilesFree = 0 }), []api.Cause{"disk_full"}},
		{"little room", with(func(d *Disk) { d.Free = gib / 2 }), []api.Cause{"disk_nearly_full"}},
		{"few names", with(func(d *Disk) { d.FilesFree = 1000 }), []api.Cause{"disk_nearly_full"}},
		{"read-only", with(func(d *Disk) { d.ReadOnly = true }), []api.Cause{"disk_read_only"}},
		{"nfs", with(func(d *Disk) { d.Network = "nfs" }), []api.Cause{"sqlite_network_filesystem"}},
		{"cifs, and full", with(func(d *Disk) { d.Network, d.Free = "cifs", 0 }), []api.Cause{"sqlite_network_filesystem", "disk_full"}},
		{"a FUSE of another machine", with(func(d *Disk) { d.Network = "fuse.sshfs" }), []api.Cause{"sqlite_network_filesystem"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			d := look(t, nil, func(o *Options) { o.Disk = func(string) (Disk, error) { return row.disk, nil } }, "disk", "local_disk")
			wants(t, d, row.want...)
		})
	}
}

func TestADiskThatCannotBeAskedIsNoFault(t *testing.T) {
	d := look(t, nil, func(o *Options) { o.Disk = func(string) (Disk, error) { return Disk{}, errors.New("not known") } }, "disk", "local_disk")
	if wants(t, d); !noted(d, "disk_unknown") {
		t.Errorf("it is worth a note: %v", d.Notes)
	}
}

func TestPostgresNeedsNoDiskHere(t *testing.T) {
	env := strict(map[string]string{"DATABASE_URL": "postgres://u:p@127.0.0.1/db", "DATA_DIR": "/proc/none"})
	d := look(t, env, func(o *Options) {
		o.Disk = func(string) (Disk, error) { return Disk{ReadOnly: true, Network: "nfs"}, nil }
	}, "disk", "local_disk", "data_dir")
	wants(t, d)
}

func TestTheRealDiskIsAsked(t *testing.T) {
	d, err := statDisk(t.TempDir())
	if err != nil || d.Size == 0 || d.Free == 0 || d.ReadOnly || d.Network != "" {
		t.Errorf("the disk of the tests is %+v, %v", d, err)
	}
	if d, err = statDisk("/proc"); err != nil || d.Free != 0 {
		t.Errorf("/proc is %+v, %v", d, err)
	}
}

func TestFixClosesWhatIsOpenAndSaysSo(t *testing.T) {
	dir := t.TempDir()
	key := filepath.Join(dir, "key")
	for path, text := range map[string]string{key: signing, filepath.Join(dir, "setup-link"): "x", filepath.Join(dir, "unknown"): "x"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(dir, 0o757); err != nil {
		t.Fatal(err)
	}
	var said []string
	look(t, map[string]string{"DATA_DIR": dir, "JWT_SECRET_KEY_FILE": key}, func(o *Options) {
		for _, n := range Fix(t.Context(), *o, nil) {
			said = append(said, n.Code+" "+n.Text)
		}
	}, "config")
	all := strings.Join(said, "\n")
	if len(said) != 3 || strings.Contains(all, "not_fixed") || strings.Contains(all, "unknown") {
		t.Errorf("it said:\n%s", all)
	}
	for path, want := range map[string]os.FileMode{key: 0o640, filepath.Join(dir, "setup-link"): 0o640, filepath.Join(dir, "unknown"): 0o644, dir: 0o750} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s has mode %v, want %v (%v)", path, info.Mode().Perm(), want, err)
		}
	}
}

func TestWhoListensIsReadFromTheTableOfSockets(t *testing.T) {
	const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000    33        0 1 1
   1: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 2 1
   2: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 3 1
`
	for port, want := range map[uint16]int{8080: 1000, 22: 0, 443: -1} {
		uid, found := listener(table, port)
		if found != (want >= 0) || found && int(uid) != want {
			t.Errorf("port %d: user %d, %t; want %d", port, uid, found, want)
		}
	}
}

func TestFilesOfAnotherUser(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Log("only root can give files away; to anybody else none is of another user here")
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "aiwfe-auth.db")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	look1 := func() api.Diagnosis {
		return look(t, map[string]string{"DATA_DIR": dir, "LISTEN_ADDR": "127.0.0.1:1"}, nil, "data_dir")
	}
	wants(t, look1())
	if os.Geteuid() == 0 {
		if err := os.Chown(dir, 1234, 1234); err != nil {
			t.Fatal(err)
		}
		wants(t, look1(), "file_of_other_user")
		if err := os.Chown(file, 1234, 1234); err != nil {
			t.Fatal(err)
		}
		wants(t, look1())
	}
}

// TestTheFolderAboveIsLeftAsItIs: the remedy is run by root as it stands, and the folder above may be /var/lib.
func TestTheFolderAboveIsLeftAsItIs(t *testing.T) {
	d := look(t, strict(map[string]string{"DATA_DIR": "/proc/aiwfe-auth"}), nil, "data_dir")
	wants(t, d, "data_dir_unwritable")
	if len(d.Findings) != 1 || !strings.Contains(d.Findings[0].Remedy, "-o USER /proc/aiwfe-auth,") {
		t.Errorf("the remedy is %+v", d.Findings)
	}
}
