package valkey

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"os"
	"sync"
	"time"
)

// mostUnderWay bounds the questions on one connection that were not answered yet.
const mostUnderWay = 4 * mostAsking

var errCrowded = errors.New("too many questions to the Valkey server are not answered yet")

// wire is one connection, on which many ask at once: questions go out in one
// order, and the answers come back in the same.
type wire struct {
	conn net.Conn
	r    *bufio.Reader
	// heard is told what the server pushes; true for a key that rang, false for
	// what may have been missed. It is told false once when the connection is lost.
	heard func(rung bool)

	mu   sync.Mutex
	buf  []byte
	due  []*question
	err  error // why it is over
	mine bool  // closed by ourselves
}

type question struct {
	answer any
	err    error
	done   chan struct{}
}

// connect opens a connection and nothing more; hello is its first question.
func connect(ctx context.Context, t Target, address string, heard func(rung bool)) (*wire, error) {
	conn, err := (&net.Dialer{Timeout: dialLimit}).DialContext(ctx, t.Network, address)
	if err != nil {
		return nil, err
	}
	if t.TLS {
		c := tls.Client(conn, t.tls())
		ctx, cancel := context.WithTimeout(ctx, answerLimit)
		defer cancel()
		if err := c.HandshakeContext(ctx); err != nil {
			_ = conn.Close()
			return nil, handshake(err)
		}
		conn = c
	}
	w := &wire{conn: conn, r: bufio.NewReaderSize(conn, 16<<10), heard: heard}
	go w.read()
	return w, nil
}

// do asks one question and waits for its answer, for as long as ctx lets it and
// answerLimit at most. An error of the server is a refusal; any other ends the
// connection, or is that of ctx.
func (w *wire) do(ctx context.Context, words ...string) (any, error) {
	q := &question{done: make(chan struct{})}
	if err := w.send(q, words); err != nil {
		return nil, err
	}
	select {
	case <-q.done:
		return q.answer, q.err
	case <-ctx.Done():
		return nil, ctx.Err() // its answer is thrown away when it comes
	}
}

func (w *wire) send(q *question, words []string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err != nil {
		return w.err
	}
	if len(w.due) >= mostUnderWay {
		return errCrowded
	}
	now := time.Now()
	if len(w.due) == 0 {
		_ = w.conn.SetReadDeadline(now.Add(answerLimit))
	}
	_ = w.conn.SetWriteDeadline(now.Add(answerLimit))
	w.buf = appendCommand(w.buf[:0], words)
	w.due = append(w.due, q)
	if _, err := w.conn.Write(w.buf); err != nil {
		w.over(err)
		return w.err
	}
	return nil
}

// read hands answers to those who wait for them, until the connection ends.
func (w *wire) read() {
	for {
		v, err := readAnswer(w.r)
		if err == nil {
			if p, ok := v.(pushed); ok {
				w.push(p)
				continue
			}
			err = w.answer(v)
		}
		if err != nil {
			w.mu.Lock()
			w.over(err)
			lost := !w.mine
			w.mu.Unlock()
			if lost {
				w.heard(false)
			}
			return
		}
	}
}

func (w *wire) answer(v any) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.due) == 0 {
		if r, ok := v.(refusal); ok { // said on its way out, such as that there are too many clients
			return r
		}
		return errStrange
	}
	q := w.due[0]
	w.due[0] = nil
	w.due = w.due[1:]
	next := time.Time{}
	if len(w.due) > 0 {
		next = time.Now().Add(answerLimit)
	}
	_ = w.conn.SetReadDeadline(next)
	if r, ok := v.(refusal); ok {
		q.err = r
	} else {
		q.answer = v
	}
	close(q.done)
	return nil
}

// push takes what the server tells of keys (CLIENT TRACKING): nil instead of
// their names when all are gone.
func (w *wire) push(p pushed) {
	if len(p) == 2 && p[0] == "invalidate" {
		w.heard(p[1] != nil)
	}
}

// over ends it for all who wait. The lock is held.
func (w *wire) over(err error) {
	if w.err != nil {
		return
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		err = errors.Join(os.ErrDeadlineExceeded, errors.New("no answer within "+answerLimit.String()))
	}
	w.err = err
	for _, q := range w.due {
		q.err = err
		close(q.done)
	}
	w.due = nil
	_ = w.conn.Close()
}

func (w *wire) lost() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err != nil
}

func (w *wire) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.mine = true
	w.over(net.ErrClosed)
}
