package store_test

import (
	"io"
	"net"
	"sync"
	"testing"
)

// changeover is a load balancer that can be turned to another server.
type changeover struct {
	l     net.Listener
	mu    sync.Mutex
	dest  string
	conns []net.Conn
}

func newSwitch(t *testing.T, dest string) *changeover {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &changeover{l: l, dest: dest}
	t.Cleanup(func() { _ = l.Close(); c.to("") })
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			c.mu.Lock()
			out, err := net.Dial("tcp", c.dest)
			if err == nil {
				c.conns = append(c.conns, in, out)
				go func() { _, _ = io.Copy(out, in); _ = out.Close() }()
				go func() { _, _ = io.Copy(in, out); _ = in.Close() }()
			}
			c.mu.Unlock()
		}
	}()
	return c
}

func (c *changeover) addr() string { return c.l.Addr().String() }

// to sends new connections elsewhere and cuts those that there are.
func (c *changeover) to(dest string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dest = dest
	for _, conn := range c.conns {
		_ = conn.Close()
	}
	c.conns = nil
}
