package ground

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"
)

// RedisServer is a Redis of the test's own, empty and without persistence. Valkey answers the same commands.
type RedisServer struct {
	*service
	URL string // redis://127.0.0.1:port/0
}

// Redis starts it. Options are those of its command line, such as "--requirepass", "x"; they come last and so win.
func Redis(t testing.TB, options ...string) *RedisServer {
	t.Helper()
	s := newService(t, "redis-server")
	s.runRedis("--port", append([]string{"--bind", "127.0.0.1"}, options...)...)
	return &RedisServer{service: s, URL: "redis://" + s.Addr() + "/0"}
}

// RedisTLS starts one that speaks TLS alone and demands no certificate of its clients.
func RedisTLS(t testing.TB, c Certificate, options ...string) *RedisServer {
	t.Helper()
	s := newService(t, "redis-server")
	if err := c.write(s.folder, s.user); err != nil {
		t.Fatal(err)
	}
	s.runRedis("--tls-port", append([]string{
		"--bind", "127.0.0.1", "--port", "0", "--tls-cert-file", s.folder + "/tls.crt", "--tls-key-file", s.folder + "/tls.key",
		"--tls-ca-cert-file", s.folder + "/tls.crt", "--tls-auth-clients", "no",
	}, options...)...)
	return &RedisServer{service: s, URL: "rediss://localhost:" + strconv.Itoa(s.Port) + "/0"}
}

// RedisSocket starts one that listens on a socket too, and names that.
func RedisSocket(t testing.TB) *RedisServer {
	t.Helper()
	s := newService(t, "redis-server")
	s.runRedis("--port", "--unixsocket", s.folder+"/s", "--unixsocketperm", "777")
	return &RedisServer{service: s, URL: "unix://" + s.folder + "/s"}
}

func (s *service) runRedis(port string, options ...string) {
	s.t.Helper()
	s.run(append([]string{
		port, strconv.Itoa(s.Port), "--dir", s.folder, "--save", "", "--appendonly", "no", "--daemonize", "no",
	}, options...)...)
}

// Do sends commands, as a person at its console would.
func (s *RedisServer) Do(commands ...[]string) {
	s.t.Helper()
	for _, words := range commands {
		s.Ask(words...)
	}
}

// Ask sends one command and gives its answer as text; "" where there is none.
func (s *RedisServer) Ask(words ...string) string {
	s.t.Helper()
	c, err := net.DialTimeout("tcp", s.Addr(), 5*time.Second)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	_ = c.SetDeadline(time.Now().Add(30 * time.Second))
	var command strings.Builder
	fmt.Fprintf(&command, "*%d\r\n", len(words))
	for _, w := range words {
		fmt.Fprintf(&command, "$%d\r\n%s\r\n", len(w), w)
	}
	if _, err := io.WriteString(c, command.String()); err != nil {
		s.t.Fatal(err)
	}
	answer, err := redisAnswer(bufio.NewReader(c))
	if err != nil {
		s.t.Fatal(fmt.Errorf("%s: %w", words[0], err))
	}
	if answer == nil {
		return ""
	}
	return fmt.Sprint(answer)
}

// redisAnswer reads one value of the protocol in its older form.
func redisAnswer(r *bufio.Reader) (any, error) {
	line, err := r.ReadString('\n')
	if err != nil {
		return nil, err
	}
	line = strings.TrimSpace(line)
	n, _ := strconv.Atoi(line[1:])
	switch line[0] {
	case '-':
		return nil, errors.New(line[1:])
	case '$':
		if n < 0 {
			return nil, nil
		}
		b := make([]byte, n+2)
		_, err := io.ReadFull(r, b)
		return string(b[:n]), err
	case '*':
		if n < 0 {
			return nil, nil
		}
		list := make([]any, n)
		for i := range list {
			if list[i], err = redisAnswer(r); err != nil {
				return nil, err
			}
		}
		return list, nil
	}
	return line[1:], nil
}
