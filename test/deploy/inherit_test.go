package deploy

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// port is a socket as a socket unit opens it, and stays open whoever serves it.
func port(t *testing.T) (*os.File, string) {
	t.Helper()
	var plain net.ListenConfig
	plain.SetMultipathTCP(false) // systemd's sockets are plain, and only those know TCP_USER_TIMEOUT
	l, err := plain.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f, err := l.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	_ = l.Close() // the copy keeps it open
	t.Cleanup(func() { _ = f.Close() })
	return f, addr
}

// activated starts the server as systemd does: the socket is descriptor 3, and LISTEN_PID is the server's own.
func activated(t *testing.T, socket *os.File, env ...string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	var log bytes.Buffer
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 2*patience)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, "sh", "-c", `LISTEN_FDS=1 LISTEN_PID=$$ exec "$0" serve`, ground.Binary(t))
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "ENVIRONMENT=test"}, env...)
	cmd.Dir, cmd.ExtraFiles, cmd.Stdout, cmd.Stderr = t.TempDir(), []*os.File{socket}, &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	return cmd, &log
}

func ask(addr string) error {
	client := http.Client{Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Get("http://" + addr + "/api/health/live")
	if err != nil {
		return err
	}
	_, _ = io.Copy(io.Discard, res.Body)
	return res.Body.Close()
}

// TestNobodyIsRefusedWhileTheServerRestarts: who connects between two runs waits for the second.
func TestNobodyIsRefusedWhileTheServerRestarts(t *testing.T) {
	socket, addr := port(t)
	env := []string{"LISTEN_ADDR=" + addr, "PUBLIC_URL=http://" + addr, "DATA_DIR=" + t.TempDir()}
	first, log := activated(t, socket, env...)
	if err := ask(addr); err != nil {
		t.Fatalf("%v\n%s", err, log)
	}
	_ = first.Process.Signal(syscall.SIGTERM)
	if err := first.Wait(); err != nil {
		t.Fatalf("%v\n%s", err, log)
	}
	c, err := net.DialTimeout("tcp", addr, patience)
	if err != nil {
		t.Fatalf("the port is shut while nobody serves it: %v", err)
	}
	defer c.Close()
	_, log = activated(t, socket, env...)
	_ = c.SetDeadline(time.Now().Add(patience))
	if _, err := io.WriteString(c, "GET /api/health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(c); err != nil || !strings.HasPrefix(string(text), "HTTP/1.1 200") {
		t.Fatalf("who waited got %q, %v\n%s", text, err, log)
	}
}

// TestASocketElsewhereThanListenAddrIsRefused: the two would else lead people and checks to different places.
func TestASocketElsewhereThanListenAddrIsRefused(t *testing.T) {
	socket, addr := port(t)
	_, number, _ := net.SplitHostPort(addr)
	for _, listen := range []string{"127.0.0.1:1", "127.0.0.2:" + number} {
		cmd, log := activated(t, socket, "LISTEN_ADDR="+listen, "PUBLIC_URL=http://localhost:1", "DATA_DIR="+t.TempDir())
		if err := cmd.Wait(); err == nil || !strings.Contains(log.String(), "make ListenStream= and LISTEN_ADDR agree") {
			t.Errorf("LISTEN_ADDR %s: %v\n%s", listen, err, log)
		}
	}
}
