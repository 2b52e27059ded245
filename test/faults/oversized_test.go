package faults

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// endless sends a head and then a body for as long as the server takes it, at most a gibibyte.
func endless(head string, chunked bool) func(io.Writer) {
	piece := bytes.Repeat([]byte("a"), 64<<10)
	if chunked {
		piece = fmt.Appendf(nil, "%x\r\n%s\r\n", len(piece), piece)
	}
	return func(w io.Writer) {
		_, err := io.WriteString(w, head)
		for sent := 0; err == nil && sent < 1<<30; sent += len(piece) {
			_, err = w.Write(piece)
		}
	}
}

func text(s string) func(io.Writer) { return func(w io.Writer) { _, _ = io.WriteString(w, s) } }

func bomb() string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(make([]byte, 50<<20))
	_ = z.Close()
	return b.String()
}

// keys is a query of n keys.
func keys(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "k%d=1&", i)
	}
	return b.String()
}

type oversize struct {
	name   string
	send   func(io.Writer)
	status int
}

func oversized() []oversize {
	packed := bomb()
	return []oversize{
		{"1 GiB", endless(post("/api/v1/auth/jwt/login", contentLength(1<<30)), false), 413},
		{"chunks without end", endless(post("/api/v1/auth/jwt/login", "Transfer-Encoding: chunked\r\n"), true), 413},
		{"a form of 1 GiB", endless(strings.Replace(post("/login", contentLength(1<<30)), "application/json", "application/x-www-form-urlencoded", 1), false), 413},
		{"the echo of 1 GiB", endless(post("/api/v1/auth/echo", contentLength(1<<30)), false), 413},
		{"a header of 1 MiB", text("GET /login HTTP/1.1\r\nHost: localhost\r\nX-Long: " + strings.Repeat("a", 1<<20) + "\r\n\r\n"), 431},
		{"10,000 cookies", text("GET /login HTTP/1.1\r\nHost: localhost\r\n" + strings.Repeat("Cookie: aiwfe_session=a\r\n", 10_000) + "\r\n"), 431},
		{"10,000 keys", text("GET /login?" + keys(10_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n"), 431},
		{"3,000 keys", text("GET /login?" + keys(3000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n"), 200},
		{"a bomb of 50 MiB", text(post("/api/v1/auth/jwt/login", "Content-Encoding: gzip\r\n"+contentLength(len(packed))) + packed), 415},
	}
}

// soon is the product's promise of an answer, with room for a busy machine: that of a request at its limit comes at once.
const soon = 5 * time.Second

func TestTwoHundredOversizedRequestsAtOnceTakeNoMemory(t *testing.T) {
	t.Parallel()
	s := serve(t, place{}, map[string]string{"GOGC": "100"}) // the collector takes no room for itself
	kinds := oversized()
	for i := range 2 * len(kinds) { // a server that has just started has its own memory still to take
		r := dial(t, s)
		go kinds[i%len(kinds)].send(r)
		r.hear()
		_ = r.Close()
	}
	sound, before := watched(t, s), anonymous(s)
	most := make(chan float64)
	done := make(chan struct{})
	go func() { most <- peak(s, done) }()
	for range rounds(1, 10) {
		sendAtOnce(t, s, kinds, 200)
	}
	close(done)
	if grown := (<-most - before) / mebibyte; grown > 64 {
		t.Errorf("meanwhile it held %.0f MiB more than before", grown)
	}
	sound(64)
}

func sendAtOnce(t *testing.T, s *ground.Instance, kinds []oversize, n int) {
	t.Helper()
	conns := make([]*raw, n)
	for i := range conns {
		conns[i] = dial(t, s)
	}
	for i, a := range atOnce(n, func(i int) answer {
		go kinds[i%len(kinds)].send(conns[i])
		return conns[i].hear()
	}) {
		if kind := kinds[i%len(kinds)]; a.err != nil || a.status != kind.status || a.took > soon {
			t.Errorf("%s: %v, not %d", kind.name, a, kind.status)
		}
	}
	for _, c := range conns {
		_ = c.Close()
	}
}

// peak is the most memory that a server held until done.
func peak(s *ground.Instance, done chan struct{}) (most float64) {
	for {
		select {
		case <-done:
			return most
		case <-time.After(50 * time.Millisecond):
			most = max(most, anonymous(s))
		}
	}
}

// Whatever is read piece by piece must not take longer by the square of what is sent.
func TestLongFieldsAreReadInTime(t *testing.T) {
	t.Parallel()
	s := serve(t, place{}, map[string]string{"TRUSTED_PROXIES": "127.0.0.1", "CORS_ORIGINS": "https://app.example.com"})
	var all sync.WaitGroup
	for _, field := range []string{
		"Accept-Language", "Cookie", "X-Forwarded-For", "Forwarded", "X-Forwarded-Proto", "X-Real-Ip", "X-Request-Id", "User-Agent", "Origin",
		"Referer", "Authorization", "Accept", "Content-Type", "If-None-Match", "Traceparent", "Sec-Fetch-Site", "Range",
		"Access-Control-Request-Headers", "X-Csrf-Token", "Accept-Encoding",
	} {
		all.Go(func() {
			for _, unit := range []string{"a", ",", "a,", "en-", ";q=0.1,", "a=b; ", "\"", "1.2.3.4, ", "-", "\t", "%", "\xff"} {
				long(t, s, field, unit, 30<<10, 0)
			}
			long(t, s, field, "a,", 1<<20, http.StatusRequestHeaderFieldsTooLarge)
		})
	}
	all.Wait()
}

// long sends one long field; status 0 is any answer but one of a fault of ours.
func long(t *testing.T, s *ground.Instance, field, unit string, size, status int) {
	r := dial(t, s)
	r.say("GET /login HTTP/1.1\r\nHost: localhost\r\n" + field + ": " + strings.Repeat(unit, size/len(unit)) + "\r\n\r\n")
	a := r.hear()
	if a.err != nil || a.status >= 500 || status != 0 && a.status != status || a.took > soon {
		t.Errorf("%d bytes of %q in %s: %v", size, unit, field, a)
	}
	_ = r.Close()
}
