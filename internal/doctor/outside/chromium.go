package outside

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"syscall"
)

// chromium is a browser that this process started, led by its DevTools protocol
// over a pipe: JSON messages that end with a zero byte, on descriptors 3 and 4.
// A library for it would weigh more than all of this program's checks.
type chromium struct {
	cmd     *exec.Cmd
	folder  string
	in      *os.File
	errs    bytes.Buffer
	session string

	mu      sync.Mutex
	last    int
	waiting map[int]chan message
	events  chan message
}

type message struct {
	ID      int             `json:"id,omitempty"`
	Method  string          `json:"method,omitempty"`
	Session string          `json:"sessionId,omitempty"`
	Params  json.RawMessage `json:"params,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   *struct {
		Message string `json:"message"`
	} `json:"error,omitempty"`
}

// browserNames are what Chromium is called, the most likely first.
var browserNames = []string{"chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"}

func findBrowser() string {
	for _, name := range browserNames {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// startChromium starts it with a profile of its own, which is removed with it.
func startChromium(ctx context.Context, path string, more ...string) (*chromium, error) {
	folder, err := os.MkdirTemp("", "aiwfe-doctor-")
	if err != nil {
		return nil, err
	}
	c := &chromium{folder: folder, waiting: map[int]chan message{}, events: make(chan message, 4096)}
	args := append([]string{
		"--headless", "--remote-debugging-pipe", "--user-data-dir=" + folder, "--no-first-run", "--no-default-browser-check",
		"--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update", "--disable-sync",
		"--disable-extensions", "--disable-breakpad", "--metrics-recording-only", "--password-store=basic", "--mute-audio",
		"--disable-features=Translate,OptimizationHints,MediaRouter,HttpsUpgrades",
	}, more...)
	if os.Geteuid() == 0 {
		args = append(args, "--no-sandbox") // it refuses to run as root with one
	}
	if err := c.start(ctx, path, append(args, "about:blank")); err != nil {
		c.close()
		return nil, err
	}
	return c, c.attach(ctx)
}

func (c *chromium) start(ctx context.Context, path string, args []string) error {
	theirs, ours, err := os.Pipe()
	if err != nil {
		return err
	}
	back, answers, err := os.Pipe()
	if err != nil {
		return err
	}
	c.in = ours
	c.cmd = exec.CommandContext(ctx, path, args...) //nolint:gosec // one of browserNames
	c.cmd.ExtraFiles = []*os.File{theirs, answers}
	c.cmd.Stderr = &c.errs
	// Nothing of our own environment, which may hold the server's secrets.
	c.cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + c.folder, "TMPDIR=" + c.folder, "LANG=C.UTF-8"}
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.cmd.Cancel = func() error { return syscall.Kill(-c.cmd.Process.Pid, syscall.SIGKILL) }
	err = c.cmd.Start()
	_, _ = theirs.Close(), answers.Close()
	if err == nil {
		go c.read(back)
	}
	return err
}

// read hands answers to who waits for them, and keeps events.
func (c *chromium) read(back io.ReadCloser) {
	defer func() { _ = back.Close() }()
	defer close(c.events)
	lines := bufio.NewReaderSize(back, 1<<20)
	for {
		text, err := lines.ReadBytes(0)
		if err != nil {
			return
		}
		var m message
		if json.Unmarshal(bytes.TrimSuffix(text, []byte{0}), &m) != nil {
			continue
		}
		if m.ID == 0 {
			select {
			case c.events <- m:
			default: // nobody reads any more
			}
			continue
		}
		c.mu.Lock()
		if ch := c.waiting[m.ID]; ch != nil {
			delete(c.waiting, m.ID)
			ch <- m
		}
		c.mu.Unlock()
	}
}

// call asks and waits for the answer.
func (c *chromium) call(ctx context.Context, method string, params, result any) error {
	body, err := json.Marshal(params)
	if err != nil {
		return err
	}
	ch := make(chan message, 1)
	c.mu.Lock()
	c.last++
	m := message{ID: c.last, Method: method, Session: c.session, Params: body}
	c.waiting[m.ID] = ch
	text, _ := json.Marshal(m)
	_, err = c.in.Write(append(text, 0))
	c.mu.Unlock()
	if err != nil {
		return fmt.Errorf("talk to the browser: %w", err)
	}
	select {
	case <-ctx.Done():
		return fmt.Errorf("the browser did not answer %s: %w", method, ctx.Err())
	case got := <-ch:
		if got.Error != nil {
			return errors.New(method + ": " + got.Error.Message)
		}
		if result == nil {
			return nil
		}
		return json.Unmarshal(got.Result, result)
	}
}

// attach opens a tab and asks to be told what happens in it.
func (c *chromium) attach(ctx context.Context) error {
	var target struct {
		ID string `json:"targetId"`
	}
	var session struct {
		ID string `json:"sessionId"`
	}
	if err := c.call(ctx, "Target.createTarget", map[string]any{"url": "about:blank"}, &target); err != nil {
		return err
	}
	if err := c.call(ctx, "Target.attachToTarget", map[string]any{"targetId": target.ID, "flatten": true}, &session); err != nil {
		return err
	}
	c.session = session.ID
	for _, domain := range []string{"Page", "Network", "Log", "Runtime"} {
		if err := c.call(ctx, domain+".enable", map[string]any{}, nil); err != nil {
			return err
		}
	}
	return nil
}

// close ends it and everything that it started, and removes its profile.
func (c *chromium) close() {
	if c.in != nil {
		_ = c.in.Close()
	}
	if c.cmd != nil && c.cmd.Process != nil {
		_ = c.cmd.Cancel()
		_ = c.cmd.Wait()
	}
	_ = os.RemoveAll(c.folder)
}
