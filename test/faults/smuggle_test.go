package faults

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// What a proxy before us and we ourselves could cut into requests at different places is refused, and the connection
// closed, so that nothing after it is taken for the next request (RFC 9112 section 11.2, ASVS 4.2.1).
func TestAmbiguousRequestsAreRefusedAndTheConnectionClosed(t *testing.T) {
	t.Parallel()
	s := serve(t, place{}, nil)
	pid := s.PID()
	const path = "/api/v1/auth/jwt/refresh"
	const chunked = "Transfer-Encoding: chunked\r\n"
	get := func(more string) string { return "GET /api/v1/config HTTP/1.1\r\nHost: localhost\r\n" + more + "\r\n" }
	for _, tt := range []struct{ name, send string }{
		{"two lengths", post(path, contentLength(2)+contentLength(4)) + "{}{}"},
		{"a list of lengths", post(path, "Content-Length: 2, 4\r\n") + "{}{}"},
		{"a length with a sign", post(path, "Content-Length: +2\r\n") + "{}"},
		{"a negative length", post(path, "Content-Length: -1\r\n") + "{}"},
		{"a length in base sixteen", post(path, "Content-Length: 0x2\r\n") + "{}"},
		{"a length beyond all", post(path, "Content-Length: 99999999999999999999\r\n") + "{}"},
		{"a length with a blank before the colon", post(path, "Content-Length : 2\r\n") + "{}"},
		{"a coding twice", post(path, chunked+chunked) + "0\r\n\r\n"},
		{"a coding that is none", post(path, "Transfer-Encoding: xchunked\r\n") + "0\r\n\r\n"},
		{"a coding behind another", post(path, "Transfer-Encoding: identity, chunked\r\n") + "0\r\n\r\n"},
		{"a coding before another", post(path, "Transfer-Encoding: chunked, identity\r\n") + "0\r\n\r\n"},
		{"a coding behind a vertical tab", post(path, "Transfer-Encoding: \vchunked\r\n") + "0\r\n\r\n"},
		{"a chunk without a size", post(path, chunked) + "\r\n{}\r\n0\r\n\r\n"},
		{"a chunk of a size that is none", post(path, chunked) + "zz\r\n{}\r\n0\r\n\r\n"},
		{"a chunk of a size with a sign", post(path, chunked) + "+2\r\n{}\r\n0\r\n\r\n"},
		{"a chunk of a size beyond all", post(path, chunked) + "fffffffffffffffff\r\n{}\r\n0\r\n\r\n"},
		{"a chunk longer than it says", post(path, chunked) + "2\r\n{}{}\r\n0\r\n\r\n"},
		{"a chunk size that ends with LF alone", post(path, chunked) + "2;\n{}\r\n0\r\n\r\n"}, // CVE-2025-22871
		{"chunk data that ends with LF alone", post(path, chunked) + "2\r\n{}\n0\r\n\r\n"},
		{"CR inside a value", get("X-Request-ID: a\rb\r\n")},
		{"NUL inside a value", get("X-Request-ID: a\x00b\r\n")},
		{"a name with a blank", get("X Request: a\r\n")},
		{"a name that is empty", get(": a\r\n")},
		{"a line without a colon", get("nonsense\r\n")},
		{"a folded first line", "GET /api/v1/config HTTP/1.1\r\n Host: localhost\r\n\r\n"},
		{"no host", "GET /api/v1/config HTTP/1.1\r\n\r\n"},
		{"two hosts", get("Host: elsewhere.example\r\n")},
		{"a host that is none", "GET /api/v1/config HTTP/1.1\r\nHost: local host\r\n\r\n"},
		{"a blank in the path", "GET /api/v1/config HTTP/1.1 HTTP/1.1\r\nHost: localhost\r\n\r\n"},
		{"a method that is none", "GE\x00T /api/v1/config HTTP/1.1\r\nHost: localhost\r\n\r\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if a := onlyOnce(t, dial(t, s), tt.send+get("")); a.status != http.StatusBadRequest && a.status != http.StatusNotImplemented {
				t.Errorf("it was answered %v, not 400", a)
			}
		})
	}
	// Go's library reads these as RFC 9112 sections 5.2 and 6.1 let it: the chunks count, a fold is a blank. Whoever
	// stands before us may have read them otherwise, so one answer is given and none after it.
	for _, tt := range []struct{ name, send string }{
		{"both lengths", post(path, contentLength(6)+chunked) + "0\r\n\r\nX"},
		{"both lengths, the other way round", post(path, chunked+contentLength(6)) + "0\r\n\r\nX"},
		{"a coding on a folded line", post(path, "Transfer-Encoding:\r\n chunked\r\n") + "0\r\n\r\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if a := onlyOnce(t, dial(t, s), tt.send+get("")); a.status/100 != 4 {
				t.Errorf("it was answered %v", a)
			}
		})
	}
	t.Cleanup(func() {
		if s.PID() != pid || !s.Running() {
			t.Error("the program did not live through it")
		}
	})
}

// onlyOnce sends and expects one answer, the end of the connection, and nothing in between.
func onlyOnce(t *testing.T, r *raw, send string) answer {
	t.Helper()
	r.say(send)
	a := r.hear()
	rest, closed := r.more(3 * time.Second)
	if !closed {
		t.Error("the connection stays open")
	}
	if strings.Contains(rest, "HTTP/1.1 ") {
		t.Errorf("what followed was taken for a request and answered:\n%.200s", rest)
	}
	return a
}

func TestTraceAndConnectAreRefused(t *testing.T) {
	t.Parallel()
	s := serve(t, place{}, nil)
	for _, send := range []string{
		"TRACE / HTTP/1.1\r\nHost: localhost\r\nCookie: aiwfe_session=secret\r\n\r\n",
		"TRACE /api/v1/auth/status HTTP/1.1\r\nHost: localhost\r\nCookie: aiwfe_session=secret\r\n\r\n",
		"CONNECT internal.example:443 HTTP/1.1\r\nHost: internal.example:443\r\n\r\n",
		"CONNECT /api/v1/auth/status HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: 127.0.0.1:22\r\n\r\n",
	} {
		r := dial(t, s)
		r.say(send)
		a := r.hear()
		if a.status != http.StatusMethodNotAllowed && a.status != http.StatusBadRequest {
			t.Errorf("%.40q was answered %v", send, a)
		}
		if strings.Contains(string(a.body), "secret") {
			t.Errorf("%.40q gave the request back", send)
		}
	}
}
