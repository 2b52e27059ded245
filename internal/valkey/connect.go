package valkey

import (
	"context"
	"time"
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
	if _, err := c.do(ctx, bellKey, "GET", bellKey); err != nil {
		return judged(err)
	}
	ctx, cancel = context.WithTimeout(ctx, limit)
	defer cancel()
	if _, err := c.spend(ctx, spendScript, probeKey, probePace); err != nil {
		return judged(err)
	}
	return nil
}

func (l *Link) open(ctx context.Context) (*Client, error) {
	c, deaf, err := openHearing(ctx, l.o.Target, l.hear)
	if deaf != nil && !l.deaf {
		l.deaf = true
		l.o.Log.Warn("this Valkey tells of no changed keys; revocations are heard of through the database, within a second",
			"valkey", l.o.Target.String(), "error", deaf)
	}
	return c, err
}

func (l *Link) drop() {
	if c := l.client.Swap(nil); c != nil {
		c.Close()
	}
}
