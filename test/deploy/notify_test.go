package deploy

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// patience is how long anything is waited for; nothing here takes so long.
const patience = 30 * time.Second

// ear is the socket on which systemd hears of its services.
type ear struct {
	t    *testing.T
	conn *net.UnixConn
	path string
}

func newEar(t *testing.T) *ear {
	t.Helper()
	folder, err := os.MkdirTemp("", "n") // a path of a socket is short
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "s")
	c, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close(); _ = os.RemoveAll(folder) })
	return &ear{t, c, path}
}

// next is the next message, but for those that are not waited for.
func (e *ear) next(beside ...string) string {
	e.t.Helper()
	buf := make([]byte, 4096)
	_ = e.conn.SetReadDeadline(time.Now().Add(patience))
	for {
		n, err := e.conn.Read(buf)
		if err != nil {
			e.t.Fatal(err)
		}
		if text := string(buf[:n]); !strings.Contains(strings.Join(beside, "\n"), text) {
			return text
		}
	}
}

func (e *ear) hears(want string, beside ...string) {
	e.t.Helper()
	if got := e.next(beside...); got != want {
		e.t.Fatalf("systemd was told %q, and waits for %q", got, want)
	}
}

func TestSystemdIsTold(t *testing.T) {
	const alive = "WATCHDOG=1"
	e := newEar(t)
	s := ground.Server(t, map[string]string{"NOTIFY_SOCKET": e.path, "WATCHDOG_USEC": "300000"})
	e.hears("READY=1", alive)
	e.hears(alive)
	e.hears(alive)
	s.Signal(syscall.SIGHUP)
	e.hears("RELOADING=1", alive)
	e.hears("READY=1", alive)
	s.Signal(syscall.SIGTERM)
	e.hears("STOPPING=1", alive)
	if code := s.Wait(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// TestAWatchdogOfAnotherIsNotFed: a child that inherits the environment is not whom systemd watches.
func TestAWatchdogOfAnotherIsNotFed(t *testing.T) {
	e := newEar(t)
	s := ground.Server(t, map[string]string{"NOTIFY_SOCKET": e.path, "WATCHDOG_USEC": "300000", "WATCHDOG_PID": "1"})
	e.hears("READY=1")
	s.Signal(syscall.SIGTERM)
	e.hears("STOPPING=1")
}

func TestNobodyToTellIsNoFault(t *testing.T) {
	s := ground.Server(t, map[string]string{"NOTIFY_SOCKET": filepath.Join(t.TempDir(), "gone")})
	s.Stop()
	if !strings.Contains(s.Stderr(), "systemd could not be told") {
		t.Errorf("nothing is said of a socket that is not there:\n%s", s.Stderr())
	}
}
