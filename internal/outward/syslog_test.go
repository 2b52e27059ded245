package outward

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

var moment = time.Date(2026, 11, 30, 8, 9, 10, 123_000_000, time.UTC)

func TestLineIsRFC5424AndNobodyAddsToIt(t *testing.T) {
	o := SyslogOptions{Facility: 13, Host: "host one", App: "aiwfe-auth", Process: "7"}
	for _, c := range []struct {
		line Line
		want string
	}{
		{
			Line{At: moment, Severity: Notice, ID: "audit", Text: `{"a":1}`},
			`<109>1 2026-11-30T08:09:10.123Z host_one aiwfe-auth 7 audit - {"a":1}`,
		},
		{
			Line{At: moment, Severity: Warning, Data: []Pair{{"us\"er]", "a\"]\\\nb"}, {"n", ""}}},
			`<108>1 2026-11-30T08:09:10.123Z host_one aiwfe-auth 7 - [aiwfe@32473 us_er_="a\"\]\\ b" n=""]`,
		},
		{
			Line{At: moment, Severity: Info, ID: "x\n<13>1 y", Text: "a\r\n<13>1 forged\x00\u0085\u2028\xff"},
			"<110>1 2026-11-30T08:09:10.123Z host_one aiwfe-auth 7 x_<13>1_y - a  <13>1 forged   \uFFFD",
		},
	} {
		if got := string(c.line.format(o)); got != c.want {
			t.Errorf("got  %q\nwant %q", got, c.want)
		}
	}
	long := Line{At: moment, ID: strings.Repeat("i", 99), Text: strings.Repeat("ä", mostText)}.format(o)
	if len(long) > mostText+500 || !strings.HasSuffix(string(long), "ä") || strings.Contains(string(long), strings.Repeat("i", 33)) {
		t.Errorf("%d bytes", len(long))
	}
}

// TestSyslogReachesEachKindOfServer sends lines that would break a framing by newlines.
func TestSyslogReachesEachKindOfServer(t *testing.T) {
	authority, err := ground.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	cert, err := authority.Issue(ground.Validity{}, "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	pair, err := tls.X509KeyPair([]byte(cert.Cert), []byte(cert.Key))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(read(t, authority.File(t)))
	lines := []Line{{At: moment, ID: "audit", Text: "one\ntwo"}, {At: moment, ID: "audit", Text: "päper"}, {At: moment, ID: "audit"}}
	for _, kind := range []string{"udp", "tcp", "tls", "unix", "stream"} {
		got := make(chan string, 10)
		url := sink(t, kind, &tls.Config{Certificates: []tls.Certificate{pair}}, got)
		s, err := NewSyslog(SyslogOptions{URL: url, Facility: 10, Host: "h", App: "a", Process: "1", Roots: roots})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Send(t.Context(), lines...); err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		for _, l := range lines {
			if want := string(l.format(s.o)); <-got != want {
				t.Errorf("%s: another line than %q", kind, want)
			}
		}
		if kind == "tls" {
			stranger, _ := NewSyslog(SyslogOptions{URL: url})
			if err := stranger.Send(t.Context(), lines...); err == nil || !AsFault(err).Again {
				t.Errorf("a certificate of nobody was trusted: %v", err)
			}
		}
	}
}

// TestSyslogThatDoesNotReadIsNotBelieved ends the connection with lines unread.
func TestSyslogThatDoesNotReadIsNotBelieved(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		_, _ = conn.Read(make([]byte, 10))
		_ = conn.Close() // the rest is unread
	}()
	s, _ := NewSyslog(SyslogOptions{URL: "tcp://" + l.Addr().String()})
	if err := s.Send(t.Context(), Line{At: moment, Text: strings.Repeat("x", 1000)}); err == nil || !AsFault(err).Again {
		t.Errorf("it was believed: %v", err)
	}
}

// TestSyslogEndsWithAServerThatHangs takes the connection and never reads.
func TestSyslogEndsWithAServerThatHangs(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	s, _ := NewSyslog(SyslogOptions{URL: "tcp://" + l.Addr().String()})
	s.patience = 200 * time.Millisecond
	if err := s.Send(t.Context(), Line{At: moment, Text: "x"}); err == nil || !AsFault(err).Again {
		t.Errorf("it was believed: %v", err)
	}
}

func TestSyslogRefusesAddresses(t *testing.T) {
	for _, url := range []string{"", "host:514", "http://host", "udp://", "unix://host/dev/log", "unix://", "tcp://u:p@host", "tls://host/x", "tcp://host?x=1"} {
		if _, err := NewSyslog(SyslogOptions{URL: url}); err == nil {
			t.Errorf("%q passed", url)
		}
	}
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// sink is a server of one kind that hands on each line it was sent.
func sink(t *testing.T, kind string, secure *tls.Config, got chan<- string) (url string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "log")
	var packets net.PacketConn
	var l net.Listener
	var err error
	switch kind {
	case "udp":
		packets, err = net.ListenPacket("udp", "127.0.0.1:0")
	case "unix":
		packets, err = net.ListenPacket("unixgram", path)
	case "stream":
		l, err = net.Listen("unix", path)
	case "tls":
		l, err = tls.Listen("tcp", "127.0.0.1:0", secure)
	default:
		l, err = net.Listen("tcp", "127.0.0.1:0")
	}
	if err != nil {
		t.Fatal(err)
	}
	if packets != nil {
		t.Cleanup(func() { _ = packets.Close() })
		go datagramsTo(packets, got)
		if kind == "udp" {
			return "udp://" + packets.LocalAddr().String()
		}
		return "unix://" + path
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_ = framesTo(conn, got)
			_ = conn.Close()
		}
	}()
	if kind == "stream" {
		return "unix://" + path
	}
	return kind + "://" + l.Addr().String()
}

func datagramsTo(conn net.PacketConn, got chan<- string) {
	b := make([]byte, 65536)
	for {
		n, _, err := conn.ReadFrom(b)
		if err != nil {
			return
		}
		got <- string(b[:n])
	}
}

func framesTo(conn io.Reader, got chan<- string) error {
	r := bufio.NewReader(conn)
	for {
		count, err := r.ReadString(' ')
		if err != nil {
			return err
		}
		n, err := strconv.Atoi(strings.TrimSpace(count))
		if err != nil {
			return fmt.Errorf("no octet count: %q", count)
		}
		b := make([]byte, n)
		if _, err := io.ReadFull(r, b); err != nil {
			return err
		}
		got <- string(b)
	}
}
