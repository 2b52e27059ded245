package app

import (
	"net"
	"testing"
	"time"
)

// deadlines notes what is set on a connection.
type deadlines struct {
	net.Conn
	set time.Time
}

func (d *deadlines) SetWriteDeadline(t time.Time) error { d.set = t; return nil }
func (d *deadlines) Write(b []byte) (int, error)        { return len(b), nil }

// An answer without an end may wait for its reader, and the next one on the same connection may not.
func TestPatienceIsForAnswersWithoutADeadline(t *testing.T) {
	d := &deadlines{}
	c := &conn{Conn: d, born: time.Now()}
	left := func() time.Duration {
		t.Helper()
		if _, err := c.Write([]byte("x")); err != nil {
			t.Fatal(err)
		}
		return time.Until(d.set)
	}
	for _, step := range []struct {
		name    string
		limit   time.Time
		atLeast time.Duration
		atMost  time.Duration
	}{
		{"an answer of ours", time.Now().Add(writeTimeout), 0, stall},
		{"one without an end", time.Time{}, patience / 2, patience},
		{"the next one", time.Now().Add(writeTimeout), 0, stall},
	} {
		if err := c.SetWriteDeadline(step.limit); err != nil {
			t.Fatal(err)
		}
		if got := left(); got <= step.atLeast || got > step.atMost {
			t.Errorf("%s may wait for %s", step.name, got)
		}
	}
	past := time.Unix(1, 0)
	if err := c.SetWriteDeadline(past); err != nil || !d.set.Equal(past) {
		t.Errorf("one that is cut waits until %s, %v", d.set, err)
	}
}
