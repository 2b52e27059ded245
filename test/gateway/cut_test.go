package gateway

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// cutWithin is the promise of a second, and room for a machine that is busy with other tests.
const cutWithin = 1500 * time.Millisecond

// lasting is a connection on which an answer goes on for ever.
type lasting struct {
	name string
	conn net.Conn
	read *bufio.Reader
}

// open begins a WebSocket or a stream of events, and waits until it goes.
func (s *stage) open(t testing.TB, path, shown string) *lasting {
	t.Helper()
	c, err := net.Dial("tcp", s.Addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	head := "GET " + path + " HTTP/1.1\r\nHost: " + s.public() + "\r\n" + shown + "\r\n"
	if path == "/socket" {
		head += "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
	}
	if _, err := io.WriteString(c, head+"\r\n"); err != nil {
		t.Fatal(err)
	}
	l := &lasting{path + " by " + shown[:6], c, bufio.NewReader(c)}
	want := "HTTP/1.1 200 "
	if path == "/socket" {
		want = "HTTP/1.1 101 "
	}
	line, err := l.read.ReadString('\n')
	if err != nil || !strings.HasPrefix(line, want) {
		t.Fatalf("%s: %q %v", l.name, line, err)
	}
	for line != "\r\n" {
		if line, err = l.read.ReadString('\n'); err != nil {
			t.Fatalf("%s: %v", l.name, err)
		}
	}
	if !l.goes(t) {
		t.Fatalf("%s does not go", l.name)
	}
	return l
}

// goes says whether something still comes.
func (l *lasting) goes(t testing.TB) bool {
	t.Helper()
	if strings.HasPrefix(l.name, "/socket") {
		_, _ = io.WriteString(l.conn, "ping")
	}
	_ = l.conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	b := make([]byte, 4)
	_, err := io.ReadFull(l.read, b)
	return err == nil
}

// cut waits for the end and says when it came.
func (l *lasting) cut() time.Time {
	_ = l.conn.SetReadDeadline(time.Now().Add(20 * time.Second))
	if _, err := io.Copy(io.Discard, l.read); err != nil && strings.Contains(err.Error(), "timeout") {
		return time.Now().Add(time.Hour)
	}
	return time.Now()
}

// public is the host that all nodes have.
func (s *stage) public() string {
	_, host, _ := strings.Cut(s.Env("PUBLIC_URL"), "://")
	return host
}

// nodes are two servers over one database, before one application.
func nodes(t *testing.T, database string) (a, b *stage) {
	t.Helper()
	env := map[string]string{
		"JWT_SECRET_KEY": "one key for both nodes, forty-two characters long", "DATA_ENCRYPTION_KEY": "another key for both nodes, just as long as that",
		"PUBLIC_URL": "http://localhost:18080", "DATABASE_URL": database, "POLICY_FILE": policyFile(t, `
rules:
  - name: admins stream
    paths: ["/events"]
    allow: signed_in
    roles: [admin]
  - name: the rest
    paths: ["/**"]
    allow: signed_in
`),
	}
	a = newStage(t, env)
	env["UPSTREAM_URL"] = a.app.url
	return a, &stage{ground.Server(t, env), a.app}
}

func TestWhatLastsIsCutWithItsSession(t *testing.T) {
	t.Parallel()
	for engine, database := range map[string]string{
		"SQLite": "sqlite:///" + t.TempDir() + "/shared.db", "PostgreSQL": ground.Postgres(t).NewDatabase(t),
	} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			a, b := nodes(t, database)
			root := a.signIn(t, "root@example.com")
			for i, end := range []struct {
				name string
				by   func(t *testing.T, p pass)
				// stays are paths of what goes on.
				stays string
			}{
				{"logout", func(t *testing.T, p pass) { a.must(t, "POST", "/api/v1/auth/jwt/logout", "", p) }, ""},
				{"an administrator ends the sessions", func(t *testing.T, p pass) { a.must(t, "DELETE", "/api/v1/admin/users/"+p.id+"/sessions", "", root) }, ""},
				{"the account is disabled", func(t *testing.T, p pass) {
					a.must(t, "PATCH", "/api/v1/admin/users/"+p.id, `{"status":"disabled"}`, root)
				}, ""},
				{"the role is taken away", func(t *testing.T, p pass) { a.must(t, "PATCH", "/api/v1/admin/users/"+p.id, `{"role":"user"}`, root) }, ""},
				{"the name is another", func(t *testing.T, p pass) {
					a.must(t, "PATCH", "/api/v1/admin/users/"+p.id, `{"name":"Another"}`, root)
				}, "/"},
				{"the command line ends them", func(t *testing.T, p pass) {
					if r := a.Run("session", "revoke", "--email", "u5@example.com", "--all"); r.Code != 0 {
						t.Fatalf("%d %s", r.Code, r.Stderr)
					}
				}, ""},
			} {
				email := fmt.Sprintf("u%d@example.com", i)
				a.create(t, email, "admin")
				p := a.signIn(t, email)
				other := a.signIn(t, "root@example.com")
				var open []*lasting
				for _, node := range []*stage{a, b} {
					for _, path := range []string{"/socket", "/events"} {
						open = append(open, node.open(t, path, "Authorization: "+p.bearer()))
						if end.name == "logout" {
							open = append(open, node.open(t, path, "Cookie: "+p.cookie))
						}
					}
				}
				bystander := b.open(t, "/events", "Authorization: "+other.bearer())
				end.by(t, p)
				ended := time.Now()
				for _, l := range open {
					if end.stays != "" && strings.HasPrefix(l.name, end.stays) {
						if !l.goes(t) {
							t.Errorf("%s: %s was cut, which the policy still allows", end.name, l.name)
						}
						continue
					}
					if late := l.cut().Sub(ended); late > cutWithin {
						t.Errorf("%s: %s was cut after %s", end.name, l.name, late)
					}
				}
				if !bystander.goes(t) {
					t.Errorf("%s: somebody else was cut", end.name)
				}
			}
			if text := a.Stderr() + b.Stderr(); !strings.Contains(text, `"code":"session_ended"`) {
				t.Error("the log does not say why it was cut")
			}
		})
	}
}

// must does something by the API.
func (s *stage) must(t testing.TB, method, path, body string, p pass) {
	t.Helper()
	var forged struct {
		Token string `json:"csrf_token"`
	}
	decode(t, s.ask(t, "GET", "/api/v1/auth/csrf-token", nil, "Authorization", p.bearer()), &forged)
	a := s.ask(t, method, path, []byte(body), "Authorization", p.bearer(), "Content-Type", "application/json", "X-CSRF-TOKEN", forged.Token)
	if a.StatusCode >= 300 {
		t.Fatalf("%s %s: %d %s", method, path, a.StatusCode, a.body)
	}
}

// A session that nobody ends ends by itself, and a stream that is open is no use of it.
func TestWhatLastsEndsWithTheTimeOfItsSession(t *testing.T) {
	t.Parallel()
	if os.Getenv("AIWFE_TEST_FULL") != "1" { // it is looked at every 15 s; TestWhatIsUnderWayIsCutWhenItMayNotGoOn does not wait
		return
	}
	s := newStage(t, map[string]string{"SESSION_IDLE": "5s", "SESSION_MAX": "1h"})
	p := s.signIn(t, "ada@example.com")
	l := s.open(t, "/events", "Cookie: "+p.cookie)
	_ = l.conn.SetReadDeadline(time.Now().Add(time.Minute))
	if _, err := io.Copy(io.Discard, l.read); err != nil && strings.Contains(err.Error(), "timeout") {
		t.Error("the stream goes on although its session was idle for its time")
	}
}

// A server that stops does not wait for what has no end.
func TestAServerThatStopsCutsWhatHasNoEnd(t *testing.T) {
	t.Parallel()
	s := newStage(t, map[string]string{"SHUTDOWN_DELAY": "0s"})
	p := s.signIn(t, "ada@example.com")
	l := s.open(t, "/events", "Cookie: "+p.cookie)
	began := time.Now()
	s.Stop()
	l.cut()
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it took %s to stop", took)
	}
	if strings.Contains(s.Stderr(), "some requests were cut off") {
		t.Error(s.Stderr())
	}
}
