package valkey

import (
	"context"
	"time"

	driver "github.com/valkey-io/valkey-go"
)

// beatLimit is how long an answer may take to a link that serves and is asked
// by nobody.
const beatLimit = time.Second

// What a look spends: enough comes back between two of them.
const probeKey = Prefix + "probe"

var probePace = newPace(1_000_000, time.Second)

// probe does what requests do, on a key of its own. A server that was away has
// to answer as fast as a request needs it to.
func (l *Link) probe(ctx context.Context) error {
	limit := countLimit
	if l.state.Load() == stateUp {
		limit = beatLimit
	}
	c := l.client.Load()
	if c == nil {
		var err error
		if c, err = l.open(ctx); err != nil {
			return err
		}
		l.client.Store(c)
	}
	ctx, cancel := context.WithTimeout(ctx, beatLimit)
	defer cancel()
	// In a cluster the bell hangs on one server alone: to ask for it keeps the
	// connection to that one.
	if err := c.c.Do(ctx, c.c.B().Get().Key(bellKey).Build()).Error(); err != nil && !driver.IsValkeyNil(err) {
		return judged(err)
	}
	ctx, cancel = context.WithTimeout(ctx, limit)
	defer cancel()
	if _, err := c.spend(ctx, l.script, probeKey, probePace); err != nil {
		return judged(err)
	}
	return nil
}

// open does not wait for the library when the program ends.
func (l *Link) open(ctx context.Context) (*Client, error) {
	type opened struct {
		c         *Client
		deaf, err error
	}
	done := make(chan opened, 1)
	go func() {
		c, deaf, err := openHearing(l.o.Target, l.hear)
		done <- opened{c, deaf, err}
	}()
	select {
	case o := <-done:
		if o.deaf != nil && !l.deaf {
			l.deaf = true
			l.o.Log.Warn("this Valkey tells of no changed keys; revocations are heard of through the database, within a second",
				"valkey", l.o.Target.String(), "error", o.deaf)
		}
		return o.c, o.err
	case <-ctx.Done():
		go func() {
			if o := <-done; o.c != nil {
				o.c.Close()
			}
		}()
		return nil, ctx.Err()
	}
}

func (l *Link) drop() {
	if c := l.client.Swap(nil); c != nil {
		c.Close()
	}
}
