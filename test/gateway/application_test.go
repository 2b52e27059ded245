package gateway

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync/atomic"
	"testing"
	"time"
)

// application is behind the gateway. It counts what comes to it.
type application struct {
	url  string
	asks atomic.Int64
	// gone counts streams and upgraded connections that were ended from the other side.
	gone atomic.Int64
}

// came is what the application was sent.
type came struct {
	Method, URI, Host string
	Header            http.Header
	Body              string
	Trailer           http.Header
}

// newApplication starts one on a free port until the test is over.
func newApplication(t testing.TB) *application {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	a := &application{url: "http://" + l.Addr().String()}
	s := &http.Server{Handler: a, ReadHeaderTimeout: time.Minute}
	go func() { _ = s.Serve(l) }()
	t.Cleanup(func() { _ = s.Close() })
	return a
}

func (a *application) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.asks.Add(1)
	if serve := map[string]http.HandlerFunc{
		"/events": a.events, "/socket": a.socket, "/upload": upload, "/download": download, "/trailers": trailers,
		"/cookies": cookies, "/hint": hint, "/dies": dies, "/slow": slow, "/fails": fails, "/drops": drops,
	}[r.URL.Path]; serve != nil {
		serve(w, r)
		return
	}
	body, _ := io.ReadAll(r.Body)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Server", "application/1.0")
	_ = json.NewEncoder(w).Encode(came{r.Method, r.RequestURI, r.Host, r.Header, string(body), r.Trailer})
}

// events sends one now and then until the client is gone.
func (a *application) events(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	c := http.NewResponseController(w)
	for n := 0; ; n++ {
		fmt.Fprintf(w, "data: %d\n\n", n)
		if c.Flush() != nil {
			a.gone.Add(1)
			return
		}
		select {
		case <-r.Context().Done():
			a.gone.Add(1)
			return
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// socket sends back what comes after the handshake.
func (a *application) socket(w http.ResponseWriter, r *http.Request) {
	c, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer func() { _ = c.Close() }()
	fmt.Fprintf(rw, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: %s\r\nX-Saw-User: %s\r\n\r\n",
		r.Header.Get("Upgrade"), r.Header.Get("Remote-User"))
	_ = rw.Flush()
	_, _ = io.Copy(c, rw)
	a.gone.Add(1)
}

// counted is the size and hash of a body.
func counted(h hash.Hash, n int64) string {
	return fmt.Sprintf("%d %s", n, hex.EncodeToString(h.Sum(nil)))
}

func upload(w http.ResponseWriter, r *http.Request) {
	h := sha256.New()
	n, _ := io.Copy(h, r.Body)
	_, _ = io.WriteString(w, counted(h, n))
}

func download(w http.ResponseWriter, r *http.Request) {
	n, _ := strconv.ParseInt(r.URL.Query().Get("n"), 10, 64)
	_, _ = io.Copy(w, io.LimitReader(noise{}, n))
}

// noise is bytes without an end.
type noise struct{}

func (noise) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = byte(i * 31)
	}
	return len(b), nil
}

func trailers(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Trailer", "X-Sum")
	_, _ = io.WriteString(w, "a piece")
	_ = http.NewResponseController(w).Flush()
	w.Header().Set("X-Sum", "7")
	w.Header().Set(http.TrailerPrefix+"X-Late", "yes")
}

func cookies(w http.ResponseWriter, _ *http.Request) {
	for _, c := range []string{
		"aiwfe_session=planted; Path=/", "__Host-aiwfe_session=planted; Path=/; Secure", "__Secure-aiwfe_csrf=x; Secure", "AIWFE_DEVICE=x",
		"aiwfe_challenge=; Max-Age=0", "theme=dark; Path=/",
	} {
		w.Header().Add("Set-Cookie", c)
	}
	w.Header().Set("Clear-Site-Data", `"cache", "cookies", "*"`)
	w.Header().Set("Content-Security-Policy", "default-src *")
	w.Header().Set("Access-Control-Allow-Origin", "*")
}

func hint(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Link", "</style.css>; rel=preload")
	w.WriteHeader(http.StatusEarlyHints)
	_, _ = io.WriteString(w, "hinted")
}

func dies(w http.ResponseWriter, _ *http.Request) {
	_, _ = io.WriteString(w, "half")
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

func slow(_ http.ResponseWriter, r *http.Request) {
	select {
	case <-r.Context().Done():
	case <-time.After(time.Minute):
	}
}

func fails(w http.ResponseWriter, _ *http.Request) {
	http.Error(w, "the application's own", http.StatusInternalServerError)
}

// drops closes the connection without an answer.
func drops(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
