package valkey

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Client is an open connection, shared by all who ask; to a cluster there is one
// to each of its servers that was needed.
type Client struct {
	t     Target
	heard func(rung bool)

	mu    sync.Mutex
	wires map[string]*wire // by address
	first string
	slots map[uint16]string
	// bell is the address whose connection hears; a new one would not.
	bell string
	// old is set for a server that does not speak RESP3, and so tells of no keys.
	old error
}

// Open logs in and chooses the database. Nothing is tried again by itself: a
// request that waits for Valkey would wait twice as long, and what asks here can
// do without an answer. The error is a *Trouble.
func Open(ctx context.Context, t Target) (*Client, error) { return open(ctx, t, func(bool) {}) }

func open(ctx context.Context, t Target, heard func(rung bool)) (*Client, error) {
	c := &Client{t: t, heard: heard, wires: map[string]*wire{}, slots: map[uint16]string{}}
	var err error
	for _, address := range t.Addresses {
		if _, err = c.wire(ctx, address); err == nil {
			c.first = address
			return c, nil
		}
	}
	return nil, judged(err)
}

// wire gives the connection to an address, which it opens where there is none.
func (c *Client) wire(ctx context.Context, address string) (*wire, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if w := c.wires[address]; w != nil && (!w.lost() || address == c.first || address == c.bell) {
		return w, nil // that of the first and of the bell is made anew with the whole client, which hears again then
	}
	w, err := connect(ctx, c.t, address, c.heard)
	if err != nil {
		return nil, err
	}
	if err := c.hello(ctx, w); err != nil {
		w.close()
		return nil, err
	}
	c.wires[address] = w
	return w, nil
}

// hello logs in, in the newer protocol where the server knows it.
func (c *Client) hello(ctx context.Context, w *wire) error {
	ctx, cancel := context.WithTimeout(ctx, answerLimit)
	defer cancel()
	user, password := c.t.User, string(c.t.Password.Reveal())
	words := []string{"HELLO", "3"}
	if password != "" || user != "" {
		if user == "" {
			user = "default"
		}
		words = append(words, "AUTH", user, password)
	}
	_, err := w.do(ctx, append(words, "SETNAME", "aiwfe-auth")...)
	if r, ok := errors.AsType[refusal](err); ok && (strings.Contains(string(r), "unknown command") || strings.HasPrefix(string(r), "NOPROTO")) {
		c.old = r
		err = c.oldHello(ctx, w)
	}
	if err == nil && c.t.DB != 0 {
		_, err = w.do(ctx, "SELECT", strconv.Itoa(c.t.DB))
	}
	return err
}

// oldHello logs in as it was done before version 6.
func (c *Client) oldHello(ctx context.Context, w *wire) error {
	words := []string{"AUTH", c.t.User, string(c.t.Password.Reveal())}
	if c.t.User == "" {
		words = slices.Delete(words, 1, 2)
	}
	if c.t.Password.Empty() {
		words = []string{"PING"}
	}
	_, err := w.do(ctx, words...)
	return err
}

// do asks about a key where it lies; "" is about none.
func (c *Client) do(ctx context.Context, key string, words ...string) (any, error) {
	address := c.first
	if key != "" {
		c.mu.Lock()
		if at, ok := c.slots[slotOf(key)]; ok {
			address = at
		}
		c.mu.Unlock()
	}
	v, err := c.ask(ctx, address, words)
	slot, at, ok := moved(err)
	if !ok {
		if _, said := errors.AsType[refusal](err); err != nil && !said && address != c.first {
			c.mu.Lock()
			delete(c.slots, slotOf(key)) // another may serve it now, and the first knows who
			c.mu.Unlock()
		}
		return v, err
	}
	c.mu.Lock()
	c.slots[slot] = at
	c.mu.Unlock()
	return c.ask(ctx, at, words)
}

func (c *Client) ask(ctx context.Context, address string, words []string) (any, error) {
	w, err := c.wire(ctx, address)
	if err != nil {
		return nil, err
	}
	return w.do(ctx, words...)
}

// text asks for a text; there is false where there is none.
func (c *Client) text(ctx context.Context, key string, words ...string) (text string, there bool, err error) {
	v, err := c.do(ctx, key, words...)
	if err != nil || v == nil {
		return "", false, err
	}
	text, ok := v.(string)
	if !ok {
		return "", false, errStrange
	}
	return text, true, nil
}

// Close ends the connections.
func (c *Client) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, w := range c.wires {
		w.close()
	}
}

// Clock asks what time it is there. The answer is set back by half of the way
// there and back, so that a slow network is no skew.
func (c *Client) Clock(ctx context.Context, now func() time.Time) (skew time.Duration, err error) {
	began := now()
	v, err := c.do(ctx, "", "TIME")
	ended := now()
	if err != nil {
		return 0, judged(err)
	}
	seconds, micros, ok := pair(v)
	if !ok {
		return 0, &Trouble{Stranger, "TIME was not answered with two numbers"}
	}
	there := time.Unix(seconds, micros*int64(time.Microsecond))
	return there.Sub(began.Add(ended.Sub(began) / 2)), nil
}

func pair(v any) (a, b int64, ok bool) {
	list, _ := v.([]any)
	if len(list) != 2 {
		return 0, 0, false
	}
	first, _ := list[0].(string)
	second, _ := list[1].(string)
	a, err1 := strconv.ParseInt(first, 10, 64)
	b, err2 := strconv.ParseInt(second, 10, 64)
	return a, b, err1 == nil && err2 == nil
}

// Info asks the server about itself.
func (c *Client) Info(ctx context.Context) (Info, error) {
	text, _, err := c.text(ctx, "", "INFO")
	if err != nil {
		return nil, judged(err)
	}
	return parseInfo(text), nil
}

// TryWrite asks whether a write would be taken, and writes nothing: the key is
// only changed where it exists, and it never does.
func (c *Client) TryWrite(ctx context.Context) error {
	if _, err := c.do(ctx, Prefix+"doctor", "SET", Prefix+"doctor", "", "XX"); err != nil {
		return judged(err)
	}
	return nil
}

// TryScript asks whether the script that counts may run, and spends what comes
// back in a moment. Only a refusal is an error: whatever else is wrong is shown by
// what is asked before.
func (c *Client) TryScript(ctx context.Context) error {
	_, err := c.spend(ctx, spendScript, probeKey, probePace)
	if t := judged(err); t != nil && t.Kind == Denied {
		return t
	}
	return nil
}
