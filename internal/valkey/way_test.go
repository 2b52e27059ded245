package valkey

import (
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// way is a network between a node and Redis, which the test makes slow, or lets
// swallow everything without a word.
type way struct {
	delay atomic.Int64
	hole  atomic.Bool
	url   string
}

func pave(t *testing.T, r *ground.RedisServer) *way {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	w := &way{url: strings.Replace(r.URL, r.Addr(), l.Addr().String(), 1)}
	go func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", r.Addr())
			if err != nil {
				_ = near.Close()
				continue
			}
			t.Cleanup(func() { _, _ = near.Close(), far.Close() })
			go w.carry(far, near)
			go w.carry(near, far)
		}
	}()
	return w
}

func (w *way) carry(to, from net.Conn) {
	defer func() { _, _ = to.Close(), from.Close() }()
	for block := make([]byte, 4096); ; {
		n, err := from.Read(block)
		time.Sleep(time.Duration(w.delay.Load()))
		if w.hole.Load() {
			_, _ = io.Copy(io.Discard, from) // what comes later is lost as well: TCP would not send it again to us
			return
		}
		if _, failed := to.Write(block[:n]); err != nil || failed != nil {
			return
		}
	}
}

func TestSlowAndSwallowingNetworks(t *testing.T) {
	t.Parallel()
	for name, turn := range map[string]func(w *way, bad bool){
		"slow": func(w *way, bad bool) {
			w.delay.Store(0)
			if bad {
				w.delay.Store(int64(4 * countLimit))
			}
		},
		"a black hole": func(w *way, bad bool) { w.hole.Store(bad) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := pave(t, ground.Redis(t))
			l := join(t, w.url)
			l.wait(t, StateServes)
			turn(w, true)
			waitFor(t, "requests give it up", func() bool {
				_, _, _ = l.Count("192.0.2.1", 1000, time.Hour)
				return l.Stats().State == StateAway
			})
			// It answers, and too late for a request: that is not good enough to come back.
			looks := time.Now().Add(3 * firstLook)
			for time.Now().Before(looks) {
				if _, _, err := l.Count("192.0.2.1", 1000, time.Hour); err == nil {
					t.Fatal("a request is counted by a Valkey that is away")
				}
				time.Sleep(10 * time.Millisecond)
			}
			turn(w, false)
			l.wait(t, StateServes)
		})
	}
}

// Without any request the link finds out by itself.
func TestIdleLinkNoticesABlackHole(t *testing.T) {
	t.Parallel()
	w := pave(t, ground.Redis(t))
	l := join(t, w.url)
	l.wait(t, StateServes)
	w.hole.Store(true)
	l.wait(t, StateAway)
	w.hole.Store(false)
	l.wait(t, StateServes)
}
