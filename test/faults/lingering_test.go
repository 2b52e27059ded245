package faults

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// slow are the ways to hold a connection and do next to nothing. A byte comes every half second.
var slow = []struct {
	name, head, drip string
}{
	{"headers by drops", "GET /api/v1/config HTTP/1.1\r\nHost: localhost\r\n", "X"},
	{"a connection that says nothing", "", ""},
	{"a body by drops", post("/api/v1/auth/jwt/login", contentLength(60_000)), "a"},
	{"a body in chunks by drops", post("/api/v1/auth/jwt/login", "Transfer-Encoding: chunked\r\n"), "1\r\na\r\n"},
	{"a body that nobody reads", "GET /api/v1/config HTTP/1.1\r\nHost: localhost\r\n" + contentLength(60_000) + "\r\n", "a"},
	{"a body for no route", post("/api/v1/nothing", contentLength(60_000)), "a"},
	{"a form by drops", "POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n" + contentLength(60_000) + "\r\n", "a"},
	{"an answer that nobody reads", strings.Repeat("GET /docs HTTP/1.1\r\nHost: localhost\r\n\r\n", 100), ""},
	{"one answer that nobody reads", "GET /docs HTTP/1.1\r\nHost: localhost\r\n\r\n", ""},
	{"answers without end that nobody reads", strings.Repeat("GET /login HTTP/1.1\r\nHost: localhost\r\n\r\n", 2000), ""},
}

// letGoWithin is the product's promise of ten seconds, and room for a busy machine.
const letGoWithin = 14 * time.Second

func TestSlowClientsAreLetGo(t *testing.T) {
	t.Parallel()
	s := serve(t, place{}, map[string]string{"GOGC": "100"}) // the collector takes no room for itself
	sound := watched(t, s)
	before := takeVitals(s)
	c := newBrowser(t, s)
	person(t, c, ada)
	stop := visitors(t, s, signIn(t, c, ada).AccessToken)
	each := rounds(15, 100)
	for range each {
		for _, way := range slow {
			go hold(narrow(t, s), way.head, way.drip)
		}
	}
	eventually(t, 5*time.Second, "all of them hold a connection", func() bool {
		return takeVitals(s).files > before.files+float64(each*len(slow))/2
	})
	began := time.Now() // on a busy machine so many take a while to come
	eventually(t, letGoWithin, "they are let go", func() bool {
		return takeVitals(s).files < before.files+20
	})
	t.Logf("%d are let go after %s", each*len(slow), time.Since(began).Round(100*time.Millisecond))
	stop()
	sound(64)
}

// narrow is a connection that takes little at a time.
func narrow(t *testing.T, s *ground.Instance) net.Conn {
	t.Helper()
	d := net.Dialer{Control: func(_, _ string, raw syscall.RawConn) error {
		return raw.Control(func(fd uintptr) { _ = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 2048) })
	}}
	conn, err := d.Dial("tcp", s.Addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func hold(conn net.Conn, head, drip string) {
	_ = conn.SetWriteDeadline(time.Now().Add(20 * time.Second))
	if _, err := io.WriteString(conn, head); err != nil || drip == "" {
		return
	}
	for err := error(nil); err == nil; time.Sleep(500 * time.Millisecond) {
		_, err = io.WriteString(conn, drip)
	}
}

// What takes its time in honesty gets it.
func TestPatientClientsAreNotTakenForSlowOnes(t *testing.T) {
	t.Parallel()
	s := serve(t, place{}, nil)
	c := newCaller(s)
	person(t, c, "bob@example.com")
	whole := fmt.Sprintf(`{"email":"bob@example.com","password":%q}`, password)
	conn := dial(t, s)
	c.greet()
	head := post("/api/v1/auth/jwt/login", "X-CSRF-TOKEN: "+c.csrf+"\r\n"+contentLength(len(whole)))
	if _, err := io.WriteString(conn, head+whole[:10]); err != nil {
		t.Fatal(err)
	}
	time.Sleep(3 * time.Second)
	conn.say(whole[10:])
	want(t, "a login whose body took three seconds", conn.hear(), http.StatusOK, "")
	time.Sleep(9 * time.Second) // longer than any piece may take
	conn.say("GET /api/v1/config HTTP/1.1\r\nHost: localhost\r\n\r\n")
	want(t, "the next request of a connection that lay idle", conn.hear(), http.StatusOK, "")
}
