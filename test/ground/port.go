package ground

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"sync"
	"testing"
)

// Ports below 32768 are never given to outgoing connections on Linux, so a free one stays free until it is used.
const (
	lowestPort  = 20000
	highestPort = 32767
)

// givenPorts remembers which ports this test binary has handed out; a server may be down and want its port back.
var givenPorts sync.Map

// FreePort returns a port of 127.0.0.1 that nobody listens on and that this test binary was not given before.
func FreePort(t testing.TB) int {
	t.Helper()
	port, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	return port
}

func freePort() (int, error) {
	for range 200 {
		port := lowestPort + rand.IntN(highestPort-lowestPort+1) //nolint:gosec // a port, not a secret
		if _, given := givenPorts.LoadOrStore(port, true); given {
			continue
		}
		l, err := net.Listen("tcp", loopback(port))
		if err != nil {
			continue
		}
		return port, l.Close()
	}
	return 0, fmt.Errorf("no free port between %d and %d was found in 200 tries", lowestPort, highestPort)
}

// answers reports whether something accepts connections at addr.
func answers(addr string) func(context.Context) error {
	return func(ctx context.Context) error {
		var d net.Dialer
		conn, err := d.DialContext(ctx, "tcp", addr)
		if err != nil {
			return err
		}
		return conn.Close()
	}
}

func loopback(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// FreeAddr is FreePort as host:port, for a server that is started later than what stands in front of it.
func FreeAddr(t testing.TB) string {
	t.Helper()
	return loopback(FreePort(t))
}
