package ground

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
)

// Command says how a server is started.
type Command struct {
	Name   string         // what messages and log files call it
	Path   string         // the program
	Args   []string       // its arguments, without the program's name
	Env    []string       // its whole environment; nothing is inherited
	Folder string         // where it runs and where its output is kept
	Input  string         // what it reads on standard input
	Stop   syscall.Signal // what ends it in an orderly way; SIGTERM when zero

	user *syscall.Credential // who it runs as, when not the test itself
}

// Process is one running server that the keeper knows of.
type Process struct {
	command Command
	keeper  *keeper

	mu    sync.Mutex
	cmd   *exec.Cmd
	done  chan struct{} // closed when the present run has ended
	state *os.ProcessState
}

// The child writes itself down before it becomes the server, so there is no moment in which it runs unknown. It then
// closes the pipe, for a server that held it open would hide the end of the test binary, and drops the one variable
// that the shell adds by itself.
const writeDownThenBecome = `echo "started $$ $0" >&3; unset PWD; exec "$@" 3>&-`

// NewFolder makes a folder that the keeper removes when the test binary ends.
func NewFolder(name string) (string, error) {
	k, err := theKeeper()
	if err != nil {
		return "", err
	}
	return k.newFolder(name, nil)
}

// Start starts a server. The caller stops it; the keeper does if the caller cannot.
func Start(c Command) (*Process, error) {
	k, err := theKeeper()
	if err != nil {
		return nil, err
	}
	p := newProcess(k, c)
	return p, p.start()
}

func newProcess(k *keeper, c Command) *Process {
	if c.Stop == 0 {
		c.Stop = syscall.SIGTERM
	}
	return &Process{command: c, keeper: k}
}

func (p *Process) start() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.runningLocked() {
		return fmt.Errorf("%s is already running", p.command.Name)
	}
	out, err := p.openLog("stdout")
	if err != nil {
		return err
	}
	defer out.Close()
	errs, err := p.openLog("stderr")
	if err != nil {
		return err
	}
	defer errs.Close()

	args := append([]string{"-c", writeDownThenBecome, signalName(p.command.Stop), p.command.Path}, p.command.Args...)
	cmd := exec.Command("/bin/sh", args...)
	cmd.Env, cmd.Dir = p.command.Env, p.command.Folder
	cmd.Stdout, cmd.Stderr = out, errs
	if p.command.Input != "" {
		cmd.Stdin = strings.NewReader(p.command.Input)
	}
	cmd.ExtraFiles = []*os.File{p.keeper.pipe}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: p.command.user}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", p.command.Name, err)
	}
	done := make(chan struct{})
	p.cmd, p.done, p.state = cmd, done, nil
	go func() {
		_ = cmd.Wait()
		p.keeper.ended(cmd.Process.Pid)
		p.mu.Lock()
		p.state = cmd.ProcessState
		p.mu.Unlock()
		close(done)
	}()
	return nil
}

func (p *Process) runningLocked() bool {
	if p.cmd == nil {
		return false
	}
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// Running reports whether the server runs at this moment.
func (p *Process) Running() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.runningLocked()
}

// PID is the process id of the present or the last run.
func (p *Process) PID() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cmd.Process.Pid
}
