package gateway

import (
	"bufio"
	"net"
	"net/http"
)

// Hijack gives the connection to the two ends of a WebSocket, and keeps it to be
// closed with the session.
func (a answer) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	c, rw, err := http.NewResponseController(a.Request).Hijack()
	if err != nil {
		return nil, nil, err
	}
	a.t.mu.Lock()
	defer a.t.mu.Unlock()
	a.t.conn = c
	if a.t.ctx.Err() != nil { // cut meanwhile
		_ = c.Close()
	}
	delete(a.Header(), "Connection") // Upgrade, and nothing else
	return c, rw, nil
}
