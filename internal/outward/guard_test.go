package outward

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// TestGuardJudgesEveryFormOfAnAddress walks the ranges by an address of each.
func TestGuardJudgesEveryFormOfAnAddress(t *testing.T) {
	g, err := NewGuard("10.9.0.0/16", "192.168.7.7", "[fd00::7]", "::ffff:10.8.0.1")
	if err != nil {
		t.Fatal(err)
	}
	for address, pass := range map[string]bool{
		"93.184.215.14": true, "2606:4700::1111": true, "64:ff9b::5db8:d70e": true, "2002:5db8:d70e::1": true,
		"10.9.1.1": true, "::ffff:10.9.1.1": true, "192.168.7.7": true, "fd00::7": true, "10.8.0.1": true,
		"127.0.0.1": false, "127.9.9.9": false, "::1": false, "0.0.0.0": false, "::": false, "0.1.2.3": false,
		"::ffff:127.0.0.1": false, "::127.0.0.1": false, "64:ff9b::7f00:1": false, "64:ff9b::a9fe:a9fe": false,
		"64:ff9b:1::a00:1": false, "2002:7f00:1::1": false, "2001:0:1::1": false,
		"10.0.0.1": false, "172.16.0.1": false, "172.31.255.255": false, "192.168.7.8": false, "100.64.0.1": false,
		"169.254.169.254": false, "::ffff:169.254.169.254": false, "fe80::1": false, "fe80::1%lo": false, "fec0::1": false,
		"fd00:ec2::254": false, "fc00::1": false, "224.0.0.1": false, "239.1.1.1": false, "ff02::1": false,
		"255.255.255.255": false, "240.0.0.1": false, "192.0.0.8": false, "192.0.2.1": false, "198.18.0.1": false,
		"198.51.100.1": false, "203.0.113.1": false, "192.88.99.1": false, "2001:db8::1": false, "3fff::1": false, "5f00::1": false,
		"100::1": false,
	} {
		err := g.judge(netip.AddrPortFrom(netip.MustParseAddr(address), 443).String())
		if pass != (err == nil) {
			t.Errorf("%s: %v", address, err)
		}
	}
	if g.judge("/run/a.sock") == nil {
		t.Error("a path of a socket passed")
	}
}

func TestGuardRefusesAListItCannotRead(t *testing.T) {
	for _, entry := range []string{"", "https://a.example.com", "a.example.com:443", "10.0.0.0/40", "*.example.com"} {
		if _, err := NewGuard(entry); err == nil {
			t.Errorf("%q passed", entry)
		}
	}
}

// TestNothingReachesThisMachine writes the loopback address in many ways, as a
// stranger would.
func TestNothingReachesThisMachine(t *testing.T) {
	heard, port := listener(t)
	guard, _ := NewGuard()
	for _, host := range []string{
		"127.0.0.1", "localhost", "::ffff:127.0.0.1", "::1", "::", "0.0.0.0", "2130706433", "0x7f000001", "0177.0.0.1", "127.1",
	} {
		conn, err := guard.DialContext(t.Context(), "tcp", net.JoinHostPort(host, port))
		if err == nil {
			_ = conn.Close()
			t.Errorf("%s reached it", host)
		}
	}
	if heard.Load() != 0 {
		t.Errorf("%d connections arrived", heard.Load())
	}
	for allow, host := range map[string]string{"127.0.0.0/8": "127.0.0.1", "LOCALHOST": "localhost", "127.0.0.1": "::ffff:127.0.0.1"} {
		listed, _ := NewGuard(allow)
		conn, err := listed.DialContext(t.Context(), "tcp4", net.JoinHostPort(host, port))
		if err != nil {
			t.Errorf("%s is listed, and %s does not pass: %v", allow, host, err)
			continue
		}
		_ = conn.Close()
	}
}

// TestANameThatAnswersDifferentlyTheSecondTime is looked up once by a check and
// once by the connection.
func TestANameThatAnswersDifferentlyTheSecondTime(t *testing.T) {
	heard, port := listener(t)
	guard, _ := NewGuard()
	guard.dialer.Resolver = turncoat(t, [4]byte{93, 184, 215, 14}, [4]byte{127, 0, 0, 1})
	first, err := guard.dialer.Resolver.LookupNetIP(t.Context(), "ip4", "hook.example.com")
	if err != nil || !public(first[0]) {
		t.Fatalf("the first answer is %v, %v", first, err)
	}
	_, err = guard.DialContext(t.Context(), "tcp4", "hook.example.com:"+port)
	if !errors.Is(err, ErrRefused) || heard.Load() != 0 {
		t.Errorf("%v, %d connections arrived", err, heard.Load())
	}
}

func listener(t *testing.T) (heard *atomic.Int64, port string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	heard = &atomic.Int64{}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			heard.Add(1)
			_ = conn.Close()
		}
	}()
	_, port, _ = net.SplitHostPort(l.Addr().String())
	return heard, port
}

// turncoat is a name server that gives each answer once, and then the last one.
func turncoat(t *testing.T, answers ...[4]byte) *net.Resolver {
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
			if m.Unpack(buffer[:n]) != nil || len(m.Questions) != 1 || !strings.HasPrefix(m.Questions[0].Name.String(), "hook.") {
				continue
			}
			m.Response, m.Additionals = true, nil
			head := dnsmessage.ResourceHeader{Name: m.Questions[0].Name, Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET}
			m.Answers = []dnsmessage.Resource{{Header: head, Body: &dnsmessage.AResource{A: answers[0]}}}
			if len(answers) > 1 {
				answers = answers[1:]
			}
			out, _ := m.Pack()
			_, _ = conn.WriteTo(out, from)
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}
