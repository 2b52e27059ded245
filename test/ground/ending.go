package ground

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// Signal sends a signal to the server, and to it alone.
func (p *Process) Signal(s os.Signal) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.runningLocked() {
		return fmt.Errorf("%s is not running", p.command.Name)
	}
	if err := p.cmd.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("signal %s: %w", p.command.Name, err)
	}
	return nil
}

// WaitFor waits for the end of the server and returns its exit code, -1 when a signal ended it.
func (p *Process) WaitFor(ctx context.Context) (int, error) {
	p.mu.Lock()
	done := p.done
	p.mu.Unlock()
	select {
	case <-done:
		p.mu.Lock()
		defer p.mu.Unlock()
		return p.state.ExitCode(), nil
	case <-ctx.Done():
		return 0, fmt.Errorf("%s has not ended: %w", p.command.Name, ctx.Err())
	}
}

// StopWithin asks the server to end, and kills it and complains when it takes longer than it may.
func (p *Process) StopWithin(limit time.Duration) error {
	if !p.Running() {
		return nil
	}
	if err := p.Signal(p.command.Stop); err != nil && p.Running() {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	if _, err := p.WaitFor(ctx); err != nil {
		late := fmt.Errorf("%s did not end within %s of %s and was killed", p.command.Name, limit, p.command.Stop)
		return errors.Join(late, p.Kill())
	}
	return nil
}

// Kill ends the server and its process group at once, as a power cut would, and waits until it is gone.
func (p *Process) Kill() error {
	if !p.Running() {
		return nil
	}
	if err := syscall.Kill(-p.PID(), syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("kill %s: %w", p.command.Name, err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	_, err := p.WaitFor(ctx)
	return err
}
