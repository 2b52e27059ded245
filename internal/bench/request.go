package bench

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
)

// Request is what is sent, as a person writes it.
type Request struct {
	Method, URL string
	Header      []string // "Name: value"
	Body        string
}

// Wire is a request in the bytes that go over the connection, made once and sent many times.
type Wire struct {
	addr   string
	secure *tls.Config // nil without TLS
	bytes  []byte
}

// Prepare makes the bytes of each request. All of one list must go to the same server.
func Prepare(requests ...Request) ([]Wire, error) {
	out := make([]Wire, 0, len(requests))
	for _, r := range requests {
		w, err := r.wire()
		if err != nil {
			return nil, err
		}
		out = append(out, w)
	}
	return out, nil
}

func (r Request) wire() (Wire, error) {
	at, err := url.Parse(r.URL)
	if err != nil || at.Host == "" || (at.Scheme != "http" && at.Scheme != "https") {
		return Wire{}, fmt.Errorf("%q is no address to measure; write it as http://127.0.0.1:8080/path", r.URL)
	}
	for _, line := range append(slices.Clone(r.Header), r.Method) {
		if strings.ContainsAny(line, "\r\n") {
			return Wire{}, fmt.Errorf("the method or a header for %s has a line break in it", r.URL)
		}
	}
	if r.Method == "" {
		r.Method = "GET"
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\n", r.Method, at.RequestURI(), at.Host)
	for _, line := range r.Header {
		b.WriteString(line + "\r\n")
	}
	if r.Body != "" || r.Method != "GET" {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(r.Body))
	}
	b.WriteString("\r\n" + r.Body)
	w := Wire{addr: at.Host, bytes: b.Bytes()}
	if at.Scheme == "https" {
		w.secure = &tls.Config{ServerName: at.Hostname(), MinVersion: tls.VersionTLS12}
	}
	if at.Port() == "" {
		w.addr = net.JoinHostPort(at.Hostname(), map[string]string{"http": "80", "https": "443"}[at.Scheme])
	}
	return w, nil
}
