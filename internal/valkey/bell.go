package valkey

import (
	"context"
	"errors"
	"strings"
	"time"
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
func openHearing(ctx context.Context, t Target, heard func(rung bool)) (c *Client, deaf error, err error) {
	if c, err = open(ctx, t, heard); err != nil {
		return nil, nil, err
	}
	if c.old != nil {
		return c, c.old, nil
	}
	ctx, cancel := context.WithTimeout(ctx, answerLimit)
	defer cancel()
	// In a cluster one server has the bell: to ask for it finds out which.
	if _, err = c.do(ctx, bellKey, "GET", bellKey); err == nil {
		c.mu.Lock()
		c.bell = c.slots[slotOf(bellKey)] // "" where the first has it
		c.mu.Unlock()
		_, err = c.do(ctx, bellKey, "CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", bellKey, "NOLOOP")
		if r, ok := errors.AsType[refusal](err); ok && unknown(r) {
			return c, r, nil
		}
	}
	if err != nil {
		c.Close()
		return nil, nil, judged(err)
	}
	return c, nil, nil
}

// unknown says whether the server does not know what it was asked.
func unknown(r refusal) bool {
	text := strings.ToLower(string(r))
	return strings.Contains(text, "unknown") || strings.Contains(text, "unsupported") || strings.Contains(text, "not supported") ||
		strings.Contains(text, "syntax error")
}

func (c *Client) ring(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, bellLimit)
	defer cancel()
	_, err := c.do(ctx, bellKey, "SET", bellKey, "")
	return err
}

// Ring tells all nodes once, for a program that ends right after it. A server
// that is away is not waited for.
func Ring(ctx context.Context, t Target) error {
	ctx, cancel := context.WithTimeout(ctx, bellLimit/2)
	defer cancel()
	c, err := Open(ctx, t)
	if err != nil {
		return err
	}
	defer c.Close()
	return c.ring(ctx)
}
