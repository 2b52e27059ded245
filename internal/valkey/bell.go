package valkey

import (
	"context"
	"errors"
	"net"
	"time"

	driver "github.com/valkey-io/valkey-go"
)

// bellKey is written by a node after it has revoked something. Every other node
// has asked the server to be told when that key changes (CLIENT TRACKING), and
// then reads the revocations from the database. It is a bell and says nothing:
// whoever can write here can make nodes ask the database, and no more.
const bellKey = Prefix + "revoked"

// bellLimit is how long a ring is tried for. Who missed it reads the database a
// moment later anyway.
const bellLimit = time.Second

// openHearing is Open with heard called when another connection rang the bell.
// rung is false when that may have been missed: all keys were deleted, or the
// connection is lost.
// A server that tells of no changes, such as a proxy before several, still
// serves for the rest: deaf says so.
func openHearing(t Target, heard func(rung bool)) (c *Client, deaf error, err error) {
	o := t.driverOptions()
	o.DisableCache = false
	o.CacheSizeEachConn = 1 << 10 // the library wants one; nothing is put there
	o.ClientTrackingOptions = []string{"BCAST", "PREFIX", bellKey, "NOLOOP"}
	o.OnInvalidations = func(keys []driver.ValkeyMessage) { heard(keys != nil) }
	client, err := driver.NewClient(o)
	if errors.Is(err, driver.ErrNoCache) {
		deaf = err
		plain := t.driverOptions()
		plain.AlwaysPipelining = true
		client, err = driver.NewClient(plain)
	}
	if err != nil {
		return nil, nil, judged(err)
	}
	return &Client{c: client}, deaf, nil
}

func (c *Client) ring(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, bellLimit)
	defer cancel()
	return c.c.Do(ctx, c.c.B().Set().Key(bellKey).Value("").Build()).Error()
}

// Ring tells all nodes once, for a program that ends right after it. A server
// that is away is not waited for.
func Ring(ctx context.Context, t Target) error {
	o := t.driverOptions()
	o.Dialer = net.Dialer{Timeout: bellLimit / 4}
	o.ConnWriteTimeout = bellLimit / 4
	client, err := driver.NewClient(o)
	if err != nil {
		return judged(err)
	}
	defer client.Close()
	return (&Client{c: client}).ring(ctx)
}
