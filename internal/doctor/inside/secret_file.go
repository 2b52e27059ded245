package inside

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
)

// openFiles tells of files with secrets that other users of this machine can
// read, the private key of TLS included.
func (in *inside) openFiles(r *doctor.Result) {
	for _, f := range in.secretFiles() {
		info, err := os.Stat(f.path)
		if err != nil || info.Mode().Perm()&0o006 == 0 || closedAbove(f.path) || mounted(f.path) {
			continue
		}
		r.Find(api.Finding{
			Code: "secret_file_open", Evidence: fmt.Sprintf("%s has mode %04o", f.path, info.Mode().Perm()),
			Expected: "mode 0600", Remedy: "chmod 0600 " + f.path + "    (aiwfe-auth doctor --fix does the same)",
			Setting: setting(f.name, f.origin),
		})
	}
}

type secretFile struct{ name, origin, path string }

func (in *inside) secretFiles() (all []secretFile) {
	for _, s := range in.cfg.Secrets() {
		if s.Path != "" {
			all = append(all, secretFile{s.Name, s.Origin, s.Path})
		}
	}
	if in.cfg.TLSKeyFile != "" {
		all = append(all, secretFile{"TLS_KEY_FILE", in.cfg.Origin("TLS_KEY_FILE"), in.cfg.TLSKeyFile})
	}
	return all
}

// closedAbove says whether a folder above keeps others out: the mode of the
// file is then of no matter.
func closedAbove(path string) bool {
	abs, err := filepath.Abs(path)
	for dir := filepath.Dir(abs); err == nil; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		if err == nil && info.Mode().Perm()&0o001 == 0 {
			return true
		}
		if dir == filepath.Dir(dir) || err != nil {
			return false
		}
	}
	return false
}

// mounted are secrets that an orchestrator mounts: it sets their modes, and
// only the container sees them.
func mounted(path string) bool {
	if strings.HasPrefix(path, "/run/secrets/") || strings.HasPrefix(path, "/var/run/secrets/") {
		return true
	}
	// Kubernetes keeps the files of a volume behind a link named ..data.
	_, err := os.Lstat(filepath.Join(filepath.Dir(path), "..data"))
	info, linkErr := os.Lstat(path)
	return err == nil && linkErr == nil && info.Mode()&fs.ModeSymlink != 0
}
