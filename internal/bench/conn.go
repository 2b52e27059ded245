package bench

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"time"
)

// conn is one kept connection. It reads no more of an answer than its end needs: a client of net/http costs the machine
// more than the handlers that are measured.
type conn struct {
	net  net.Conn
	buf  []byte
	have int // how much of buf holds bytes that were not looked at
}

const patience = 30 * time.Second

func dial(ctx context.Context, w Wire) (*conn, error) {
	d := net.Dialer{Timeout: 5 * time.Second}
	c, err := d.DialContext(ctx, "tcp", w.addr)
	if err != nil {
		return nil, err
	}
	if w.secure != nil {
		c = tls.Client(c, w.secure)
	}
	return &conn{net: c, buf: make([]byte, 16<<10)}, nil
}

// do sends one request and gives the status of its answer. An error leaves the connection useless.
func (c *conn) do(w Wire) (int, error) {
	if _, err := c.net.Write(w.bytes); err != nil {
		return 0, err
	}
	head, err := c.head()
	if err != nil {
		return 0, err
	}
	a, err := parse(c.buf[:head])
	if err != nil {
		return 0, err
	}
	c.drop(head)
	if a.chunked {
		err = c.skipChunks()
	} else {
		err = c.skip(a.length)
	}
	if err == nil && a.closes {
		err = errClosed
	}
	return a.status, err
}

// errClosed comes with a whole answer: the server said that it closes the connection.
var errClosed = errors.New("the server closes the connection after its answer")

// head reads to the empty line and gives its end.
func (c *conn) head() (int, error) {
	for {
		if at := bytes.Index(c.buf[:c.have], []byte("\r\n\r\n")); at >= 0 {
			return at + 4, nil
		}
		if c.have == len(c.buf) {
			return 0, fmt.Errorf("the header of an answer is longer than %d bytes", len(c.buf))
		}
		if err := c.more(); err != nil {
			return 0, err
		}
	}
}

func (c *conn) more() error {
	n, err := c.net.Read(c.buf[c.have:])
	c.have += n
	if n > 0 {
		return nil
	}
	if err == nil {
		err = io.ErrNoProgress
	}
	return err
}

// drop forgets the first n bytes.
func (c *conn) drop(n int) {
	c.have = copy(c.buf, c.buf[n:c.have])
}

// skip passes over n bytes of a body.
func (c *conn) skip(n int) error {
	for n > c.have {
		n -= c.have
		c.have = 0
		if err := c.more(); err != nil {
			return err
		}
	}
	c.drop(n)
	return nil
}

func (c *conn) close() { _ = c.net.Close() }

// patient bounds how long a connection waits for anything from now on.
func (c *conn) patient(until time.Time) { _ = c.net.SetDeadline(until.Add(patience)) }
