package app

import (
	"net"
	"sync/atomic"
	"time"
)

// A client must take a piece of an answer within stall; one that reads nothing
// is let go then, however much time the whole answer may have. The library
// knows a deadline of the whole answer only.
const (
	stall = 8 * time.Second
	// patience is the same for an answer without an end of its time, such as an
	// application's: browsers read no film faster than it is watched.
	patience = 3 * time.Minute
	piece    = 16 << 10
)

// conn lets a client go that does not read. The deadline of the library is kept
// here and not set at each request, and that of a piece is moved every few
// seconds only: both cost more than the look at the clock.
type conn struct {
	net.Conn
	leave func()
	born  time.Time
	// outer is the library's deadline and armed the one that is set, both since
	// born by the clock that nobody can set; 0 is none.
	outer, armed atomic.Int64
	// patient is set while the answer has no deadline.
	patient atomic.Bool
}

func (c *conn) Close() error {
	defer c.leave()
	return c.Conn.Close()
}

// CloseWrite lets a client read its refusal before the connection goes: the
// library asks for it where a request was not read to its end.
func (c *conn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// SetWriteDeadline is for writes to come, and at once for one under way if it
// is over already.
func (c *conn) SetWriteDeadline(t time.Time) error {
	c.patient.Store(t.IsZero())
	if t.IsZero() {
		c.outer.Store(0)
		return nil
	}
	c.outer.Store(max(1, int64(t.Sub(c.born))))
	if time.Until(t) > 0 {
		return nil
	}
	c.armed.Store(0)
	return c.Conn.SetWriteDeadline(t)
}

// SetDeadline is both.
func (c *conn) SetDeadline(t time.Time) error {
	if err := c.SetReadDeadline(t); err != nil {
		return err
	}
	return c.SetWriteDeadline(t)
}

// Write gives each piece its time.
func (c *conn) Write(b []byte) (n int, err error) {
	for {
		if err := c.arm(); err != nil {
			return n, err
		}
		m, err := c.Conn.Write(b[n:min(n+piece, len(b))])
		n += m
		if err != nil || n == len(b) {
			return n, err
		}
	}
}

func (c *conn) arm() error {
	now, stall := time.Since(c.born), time.Duration(stall)
	if c.patient.Load() {
		stall = patience
	}
	at := now + stall
	if outer := time.Duration(c.outer.Load()); outer != 0 && outer < at {
		at = outer
	} else if armed := time.Duration(c.armed.Load()); armed > now+stall/2 && armed <= now+stall {
		return nil
	}
	c.armed.Store(int64(at))
	return c.Conn.SetWriteDeadline(c.born.Add(at))
}
