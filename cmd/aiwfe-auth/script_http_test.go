package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// ports are those given out already: scripts run at the same time, and between
// the choice of a port and its use another one could choose it too.
var ports sync.Map

// freePort stays below the range from which the kernel takes the ports of
// outgoing connections, so that none of those is in the way.
func freePort(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, neg, args, 0, "freeport")
	for range 200 {
		port := strconv.Itoa(20000 + rand.IntN(12000))
		l, err := net.Listen("tcp", "127.0.0.1:"+port)
		if err != nil {
			continue
		}
		_ = l.Close()
		if _, taken := ports.LoadOrStore(port, true); taken {
			continue
		}
		ts.Setenv("PORT", port)
		ts.Setenv("URL", "http://localhost:"+port)
		return
	}
	ts.Fatalf("no port is free")
}

// startTime is how long a server may take to start on a machine that is busy.
const startTime = "15s"

func waitReady(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, neg, args, 0, "waitready")
	until(ts, false, []string{startTime, "200", "GET", ts.Getenv("URL") + "/api/health/ready"})
}

func ask(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, neg, args, 3, "http STATUS METHOD URL ['Name: value']... [BODY]")
	res, body, err := send(args[1:])
	ts.Check(err)
	_, _ = fmt.Fprint(ts.Stdout(), body)
	_ = res.Header.Write(ts.Stderr())
	if strconv.Itoa(res.StatusCode) != args[0] {
		ts.Fatalf("status %s, want %s\n%s", res.Status, args[0], body)
	}
}

func until(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, neg, args, 4, "until TIME STATUS METHOD URL ['Name: value']... [BODY]")
	wait, err := time.ParseDuration(args[0])
	ts.Check(err)
	for end := time.Now().Add(wait); ; time.Sleep(20 * time.Millisecond) {
		res, body, err := send(args[2:])
		if err == nil && strconv.Itoa(res.StatusCode) == args[1] {
			_, _ = fmt.Fprint(ts.Stdout(), body)
			return
		}
		if time.Now().After(end) {
			ts.Fatalf("no %s after %s; the last answer: %v %s", args[1], wait, err, body)
		}
	}
}

// send asks as curl would: no cookie, no header of a browser. What has no
// colon before its first blank, or begins with a brace, is the body.
func send(args []string) (*http.Response, string, error) {
	req, err := http.NewRequest(args[0], args[1], nil)
	if err != nil {
		return nil, "", err
	}
	for _, a := range args[2:] {
		if name, value, ok := strings.Cut(a, ": "); ok && a[0] != '{' {
			req.Header.Set(name, value)
			continue
		}
		req.Body = io.NopCloser(strings.NewReader(a))
		req.ContentLength = int64(len(a))
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := (&http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}).Do(req)
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	return res, string(body), err
}

// signIn does what the guide's script does: a CSRF token, then the login.
func signIn(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, neg, args, 2, "login EMAIL PASSWORD")
	base := ts.Getenv("URL") + "/api/v1/auth/"
	_, body, err := send([]string{"GET", base + "csrf-token"})
	ts.Check(err)
	csrf, err := jsonAt(body, "csrf_token")
	ts.Check(err)
	res, body, err := send([]string{
		"POST", base + "jwt/login", fmt.Sprintf("X-CSRF-TOKEN: %v", csrf), fmt.Sprintf(`{"email":%q,"password":%q}`, args[0], args[1]),
	})
	ts.Check(err)
	for name, path := range map[string]string{"ACCESS": "access_token", "SESSION": "session_id"} {
		value, err := jsonAt(body, path)
		if err != nil {
			ts.Fatalf("%v: %s", err, body)
		}
		ts.Setenv(name, fmt.Sprint(value))
	}
	ts.Setenv("REQUEST", res.Header.Get("X-Request-ID"))
}
