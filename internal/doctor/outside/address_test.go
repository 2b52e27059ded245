package outside

import (
	"context"
	"net"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
)

// nameServer is one of the test: what is not in it does not exist.
func nameServer(t *testing.T, names map[string][]string) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	go func() {
		buffer := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buffer)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(buffer[:n]) == nil && len(m.Questions) == 1 {
				reply(&m, names)
				if out, err := m.Pack(); err == nil {
					_, _ = conn.WriteTo(out, from)
				}
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

func reply(m *dnsmessage.Message, names map[string][]string) {
	q := m.Questions[0]
	addresses, known := names[strings.TrimSuffix(q.Name.String(), ".")]
	m.Response, m.Authoritative, m.Additionals = true, true, nil
	if !known {
		m.RCode = dnsmessage.RCodeNameError
	}
	for _, a := range addresses {
		ip := net.ParseIP(a)
		head := dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: dnsmessage.ClassINET, TTL: 1}
		switch {
		case q.Type == dnsmessage.TypeA && ip.To4() != nil:
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: head, Body: &dnsmessage.AResource{A: [4]byte(ip.To4())}})
		case q.Type == dnsmessage.TypeAAAA && ip.To4() == nil:
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: head, Body: &dnsmessage.AAAAResource{AAAA: [16]byte(ip)}})
		}
	}
}

// TestNameAndAddressesAreJudged tries names that are not there, and addresses of
// which none, some or all take connections.
func TestNameAndAddressesAreJudged(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	resolver := nameServer(t, map[string][]string{
		"sound.example.com": {"127.0.0.1"}, "half.example.com": {"127.0.0.1", "127.0.0.2"}, "dead.example.com": {"127.0.0.2"},
		"empty.example.com": nil,
	})
	for _, c := range []struct {
		host   string
		inside bool
		want   []api.Cause
	}{
		{"sound.example.com", false, nil},
		{"sound.example.com", true, nil},
		{"none.example.com", false, []api.Cause{"dns_fails"}},
		{"empty.example.com", false, []api.Cause{"dns_fails"}},
		{"none.example.com", true, []api.Cause{"public_name_unresolved"}},
		{"half.example.com", false, []api.Cause{"public_address_dead"}},
		{"dead.example.com", false, []api.Cause{"public_url_unreachable"}},
		{"dead.example.com", true, []api.Cause{"public_url_unreachable"}},
	} {
		x := &outside{Options: Options{URL: address(t, "http://"+c.host+":"+port)}, resolver: resolver}
		x.goTo(x.URL)
		if c.inside {
			x.Direct = address(t, "http://127.0.0.1:1")
		}
		var got []api.Cause
		for _, f := range doctor.Diagnose(t.Context(), "", x.addressChecks()).Findings {
			got = append(got, f.Code)
			if !strings.Contains(f.Evidence, c.host) && !strings.Contains(f.Evidence, "127.0.0.2") {
				t.Errorf("%s: the evidence names nothing: %s", c.host, f.Evidence)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s, inside %v: %v, want %v", c.host, c.inside, got, c.want)
		}
	}
}

// TestPlainPortMustNotServeContent asks the port beside https.
func TestPlainPortMustNotServeContent(t *testing.T) {
	for _, c := range []struct {
		name, answer string
		want         int
	}{
		{"a redirect", "HTTP/1.1 301 Moved\r\nLocation: https://localhost/\r\nContent-Length: 0\r\n\r\n", 0},
		{"a refusal", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", 0},
		{"the page itself", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", 1},
	} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			buffer := make([]byte, 1500)
			_, _ = conn.Read(buffer)
			_, _ = conn.Write([]byte(c.answer))
			_ = conn.Close()
		}()
		_, port, _ := net.SplitHostPort(l.Addr().String())
		x := &outside{Options: Options{URL: address(t, "https://localhost")}}
		x.goTo(x.URL)
		d := doctor.Diagnose(t.Context(), "", []doctor.Check{{Name: "plain", Run: func(ctx context.Context, r *doctor.Result) { x.plainAt(ctx, r, port) }}})
		if len(d.Findings) != c.want || c.want > 0 && d.Findings[0].Code != "http_not_redirected" {
			t.Errorf("%s: %+v", c.name, d.Findings)
		}
		_ = l.Close()
	}
}
