package gateway

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// big is what passes each way; memory may grow by a tenth of it at most.
const big = 100 << 20

func TestLargeBodiesPassWithoutBeingKept(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	p := s.signIn(t, "ada@example.com")
	h := sha256.New()
	if _, err := io.Copy(h, io.LimitReader(noise{}, big)); err != nil {
		t.Fatal(err)
	}
	want := counted(h, big)
	_ = arrived(t, s.ask(t, "GET", "/x", nil, "Authorization", p.bearer()))
	before := s.resident(t)
	for _, length := range []int64{big, -1} {
		r, err := http.NewRequestWithContext(t.Context(), "PUT", s.URL+"/upload", io.LimitReader(noise{}, big))
		if err != nil {
			t.Fatal(err)
		}
		r.ContentLength = length
		r.Header.Set("Authorization", p.bearer())
		if a := do(t, http.DefaultTransport, r); a.body != want {
			t.Errorf("of %d bytes %q came, want %q", length, a.body, want)
		}
	}
	r, err := http.NewRequestWithContext(t.Context(), "GET", s.URL+"/download?n="+strconv.Itoa(big), nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", p.bearer())
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	h.Reset()
	n, err := io.Copy(h, res.Body)
	if got := counted(h, n); err != nil || got != want {
		t.Errorf("%s came, %v, want %s", got, err, want)
	}
	if grown := s.resident(t) - before; grown > big/4 {
		t.Errorf("the server grew by %d MiB", grown>>20)
	}
}

// resident is the memory of the server, in bytes.
func (s *stage) resident(t testing.TB) int {
	t.Helper()
	text, err := os.ReadFile("/proc/" + strconv.Itoa(s.PID()) + "/statm")
	if err != nil {
		t.Fatal(err)
	}
	pages, err := strconv.Atoi(strings.Fields(string(text))[1])
	if err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize()
}

// Each piece of an answer comes when it was sent, and each of a request.
func TestPiecesPassAtOnce(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	p := s.signIn(t, "ada@example.com")
	l := s.open(t, "/events", "Authorization: "+p.bearer())
	for n := range 3 {
		if line, err := l.read.ReadString('\n'); err != nil {
			t.Fatalf("event %d: %q %v", n, line, err)
		}
	}
	in, out := io.Pipe()
	r, err := http.NewRequestWithContext(t.Context(), "POST", s.URL+"/echo-body", in)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", p.bearer())
	r.Trailer = http.Header{"X-End": nil}
	go func() {
		for _, piece := range []string{"one ", "two ", "three"} {
			_, _ = io.WriteString(out, piece)
		}
		r.Trailer.Set("X-End", "sent")
		_ = out.Close()
	}()
	got := arrived(t, do(t, http.DefaultTransport, r))
	if got.Body != "one two three" || got.Trailer.Get("X-End") != "sent" {
		t.Errorf("%q %v", got.Body, got.Trailer)
	}
	a := s.ask(t, "GET", "/trailers", nil, "Authorization", p.bearer())
	if a.body != "a piece" || a.Trailer.Get("X-Sum") != "7" || a.Trailer.Get("X-Late") != "yes" {
		t.Errorf("%q, trailers %v", a.body, a.Trailer)
	}
}

func TestWebSocketsPassBothWays(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	p := s.signIn(t, "ada@example.com")
	l := s.open(t, "/socket", "Cookie: "+p.cookie)
	message := bytes.Repeat([]byte("frame"), 20000)
	go func() { _, _ = l.conn.Write(message) }()
	_ = l.conn.SetReadDeadline(time.Now().Add(20 * time.Second))
	got := make([]byte, len(message))
	if _, err := io.ReadFull(l.read, got); err != nil || !bytes.Equal(got, message) {
		t.Errorf("%v, and the same is %t", err, bytes.Equal(got, message))
	}
	before := s.app.gone.Load()
	_ = l.conn.Close()
	wait(t, "the application hears that the client is gone", func() bool { return s.app.gone.Load() > before })
}

// wait is for what another process has to come to know.
func wait(t testing.TB, what string, true func() bool) {
	t.Helper()
	for until := time.Now().Add(20 * time.Second); time.Now().Before(until); time.Sleep(10 * time.Millisecond) {
		if true() {
			return
		}
	}
	t.Fatalf("it never came about that %s", what)
}

func TestAnAnswerThatBreaksOffDoesNotLookWhole(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	p := s.signIn(t, "ada@example.com")
	r, err := http.NewRequestWithContext(t.Context(), "GET", s.URL+"/dies", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", p.bearer())
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(bufio.NewReader(res.Body))
	if err == nil || string(body) != "half" {
		t.Errorf("%q came as if it were whole", body)
	}
	wait(t, "the log tells of it", func() bool { return strings.Contains(s.Stderr(), `"reason":"upstream_broke_off"`) })
	wait(t, "explain tells of it", func() bool { // its row is written a moment after the answer
		return strings.Contains(s.Run("explain", res.Header.Get("X-Request-Id")).Stdout, "upstream_unavailable")
	})
}
