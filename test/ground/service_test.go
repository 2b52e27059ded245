package ground

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

func ping(t *testing.T, addr string) string {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte("PING\r\n")); err != nil {
		t.Fatal(err)
	}
	answer, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func TestRedisAnswersAndReturnsToItsPort(t *testing.T) {
	r := Redis(t)
	if got := ping(t, strings.TrimSuffix(strings.TrimPrefix(r.URL, "redis://"), "/0")); got != "+PONG\r\n" {
		t.Fatalf("PING was answered %q", got)
	}
	for name, end := range map[string]func(){"stop": r.Stop, "kill": r.Kill9} {
		end()
		if conn, err := net.Dial("tcp", r.Addr()); err == nil {
			_ = conn.Close()
			t.Errorf("after %s the port still answers", name)
		}
		r.Start()
		if got := ping(t, r.Addr()); got != "+PONG\r\n" {
			t.Errorf("after %s PING was answered %q", name, got)
		}
	}
}

func TestNginxServesTheBlockItIsGiven(t *testing.T) {
	n := Nginx(t, `server {
		listen 127.0.0.1:{{port}};
		location /hello { return 200 "from nginx"; }
		location /guarded { auth_request /ask; return 200; }
		location = /ask { return 401; }
	}`)
	for path, want := range map[string]string{"/hello": "200 from nginx", "/nothing": "404 ", "/guarded": "200 "} {
		res, err := http.Get(n.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if got := res.Status[:4] + string(body); !strings.HasPrefix(got, want) {
			t.Errorf("%s answered %q, not %q", path, got, want)
		}
	}
}

func TestMissingProgramNamesTheScript(t *testing.T) {
	_, err := Program("no-such-server")
	const want = "no-such-server is not installed on this machine; scripts/install-test-deps installs it"
	if err == nil || err.Error() != want {
		t.Errorf("a missing program is reported as %v", err)
	}
}

// With nothing on PATH, as for an ordinary user whose PATH lacks /usr/sbin.
func TestProgramsAreFoundWhereDebianKeepsThem(t *testing.T) {
	t.Setenv("PATH", "")
	for _, name := range []string{"initdb", "postgres", "pgbouncer", "nginx"} {
		if _, err := Program(name); err != nil {
			t.Error(err)
		}
	}
}

func TestFreePortsAreFreeAndNeverGivenTwice(t *testing.T) {
	seen := map[int]bool{}
	for range 100 {
		port := FreePort(t)
		if seen[port] {
			t.Fatalf("port %d was given twice", port)
		}
		seen[port] = true
		l, err := net.Listen("tcp", loopback(port))
		if err != nil {
			t.Fatalf("port %d is not free: %v", port, err)
		}
		_ = l.Close()
	}
}
