package ground

import (
	"errors"
	"net"
	"net/url"
	"sync"
	"testing"
	"time"
)

// Fault is what happens to the bytes of one direction.
type Fault struct {
	Delay time.Duration // each piece comes this much later
	Rate  int           // bytes in a second; zero is as many as there are
	Hole  bool          // nothing comes, and nobody is told
}

// Faulty stands between a program and a server on TCP (PostgreSQL, pgbouncer, Redis, SMTP, HTTP) and breaks the
// connection the way a network does. Every fault can be switched while connections are open, and holds for those too.
type Faulty struct {
	Port int

	t    testing.TB
	up   lane // to the server
	down lane // from the server

	mu     sync.Mutex
	target string
	listen net.Listener
	resets bool
	pairs  map[*pair]bool
}

// FaultProxy listens on a port of its own and leads to host:port, without a fault. It ends with the test.
func FaultProxy(t testing.TB, target string) *Faulty {
	t.Helper()
	p := &Faulty{Port: FreePort(t), t: t, target: target, pairs: map[*pair]bool{}}
	p.up.changed, p.down.changed = make(chan struct{}), make(chan struct{})
	p.Refuse(false)
	t.Cleanup(func() {
		p.Refuse(true)
		p.Cut()
	})
	return p
}

// Addr is where it listens, as host:port.
func (p *Faulty) Addr() string { return loopback(p.Port) }

// URL is an address of the server, led through it.
func (p *Faulty) URL(address string) string {
	p.t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		p.t.Fatal(err)
	}
	u.Host = p.Addr()
	return u.String()
}

// Up is what happens to all that goes to the server, Down to all that comes from it; the zero Fault is none.
func (p *Faulty) Up(f Fault) { p.up.set(f) }

// Down is what happens to all that comes from the server.
func (p *Faulty) Down(f Fault) { p.down.set(f) }

// BlackHole takes connections and lets nothing through, in the middle of what is being said too.
func (p *Faulty) BlackHole() {
	p.Up(Fault{Hole: true})
	p.Down(Fault{Hole: true})
}

// Heal ends all faults. What a black hole held back goes on, as after a network that was down for a moment; a client
// whose server has left it half open stays alone.
func (p *Faulty) Heal() {
	p.Up(Fault{})
	p.Down(Fault{})
	p.ResetNew(false)
	p.Refuse(false)
}

// ResetNew answers each new connection with a reset.
func (p *Faulty) ResetNew(on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.resets = on
}

// Refuse stops listening, so that new connections are refused, or listens again. Open ones go on.
func (p *Faulty) Refuse(on bool) {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if on == (p.listen == nil) {
		return
	}
	if on {
		_ = p.listen.Close()
		p.listen = nil
		return
	}
	l, err := net.Listen("tcp", p.Addr())
	if err != nil {
		p.t.Fatal(err)
	}
	p.listen = l
	go p.serve(l)
}

// Lead sends new connections to another server.
func (p *Faulty) Lead(target string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.target = target
}

// Cut resets every open connection, on both sides.
func (p *Faulty) Cut() {
	for _, c := range p.open() {
		c.end(true)
	}
}

// HalfOpen ends every open connection on the server's side and tells the clients nothing, as when a machine loses its
// power: they may write for a long time and are never answered.
func (p *Faulty) HalfOpen() {
	for _, c := range p.open() {
		c.orphan()
	}
}

// Open is how many connections there are.
func (p *Faulty) Open() int { return len(p.open()) }

func (p *Faulty) open() (all []*pair) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.pairs {
		all = append(all, c)
	}
	return all
}

func (p *Faulty) serve(l net.Listener) {
	for {
		in, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err == nil {
			go p.carry(in.(*net.TCPConn))
		}
	}
}
