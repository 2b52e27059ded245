package ground

import (
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
)

//go:embed keeper.sh
var keeperScript string

// keeper is the small shell that cleans up after a test binary which could not do it itself.
type keeper struct {
	folder string   // the one folder under which all others are made
	pipe   *os.File // its closing, by exit or by kill, is what the shell waits for
}

// theKeeper starts the keeper on first use.
var theKeeper = sync.OnceValues(startKeeper)

// A socket address holds about 107 bytes, and PostgreSQL adds its own file name to the folder's.
const longestTempFolder = 60

func startKeeper() (*keeper, error) {
	parent := os.TempDir()
	if len(parent) > longestTempFolder {
		parent = "/tmp"
	}
	folder, err := os.MkdirTemp(parent, "ground-")
	if err != nil {
		return nil, fmt.Errorf("make the folder of the test servers: %w", err)
	}
	// Servers that run as another user must be able to pass through, not to list.
	if err := os.Chmod(folder, 0o711); err != nil { //nolint:gosec // search permission only, for the servers' user
		return nil, fmt.Errorf("open the folder of the test servers: %w", err)
	}
	in, out, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("make the keeper's pipe: %w", err)
	}
	defer in.Close()
	script, err := writeFile(folder, "keeper.sh", keeperScript, nil)
	if err != nil {
		return nil, err
	}
	cmd := exec.Command("/bin/sh", script, folder)
	cmd.Stdin = in
	cmd.Dir = "/"
	// Its own session: an interrupt typed at the terminal reaches the tests, and the keeper after them.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the keeper: %w", err)
	}
	go func() { _ = cmd.Wait() }()
	return &keeper{folder: folder, pipe: out}, nil
}

// newFolder makes a folder for one server, owned by the user it will run as.
func (k *keeper) newFolder(name string, owner *syscall.Credential) (string, error) {
	folder, err := os.MkdirTemp(k.folder, name+"-")
	if err != nil {
		return "", fmt.Errorf("make the folder of %s: %w", name, err)
	}
	if err := handOver(folder, owner); err != nil {
		return "", err
	}
	return folder, nil
}

// ended takes a process off the list, so that a later process with the same id is never touched.
func (k *keeper) ended(pid int) {
	_, _ = fmt.Fprintf(k.pipe, "ended %d\n", pid)
}

// writeFile writes a configuration file which the server's user can read.
func writeFile(folder, name, text string, owner *syscall.Credential) (string, error) {
	path := filepath.Join(folder, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return "", fmt.Errorf("write %s: %w", name, err)
	}
	return path, handOver(path, owner)
}

func handOver(path string, owner *syscall.Credential) error {
	if owner == nil {
		return nil
	}
	if err := os.Chown(path, int(owner.Uid), int(owner.Gid)); err != nil {
		return fmt.Errorf("hand %s to the servers' user: %w", path, err)
	}
	return nil
}
