package faults

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// raw is a connection on which a test writes what no client library would.
type raw struct {
	net.Conn
	in *bufio.Reader
}

func dial(t testing.TB, s *ground.Instance) *raw {
	t.Helper()
	conn, err := net.Dial("tcp", s.Addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return newRaw(conn, time.Now().Add(30*time.Second))
}

func newRaw(conn net.Conn, until time.Time) *raw {
	_ = conn.SetDeadline(until)
	return &raw{conn, bufio.NewReader(conn)}
}

// say writes beside the reading: a server may answer, and close, before it has read all.
func (r *raw) say(text string) { go func() { _, _ = io.WriteString(r, text) }() }

// hear reads one answer. The body is read too, so that what follows on the connection can be looked at.
func (r *raw) hear() answer {
	began := time.Now()
	res, err := http.ReadResponse(r.in, nil)
	if err != nil {
		return answer{err: err, took: time.Since(began)}
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return answer{status: res.StatusCode, header: res.Header, body: body, took: time.Since(began), err: err}
}

// more reads until the server closes, and gives what still came; a deadline that passes means that it did not close.
func (r *raw) more(limit time.Duration) (rest string, closed bool) {
	_ = r.SetReadDeadline(time.Now().Add(limit))
	text, err := io.ReadAll(r.in)
	if e, ok := err.(net.Error); ok && e.Timeout() {
		return string(text), false
	}
	return string(text), true
}

// post is the head of a request with a JSON body.
func post(path, more string) string {
	return "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" + more + "\r\n"
}

func contentLength(n int) string { return fmt.Sprintf("Content-Length: %d\r\n", n) }
