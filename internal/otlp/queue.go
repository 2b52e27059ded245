package otlp

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// How items are gathered: a batch is sent when so many wait, or when the oldest
// waited so long. Beyond the bounds items are dropped.
const (
	batchItems = 512
	batchPause = time.Second
	queueItems = 4096
	queueBytes = 4 << 20
)

// queue gathers the items of one signal.
type queue struct {
	head, tail []byte
	sent, lost atomic.Int64
	// wake is sent with the first item, hurry when there are enough for a batch.
	wake, hurry chan struct{}

	mu      sync.Mutex
	waiting [][]byte
	bytes   int
}

func newQueue(head, tail []byte) *queue {
	return &queue{head: head, tail: tail, wake: make(chan struct{}, 1), hurry: make(chan struct{}, 1)}
}

// put takes an item and waits for nobody.
func (q *queue) put(item []byte) {
	q.mu.Lock()
	if len(q.waiting) >= queueItems || q.bytes+len(item) > queueBytes {
		q.mu.Unlock()
		q.lost.Add(1)
		return
	}
	q.waiting = append(q.waiting, item)
	q.bytes += len(item)
	n := len(q.waiting)
	q.mu.Unlock()
	switch n {
	case 1:
		poke(q.wake)
	case batchItems:
		poke(q.hurry)
	}
}

func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// take gives the next batch as it is sent, and how many items it has.
func (q *queue) take() (body []byte, n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	n = min(batchItems, len(q.waiting))
	if n == 0 {
		return nil, 0
	}
	body = append(body, q.head...)
	for i, item := range q.waiting[:n] {
		if i > 0 {
			body = append(body, ',')
		}
		body = append(body, item...)
		q.bytes -= len(item)
	}
	q.waiting = append([][]byte(nil), q.waiting[n:]...)
	return append(body, q.tail...), n
}

// run sends what comes until ctx ends.
func (q *queue) run(ctx context.Context, send func(context.Context, []byte) error) {
	for {
		select {
		case <-q.wake:
		case <-ctx.Done():
			return
		}
		select {
		case <-time.After(batchPause):
		case <-q.hurry:
		case <-ctx.Done():
			return
		}
		q.drain(ctx, send)
	}
}

// drain sends all that waits. What is left when ctx ends waits for the last try.
func (q *queue) drain(ctx context.Context, send func(context.Context, []byte) error) {
	for ctx.Err() == nil {
		body, n := q.take()
		if n == 0 {
			return
		}
		if err := send(ctx, body); err != nil {
			q.lost.Add(int64(n))
			continue
		}
		q.sent.Add(int64(n))
	}
}
