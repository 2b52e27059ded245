package contract

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// exchange writes bytes and reads all that comes back until the server closes or says no more.
func exchange(t *testing.T, w *world, request string) string {
	t.Helper()
	conn, err := net.Dial("tcp", w.Addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = io.WriteString(conn, request) }() // the server may close before all is written
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return ""
	}
	defer res.Body.Close()
	body, _ := io.ReadAll(res.Body)
	return fmt.Sprint(res.StatusCode, " ", string(body))
}

// TestRequestsThatAreSpelledWrong get a 4xx or a closed connection, and never more than one answer; ASVS V4.2.
func TestRequestsThatAreSpelledWrong(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	host := "Host: localhost\r\n"
	get := "GET /api/v1/auth/status HTTP/1.1\r\n" + host
	post := "POST /api/v1/auth/jwt/login HTTP/1.1\r\n" + host + "Content-Type: application/json\r\n"
	for name, request := range map[string]string{
		"no host":                               "GET /api/v1/auth/status HTTP/1.1\r\n\r\n",
		"two hosts":                             get + "Host: evil.example\r\n\r\n",
		"a blank before the colon":              get + "X-A : b\r\n\r\n",
		"a folded header":                       get + "X-A: b\r\n c\r\n\r\n",
		"NUL in a header":                       get + "X-A: b\x00c\r\n\r\n",
		"a bare CR in a header":                 get + "X-A: b\rX-B: c\r\n\r\n",
		"length and chunks":                     post + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n",
		"two lengths":                           post + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}x",
		"a length with a sign":                  post + "Content-Length: +2\r\n\r\n{}",
		"chunks of an unknown coding":           post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
		"chunks twice":                          post + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
		"chunks that end by LF, CVE-2025-22871": post + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\n{\"a\":\r\n0\r\n\r\n",
		"a chunk of no number":                  post + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
		"a header of a megabyte":                get + "X-A: " + strings.Repeat("a", 1<<20) + "\r\n\r\n",
		"a path of a megabyte":                  "GET /" + strings.Repeat("a", 1<<20) + " HTTP/1.1\r\n" + host + "\r\n",
		"ten thousand cookies":                  get + "Cookie: " + strings.Repeat("a=b; ", 10_000) + "\r\n\r\n",
		"an unknown version":                    "GET / HTTP/9.9\r\n" + host + "\r\n",
		"no request":                            "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
		"CONNECT":                               "CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n",
		"the address of another host":           "GET http://evil.example/api/v1/auth/status HTTP/1.1\r\nHost: evil.example\r\n\r\n",
		"a bad escape":                          "GET /%zz HTTP/1.1\r\n" + host + "\r\n",
		"blanks in the path":                    "GET /api v1 HTTP/1.1\r\n" + host + "\r\n",
		"Expect of something":                   post + "Expect: something\r\nContent-Length: 2\r\n\r\n{}",
		"an encoded body":                       post + "Content-Encoding: gzip\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}",
	} {
		t.Run(name, func(t *testing.T) {
			if got := exchange(t, w, request); got != "" && !strings.HasPrefix(got, "4") && !strings.HasPrefix(got, "505") && !strings.HasPrefix(got, "501") {
				t.Errorf("answered %.200q", got)
			}
		})
	}
	w.program().do(t, "GET", "/api/health", nil).want(t, http.StatusOK, "")
}

// TestManyBadTokensAreOnlyRefused: Keycloak CVE-2025-2559 kept a place for each.
func TestManyBadTokensAreOnlyRefused(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	numbers := make([]int, 2000)
	for i := range numbers {
		numbers[i] = i
	}
	all(numbers, func(i int) {
		token := signAs(newMAC, "another key", `{"alg":"HS256","typ":"at+jwt"}`, fmt.Sprintf(`{"sub":"%d"}`, i))
		status(t, w, token).want(t, http.StatusUnauthorized, "token_invalid")
	})
}
