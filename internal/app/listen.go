package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// open listens where the configuration says, or takes the socket that systemd opened there.
func (s *Server) open(ctx context.Context) (net.Listener, error) {
	l, err := inherited(os.Getenv, os.Getpid(), s.Config.ListenAddr)
	if err != nil {
		return nil, err
	}
	if l == nil {
		l, err = (&net.ListenConfig{Control: socket}).Listen(ctx, "tcp", s.Config.ListenAddr)
	}
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("another program listens on %s already; stop it, or choose another LISTEN_ADDR or PORT", s.Config.ListenAddr)
	}
	if err != nil {
		return nil, fmt.Errorf("LISTEN_ADDR %s cannot be listened on: %w", s.Config.ListenAddr, err)
	}
	clients := room(descriptors())
	if len(s.Config.AllUpstreams()) > 0 {
		clients -= trips(clients)
	}
	return newListener(l, clients, func() {
		// The library closes idle connections when it is told to keep none.
		s.http.SetKeepAlivesEnabled(false)
		s.http.SetKeepAlivesEnabled(true)
	}), nil
}

// room is how many connections there may be: what the program itself opens
// (the database, its log, mail) must find a descriptor as well.
func room(descriptors int) int { return max(descriptors-max(64, descriptors/16), descriptors/2) }

// trips is how much of the room is for connections to applications, each beside
// one of a client, of which as many are left for everything else.
func trips(room int) int { return room / 3 }

// listener hands out no more connections than there is room for, and closes
// idle ones when there is none: a stranger who opens thousands and says nothing
// would else take every file descriptor, those of the database included.
type listener struct {
	net.Listener
	room  chan struct{}
	done  chan struct{}
	close func() error
	// shed closes connections on which nobody asks anything.
	shed func()
}

// shedEvery is how often idle connections are closed while there is no room.
const shedEvery = 250 * time.Millisecond

func newListener(l net.Listener, room int, shed func()) *listener {
	g := &listener{Listener: l, room: make(chan struct{}, room), done: make(chan struct{}), shed: shed}
	g.close = sync.OnceValue(func() error {
		close(g.done)
		return l.Close()
	})
	return g
}

// Close ends Accept, also one that waits for room.
func (l *listener) Close() error { return l.close() }

// Accept waits for room first: who must wait stands in the queue of the system.
func (l *listener) Accept() (net.Conn, error) {
	for took := false; !took; {
		select {
		case l.room <- struct{}{}:
			took = true
		case <-l.done:
			return nil, net.ErrClosed
		default:
			l.shed()
			took = l.wait()
		}
	}
	c, err := l.Listener.Accept()
	if err != nil {
		<-l.room
		return nil, err
	}
	return &conn{Conn: c, born: time.Now(), leave: sync.OnceFunc(func() { <-l.room })}, nil
}

func (l *listener) wait() (took bool) {
	pause := time.NewTimer(shedEvery)
	defer pause.Stop()
	select {
	case l.room <- struct{}{}:
		return true
	case <-l.done:
	case <-pause.C:
	}
	return false
}
