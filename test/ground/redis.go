package ground

import (
	"strconv"
	"testing"
)

// RedisServer is a Redis of the test's own, empty and without persistence. Valkey answers the same commands.
type RedisServer struct {
	*service
	URL string // redis://127.0.0.1:port/0
}

// Redis starts it.
func Redis(t testing.TB) *RedisServer {
	t.Helper()
	s := newService(t, "redis-server")
	s.run("--bind", "127.0.0.1", "--port", strconv.Itoa(s.Port), "--dir", s.folder,
		"--save", "", "--appendonly", "no", "--daemonize", "no")
	return &RedisServer{service: s, URL: "redis://" + s.Addr() + "/0"}
}
