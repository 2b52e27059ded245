package app

import (
	"fmt"
	"net"
	"os"
	"strconv"
)

// firstInherited is the descriptor of the first socket that systemd hands over
// (SD_LISTEN_FDS_START).
const firstInherited = 3

// inherited is the socket that a socket unit opened for this process: it stays
// open while the server restarts, so that who connects meanwhile waits and is
// not refused. It is nil where there is none.
//
// Links, health checks and proxies go by LISTEN_ADDR, so the two must agree.
func inherited(env func(string) string, pid int, addr string) (net.Listener, error) {
	if env("LISTEN_PID") != strconv.Itoa(pid) || env("LISTEN_FDS") == "" {
		return nil, nil
	}
	if n := env("LISTEN_FDS"); n != "1" {
		return nil, fmt.Errorf("the socket unit hands over %s sockets, and the server takes one: leave one ListenStream= line", n)
	}
	file := os.NewFile(firstInherited, "socket of systemd")
	l, err := net.FileListener(file)
	_ = file.Close() // the listener has a copy of its own
	if err != nil {
		return nil, fmt.Errorf("the socket that systemd handed over cannot be listened on: %w", err)
	}
	tcp, ok := l.(*net.TCPListener)
	if !ok {
		_ = l.Close()
		return nil, fmt.Errorf("the socket unit listens on %s, and the server needs TCP: ListenStream=%s", l.Addr(), addr)
	}
	if !agrees(tcp.Addr().(*net.TCPAddr), addr) {
		_ = l.Close()
		return nil, fmt.Errorf("the socket unit listens on %s and LISTEN_ADDR says %s: make ListenStream= and LISTEN_ADDR agree", l.Addr(), addr)
	}
	raw, err := tcp.SyscallConn()
	if err == nil {
		err = socket("", "", raw)
	}
	if err != nil {
		_ = l.Close()
		return nil, fmt.Errorf("the socket that systemd handed over cannot be set up: %w", err)
	}
	return l, nil
}

// agrees says whether a socket is where the configuration has it, and no wider:
// a server that is to be reached from its own machine only must not be open to all.
func agrees(got *net.TCPAddr, addr string) bool {
	host, port, err := net.SplitHostPort(addr)
	if err != nil || port != strconv.Itoa(got.Port) {
		return false
	}
	switch ip := net.ParseIP(host); {
	case host == "" || ip != nil && ip.IsUnspecified():
		return true
	case ip != nil:
		return ip.Equal(got.IP)
	}
	return host != "localhost" || got.IP.IsLoopback()
}
