package ground

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
)

// Program finds an installed program on PATH, or where Debian keeps those that are not on everybody's PATH. The error
// of a missing one names the script that installs it.
func Program(name string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return filepath.Abs(path)
	}
	folders, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	slices.Reverse(folders) // the newest first
	for _, folder := range append(folders, "/usr/sbin", "/usr/local/sbin", "/sbin") {
		path, err := exec.LookPath(filepath.Join(folder, name))
		if err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("%s is not installed on this machine; scripts/install-test-deps installs it", name)
}

// servant is the user that servers run as. PostgreSQL and pgbouncer refuse to run as root, so tests started by root,
// as in most containers, lend them another user. It is nil when the tests run as an ordinary user.
func servant() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.ParseUint(u.Uid, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("read the id of user %s: %w", name, err)
		}
		gid, err := strconv.ParseUint(u.Gid, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("read the group of user %s: %w", name, err)
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, errors.New("tests run as root lend the servers the user postgres or nobody, and this machine has neither")
}

// plainEnv is the environment of a server that is not ours: enough to run, nothing of the developer's settings.
func plainEnv(folder string) []string {
	return []string{"PATH=" + os.Getenv("PATH"), "HOME=" + folder, "LC_ALL=C", "TZ=UTC"}
}

func signalName(s syscall.Signal) string {
	switch s {
	case syscall.SIGINT:
		return "INT"
	case syscall.SIGQUIT:
		return "QUIT"
	case syscall.SIGKILL:
		return "KILL"
	default:
		return "TERM"
	}
}
