package valkey

import (
	"context"
	"crypto/tls"
	"net"
	"time"

	driver "github.com/valkey-io/valkey-go"
)

// Client is an open connection, shared by all who ask.
type Client struct{ c driver.Client }

// Open logs in and chooses the database. A cluster is recognized by itself.
// The error is a *Trouble.
func Open(_ context.Context, t Target) (*Client, error) {
	c, err := driver.NewClient(t.driverOptions())
	if err != nil {
		return nil, judged(err)
	}
	return &Client{c: c}, nil
}

// driverOptions are the library's. Nothing is tried again by the library itself: a
// request that waits for Valkey would wait twice as long, and what asks here
// can do without an answer.
func (t Target) driverOptions() driver.ClientOption {
	o := driver.ClientOption{
		InitAddress: t.Addresses, Username: t.User, Password: string(t.Password.Reveal()), SelectDB: t.DB,
		ClientName: "aiwfe-auth", Dialer: net.Dialer{Timeout: dialLimit}, ConnWriteTimeout: answerLimit,
		DisableRetry: true, DisableCache: true, PipelineMultiplex: -1,
		ReadBufferEachConn: 16 << 10, WriteBufferEachConn: 16 << 10, RingScaleEachConn: 8,
	}
	if t.TLS {
		o.TLSConfig = t.tls()
	}
	if t.Network == "unix" {
		o.DialCtxFn = func(ctx context.Context, path string, d *net.Dialer, _ *tls.Config) (net.Conn, error) {
			return d.DialContext(ctx, "unix", path)
		}
	}
	return o
}

// Close ends the connection.
func (c *Client) Close() { c.c.Close() }

// Clock asks what time it is there. The answer is set back by half of the way
// there and back, so that a slow network is no skew.
func (c *Client) Clock(ctx context.Context, now func() time.Time) (skew time.Duration, err error) {
	began := now()
	pair, err := c.c.Do(ctx, c.c.B().Time().Build()).AsIntSlice()
	ended := now()
	if err != nil {
		return 0, judged(err)
	}
	if len(pair) != 2 {
		return 0, &Trouble{Stranger, "TIME was not answered with two numbers"}
	}
	there := time.Unix(pair[0], pair[1]*int64(time.Microsecond))
	return there.Sub(began.Add(ended.Sub(began) / 2)), nil
}

// Info asks the server about itself.
func (c *Client) Info(ctx context.Context) (Info, error) {
	text, err := c.c.Do(ctx, c.c.B().Info().Build()).ToString()
	if err != nil {
		return nil, judged(err)
	}
	return parseInfo(text), nil
}

// TryWrite asks whether a write would be taken, and writes nothing: the key is
// only changed where it exists, and it never does.
func (c *Client) TryWrite(ctx context.Context) error {
	err := c.c.Do(ctx, c.c.B().Set().Key(Prefix+"doctor").Value("").Xx().Build()).Error()
	if err == nil || driver.IsValkeyNil(err) {
		return nil
	}
	return judged(err)
}

// TryScript asks whether the script that counts may run, and spends what comes
// back in a moment. Only a refusal is an error: whatever else is wrong is shown by
// what is asked before.
func (c *Client) TryScript(ctx context.Context) error {
	_, err := c.spend(ctx, driver.NewLuaScript(spendScript), probeKey, probePace)
	if t := judged(err); t != nil && t.Kind == Denied {
		return t
	}
	return nil
}
