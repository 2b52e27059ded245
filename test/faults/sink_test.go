package faults

import (
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// sink is a mail server that does not do its work until it is mended.
type sink struct {
	addr   string
	mended atomic.Bool
}

func newSink(t *testing.T, office *ground.PostOffice, ill func(net.Conn)) *sink {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	s := &sink{addr: l.Addr().String()}
	to := strings.TrimPrefix(strings.TrimSuffix(office.URL, "?starttls=none"), "smtp://")
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				if !s.mended.Load() {
					ill(conn)
					return
				}
				if behind, err := net.Dial("tcp", to); err == nil {
					defer behind.Close()
					go func() { _, _ = io.Copy(behind, conn) }()
					_, _ = io.Copy(conn, behind)
				}
			}()
		}
	}()
	return s
}

// Whatever the mail server does, people are answered the same and as soon; their letters wait for it, over a restart too.
func TestMailServerThatDoesNotWork(t *testing.T) {
	t.Parallel()
	for name, ill := range map[string]func(net.Conn){
		"hangs up":   func(net.Conn) {},
		"hangs":      func(c net.Conn) { _, _ = io.Copy(io.Discard, c) },
		"wants none": func(c net.Conn) { _, _ = io.WriteString(c, "421 no service\r\n") },
		"drips": func(c net.Conn) {
			for err := error(nil); err == nil; time.Sleep(time.Second) {
				_, err = io.WriteString(c, "2")
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			office := ground.SMTP(t)
			post := newSink(t, office, ill)
			s := serve(t, place{}, map[string]string{"SMTP_URL": "smtp://" + post.addr + "?starttls=none", "MAIL_FROM": "auth@example.com"})
			sound := watched(t, s)
			c := newCaller(s)
			c.greet()
			want(t, "a registration", patiently(func() answer { return c.register(ada, password) }), http.StatusAccepted, "")
			ask := func(path, email string) answer {
				return c.call("POST", "/api/v1/auth/"+path, "", map[string]string{"email": email})
			}
			for _, path := range []string{"forgot-password", "request-verify-token", "request-unlock"} {
				known, unknown := ask(path, ada), ask(path, "nobody@example.com")
				if known.status != http.StatusAccepted || known.status != unknown.status || string(known.body) != string(unknown.body) {
					t.Errorf("%s: an address that is known is answered %v, another %v", path, known, unknown)
				}
				if known.took > soon || unknown.took > soon {
					t.Errorf("%s waited for the mail server: %v, %v", path, known, unknown)
				}
			}
			want(t, "a login of somebody who proved no address", c.login(ada, password), http.StatusUnauthorized, api.CodeInvalidCredentials)
			sound(0)
			s.Restart()
			post.mended.Store(true)
			eventually(t, 90*time.Second, "the letters arrive", func() bool { return len(office.Letters(ada)) >= 1 })
			if got := office.Letters("nobody@example.com"); len(got) > 0 {
				t.Errorf("somebody without an account got %q", got[0].Subject)
			}
		})
	}
}
