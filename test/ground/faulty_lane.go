package ground

import (
	"net"
	"sync"
	"time"
)

// pair is one connection: the client's side and the server's.
type pair struct {
	in, out *net.TCPConn
	done    chan struct{}
	once    sync.Once

	mu    sync.Mutex
	alone bool // the server's side is gone and the client does not know
}

// carry leads one connection to its end.
func (p *Faulty) carry(in *net.TCPConn) {
	p.mu.Lock()
	target, resets := p.target, p.resets
	p.mu.Unlock()
	c := &pair{in: in, done: make(chan struct{})}
	if resets {
		c.end(true)
		return
	}
	out, err := net.Dial("tcp", target)
	if err != nil {
		c.end(true)
		return
	}
	c.out = out.(*net.TCPConn)
	p.mu.Lock()
	p.pairs[c] = true
	p.mu.Unlock()
	var both sync.WaitGroup
	both.Go(func() { c.pump(c.out, c.in, &p.up) })
	both.Go(func() { c.pump(c.in, c.out, &p.down) })
	both.Wait()
	if c.left() {
		<-c.done
	}
	c.end(false)
	p.mu.Lock()
	delete(p.pairs, c)
	p.mu.Unlock()
}

// pump passes one direction on. An end is passed on like bytes are, so a black hole hides it.
func (c *pair) pump(to, from *net.TCPConn, l *lane) {
	block := make([]byte, 32<<10)
	for {
		n, err := from.Read(block)
		if !l.pass(to, block[:n], c.done) {
			break
		}
		if err == nil {
			continue
		}
		if c.left() {
			return
		}
		_ = to.CloseWrite()
		return
	}
	if !c.left() {
		c.end(false)
	}
}

// end closes both sides; with a reset, as after kill -9 of a machine's network, what was under way is lost.
func (c *pair) end(reset bool) {
	c.once.Do(func() {
		for _, side := range []*net.TCPConn{c.in, c.out} {
			if side == nil {
				continue
			}
			if reset {
				_ = side.SetLinger(0)
			}
			_ = side.Close()
		}
		close(c.done)
	})
}

func (c *pair) orphan() {
	c.mu.Lock()
	c.alone = true
	c.mu.Unlock()
	_ = c.out.Close()
}

func (c *pair) left() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.alone
}

// lane is one direction of all connections.
type lane struct {
	mu      sync.Mutex
	fault   Fault
	changed chan struct{} // closed when the fault changes
}

func (l *lane) set(f Fault) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fault = f
	close(l.changed)
	l.changed = make(chan struct{})
}

func (l *lane) now() (Fault, chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.fault, l.changed
}

// pass writes a piece as the fault lets it, and says whether the connection is still there.
func (l *lane) pass(to net.Conn, piece []byte, done chan struct{}) bool {
	for waited := false; ; {
		f, changed := l.now()
		wait, some := time.Duration(0), len(piece)
		switch {
		case f.Hole:
			wait = time.Hour
		case f.Delay > 0 && !waited:
			wait, waited = f.Delay, true
		case f.Rate > 0 && len(piece) > 0: // drop by drop, twenty times a second
			some = min(some, max(1, f.Rate/20))
			wait = time.Duration(some) * time.Second / time.Duration(f.Rate)
			fallthrough
		default:
			if _, err := to.Write(piece[:some]); err != nil {
				return false
			}
			if piece = piece[some:]; len(piece) == 0 {
				return true
			}
		}
		select {
		case <-time.After(wait):
		case <-changed:
		case <-done:
			return false
		}
	}
}
