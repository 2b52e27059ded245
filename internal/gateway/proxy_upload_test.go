package gateway

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestABodyThatDoesNotComeAsAWholeIsTheClientsFault(t *testing.T) {
	for _, tt := range []struct{ name, sent, want string }{
		{"as a whole", "Content-Length: 2\r\n\r\nhi", ""},
		{"chunked", "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n", ""},
		{"chunks with a bare line feed", "Transfer-Encoding: chunked\r\n\r\n2;\nxx\r\nhi\r\n0\r\n\r\n", "body_broken"},
		{"it stops", "Content-Length: 10\r\n\r\nhi", "body_stalled"},
	} {
		got, kept := make(chan string, 1), make(chan bool, 1)
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			u := &upload{ReadCloser: r.Body, deadline: http.NewResponseController(w).SetReadDeadline, pause: 100 * time.Millisecond}
			_, _ = io.Copy(io.Discard, u)
			u.end()
			u.until(time.Unix(1, 0)) // a transport that reads on must not reach into the next request
			reason := ""
			if f := u.fault(); f != nil {
				reason = f.Reason
			}
			got <- reason
			// Longer than the client may be silent in a body: it may be after it.
			select {
			case <-r.Context().Done():
				kept <- false
			case <-time.After(300 * time.Millisecond):
				kept <- true
			}
		}))
		c, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(c, "POST / HTTP/1.1\r\nHost: x\r\n"+tt.sent)
		if reason := <-got; reason != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, reason, tt.want)
		}
		if !<-kept && tt.want != stalled {
			t.Errorf("%s: the request was given up after its body", tt.name)
		}
		_ = c.Close()
		s.Close()
	}
}
