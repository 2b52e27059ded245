package app

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// supervisor is systemd, or whoever else asked by NOTIFY_SOCKET to be told how
// the program is. Nobody did: then nothing is said. The protocol is lines in one
// datagram, too little for a dependency.
type supervisor struct {
	addr  *net.UnixAddr
	every time.Duration // how often it wants to hear that we are alive; 0 for never
}

// newSupervisor reads what systemd left in the environment. WATCHDOG_PID names
// the process that is meant: a child that inherits the rest is not.
func newSupervisor(env func(string) string, pid int) supervisor {
	name := env("NOTIFY_SOCKET")
	if !strings.HasPrefix(name, "/") && !strings.HasPrefix(name, "@") {
		return supervisor{}
	}
	v := supervisor{addr: &net.UnixAddr{Name: name, Net: "unixgram"}}
	if meant := env("WATCHDOG_PID"); meant != "" && meant != strconv.Itoa(pid) {
		return v
	}
	if usec, err := strconv.ParseInt(env("WATCHDOG_USEC"), 10, 64); err == nil && usec > 0 {
		v.every = time.Duration(usec) * time.Microsecond / 3
	}
	return v
}

// tell sends the lines. What is lost costs at most a restart by the watchdog.
func (v supervisor) tell(lines ...string) error {
	if v.addr == nil {
		return nil
	}
	c, err := net.DialUnix("unixgram", nil, v.addr)
	if err != nil {
		return fmt.Errorf("NOTIFY_SOCKET %s does not take what systemd is to be told: %w", v.addr.Name, err)
	}
	defer func() { _ = c.Close() }()
	_, err = c.Write([]byte(strings.Join(lines, "\n")))
	return err
}

// say is tell, where a failure is only worth a line in the log.
func (s *Server) say(lines ...string) {
	if err := s.supervisor.tell(lines...); err != nil {
		s.Log.Warn("systemd could not be told", "error", err)
	}
}

// watchdog says that the server is alive for as long as it answers itself. It
// asks the handler and not the port: whoever fills all connections must not be
// able to have the server restarted.
func (s *Server) watchdog(ctx context.Context) {
	if s.supervisor.every <= 0 {
		return
	}
	beat := time.NewTicker(s.supervisor.every)
	defer beat.Stop()
	for {
		if s.alive(ctx) {
			s.say("WATCHDOG=1")
		}
		select {
		case <-beat.C:
		case <-ctx.Done():
			return
		}
	}
}

func (s *Server) alive(ctx context.Context) bool {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "/api/health/live", nil)
	if err != nil {
		return false
	}
	r.RemoteAddr, r.RequestURI, r.Host = "127.0.0.1:0", r.URL.RequestURI(), s.live().Config.PublicURL.Host
	answer := statusOnly{header: http.Header{}}
	s.live().serve.ServeHTTP(&answer, r)
	return answer.status == 0 || answer.status == http.StatusOK
}

// statusOnly is an answer of which nobody reads more than the status.
type statusOnly struct {
	header http.Header
	status int
}

func (w *statusOnly) Header() http.Header         { return w.header }
func (w *statusOnly) Write(b []byte) (int, error) { return len(b), nil }
func (w *statusOnly) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
}
