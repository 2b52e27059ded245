package ground

import (
	"bufio"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

// echo is a server that says each line back, and "bye" when the client has ended its side.
func echo(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				_, _ = io.Copy(conn, conn)
				_, _ = io.WriteString(conn, "bye\n")
			}()
		}
	}()
	return l.Addr().String()
}

type talk struct {
	t *testing.T
	net.Conn
	in *bufio.Reader
}

func talkTo(t *testing.T, p *Faulty) talk {
	t.Helper()
	conn, err := net.Dial("tcp", p.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return talk{t, conn, bufio.NewReader(conn)}
}

// hears waits for a line, "" when none comes within the time.
func (c talk) hears(within time.Duration) (string, error) {
	_ = c.SetReadDeadline(time.Now().Add(within))
	line, err := c.in.ReadString('\n')
	return strings.TrimSuffix(line, "\n"), err
}

func (c talk) says(line string) {
	c.t.Helper()
	if _, err := io.WriteString(c, line+"\n"); err != nil {
		c.t.Fatal(err)
	}
}

func (c talk) echoes(line string) {
	c.t.Helper()
	c.says(line)
	if got, err := c.hears(5 * time.Second); got != line || err != nil {
		c.t.Errorf("%q came back as %q, %v", line, got, err)
	}
}

func (c talk) silent() {
	c.t.Helper()
	if got, err := c.hears(150 * time.Millisecond); !errors.Is(err, os.ErrDeadlineExceeded) {
		c.t.Errorf("%q, %v came where nothing should", got, err)
	}
}

func TestFaultProxyBreaksOpenConnectionsAndHealsThem(t *testing.T) {
	t.Parallel()
	p := FaultProxy(t, echo(t))
	c := talkTo(t, p)
	c.echoes("plain")
	for name, fault := range map[string]func(){
		"black hole":    p.BlackHole,
		"one to server": func() { p.Up(Fault{Hole: true}) },
		"one to client": func() { p.Down(Fault{Hole: true}) },
		"a long delay":  func() { p.Down(Fault{Delay: time.Minute}) },
	} {
		fault()
		c.says("held by " + name)
		c.silent()
		fresh := talkTo(t, p)
		fresh.says("taken")
		fresh.silent()
		p.Heal()
		if got, err := c.hears(5 * time.Second); got != "held by "+name || err != nil {
			t.Errorf("after %s %q came, %v", name, got, err)
		}
	}
	if err := c.Conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if got, err := c.hears(5 * time.Second); got != "bye" || err != nil {
		t.Errorf("the end of one side is answered %q, %v", got, err)
	}
}

func TestFaultProxyDelaysAndDrips(t *testing.T) {
	t.Parallel()
	p := FaultProxy(t, echo(t))
	c := talkTo(t, p)
	p.Down(Fault{Delay: 200 * time.Millisecond})
	began := time.Now()
	c.echoes("late")
	p.Down(Fault{Rate: 200})
	c.echoes(strings.Repeat("x", 60))
	if took := time.Since(began); took < 400*time.Millisecond {
		t.Errorf("a delay of 200 ms and 60 bytes at 200 in a second took %s", took)
	}
}

func TestFaultProxyResetsRefusesAndLeavesHalfOpen(t *testing.T) {
	t.Parallel()
	p := FaultProxy(t, echo(t))
	cut, left := talkTo(t, p), talkTo(t, p)
	cut.echoes("here")
	p.Cut()
	if _, err := cut.hears(5 * time.Second); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("a cut connection ends with %v", err)
	}
	left = talkTo(t, p)
	left.echoes("here")
	p.HalfOpen()
	left.says("anybody?")
	left.silent()
	p.Heal()
	left.silent()
	p.ResetNew(true)
	fresh, err := net.Dial("tcp", p.Addr()) // which may see the reset already
	if err == nil {
		_, err = fresh.Read(make([]byte, 1))
	}
	if !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("a new connection ends with %v", err)
	}
	p.Refuse(true)
	if _, err := net.Dial("tcp", p.Addr()); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("a refused connection ends with %v", err)
	}
	p.Heal()
	talkTo(t, p).echoes("again")
}
