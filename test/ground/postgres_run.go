package ground

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A loaded machine of two cores may take long; a healthy start takes a fraction of a second.
const (
	startLimit = 20 * time.Second
	stopLimit  = 15 * time.Second
	// How long a smart shutdown may wait for clients that do not leave.
	smartLimit = 5 * time.Second
)

// Addr is where the cluster listens, as host:port.
func (c *cluster) Addr() string { return loopback(c.port) }

// Stop shuts the cluster down the fast way: clients lose their connection, nothing is lost.
func (p *PG) Stop() {
	p.t.Helper()
	if err := p.shutDown(); err != nil {
		p.t.Fatal(err)
	}
}

// Start starts a stopped or killed cluster on the same port and waits until it takes connections.
func (p *PG) Start() {
	p.t.Helper()
	if err := p.startUp(); err != nil {
		p.t.Fatal(err)
	}
}

// Restart stops and starts the cluster. The fast way ends clients at once; the other is PostgreSQL's smart shutdown,
// which waits for them to leave and turns fast when they have not after five seconds.
func (p *PG) Restart(fast bool) {
	p.t.Helper()
	if !fast {
		if err := p.proc.Signal(syscall.SIGTERM); err != nil {
			p.t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(context.Background(), smartLimit)
		_, err := p.proc.WaitFor(ctx)
		cancel()
		if err != nil && !errors.Is(err, context.DeadlineExceeded) {
			p.t.Fatal(err)
		}
	}
	p.Stop()
	p.Start()
}

// ShutDownSmart begins a shutdown that waits for clients to leave, and does not wait for it: as long as one stays, the
// cluster refuses new ones.
func (p *PG) ShutDownSmart() {
	p.t.Helper()
	if err := p.proc.Signal(syscall.SIGTERM); err != nil {
		p.t.Fatal(err)
	}
}

// BecomeStandby starts the cluster anew as a standby whose primary is away: it answers, and takes no writes.
func (p *PG) BecomeStandby() {
	p.t.Helper()
	p.Stop()
	if _, err := writeFile(p.data, "standby.signal", "", p.user); err != nil {
		p.t.Fatal(err)
	}
	p.Start()
}

// Kill9 ends every process of the cluster at once, as the kernel does when memory runs out.
func (p *PG) Kill9() {
	p.t.Helper()
	if err := p.kill(); err != nil {
		p.t.Fatal(err)
	}
}

// LogContains reports whether the server's log holds s. State codes stand in each line, so "42P05" can be asked.
func (c *cluster) LogContains(s string) bool { return strings.Contains(c.proc.Stderr(), s) }

// Log is the server's log.
func (c *cluster) Log() string { return c.proc.Stderr() }

func (c *cluster) startUp() error {
	if err := c.proc.start(); err != nil {
		return err
	}
	err := waitUntil(startLimit, c.proc, c.connects)
	if err != nil {
		return fmt.Errorf("start PostgreSQL: %w\n%s", err, tail(c.proc.Stderr()))
	}
	return nil
}

func (c *cluster) shutDown() error { return c.proc.StopWithin(stopLimit) }

// kill holds the postmaster still first, so that it cannot start a backend while the list is read. Each backend has a
// session of its own, so killing the process group would miss them; one left alive would hold the data folder.
func (c *cluster) kill() error {
	if err := c.proc.Signal(syscall.SIGSTOP); err != nil {
		return err
	}
	backends, err := childrenOf(c.proc.PID())
	if err != nil {
		return err
	}
	for _, pid := range backends {
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("kill a PostgreSQL backend: %w", err)
		}
	}
	if err := c.proc.Kill(); err != nil {
		return err
	}
	for _, pid := range backends {
		for deadline := time.Now().Add(stopLimit); alive(pid); time.Sleep(5 * time.Millisecond) {
			if time.Now().After(deadline) {
				return fmt.Errorf("PostgreSQL backend %d outlived its kill", pid)
			}
		}
	}
	return nil
}

// waitUntil asks until ready answers nil, the process ends, or the limit is reached.
func waitUntil(limit time.Duration, p *Process, ready func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	for {
		err := ready(ctx)
		if err == nil {
			return nil
		}
		if !p.Running() {
			code, _ := p.WaitFor(ctx)
			return fmt.Errorf("%s ended by itself with exit code %d", p.command.Name, code)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s was not ready within %s: %w", p.command.Name, limit, err)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// stat reads the state letter and the parent of a process. The name before them can hold spaces and brackets.
func stat(pid int) (state string, parent int, err error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return "", 0, err
	}
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	if len(fields) < 2 {
		return "", 0, fmt.Errorf("the state of process %d is not readable", pid)
	}
	parent, err = strconv.Atoi(fields[1])
	return fields[0], parent, err
}

// alive is false for a zombie too: it holds nothing, and who reaps it is not our business.
func alive(pid int) bool {
	state, _, err := stat(pid)
	return err == nil && state != "Z" && state != "X"
}

func childrenOf(pid int) ([]int, error) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil, fmt.Errorf("list processes: %w", err)
	}
	var children []int
	for _, e := range entries {
		child, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		if _, parent, err := stat(child); err == nil && parent == pid {
			children = append(children, child)
		}
	}
	return children, nil
}
