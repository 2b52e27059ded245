package password

import (
	"slices"
	"time"
)

// waiter is a job that stands in the queue.
type waiter struct {
	job
	source string
	// turn is closed when the job may run, or was turned out for another one.
	turn   chan struct{}
	turned bool
}

// line are the jobs of one source, in order of arrival.
type line struct {
	source string
	jobs   []*waiter
	cost   time.Duration
}

// queue gives each source its turn: whoever sends a thousand guesses from one
// address waits behind them alone, and somebody who comes from another address
// is next but one.
type queue struct {
	bySource map[string]*line
	// turns are the lines that are not empty, in the order of their turns.
	turns []*line
	cost  time.Duration
	len   int
}

func newQueue() queue { return queue{bySource: map[string]*line{}} }

func (q *queue) push(w *waiter) {
	l := q.bySource[w.source]
	if l == nil {
		l = &line{source: w.source}
		q.bySource[w.source] = l
		q.turns = append(q.turns, l)
	}
	l.jobs = append(l.jobs, w)
	l.cost += w.cost
	q.cost += w.cost
	q.len++
}

// pop takes the first job of the source whose turn it is; nil when all is done.
func (q *queue) pop() *waiter {
	if q.len == 0 {
		return nil
	}
	l := q.turns[0]
	w := l.jobs[0]
	q.take(l, 0)
	if len(l.jobs) > 0 {
		q.turns = append(q.turns[1:], l)
	}
	return w
}

// remove takes a job out that waits no longer, and says whether it was there.
func (q *queue) remove(w *waiter) bool {
	l := q.bySource[w.source]
	if l == nil {
		return false
	}
	i := slices.Index(l.jobs, w)
	if i >= 0 {
		q.take(l, i)
	}
	return i >= 0
}

// greediest is the last job of the source that holds most of the queue, if that
// source would still hold more than another one with the given cost.
func (q *queue) greediest(than time.Duration) *waiter {
	var most *line
	for _, l := range q.turns {
		if most == nil || l.cost > most.cost {
			most = l
		}
	}
	if most == nil || most.cost-most.jobs[len(most.jobs)-1].cost < than {
		return nil
	}
	return most.jobs[len(most.jobs)-1]
}

// holds is what the jobs of a source that wait will cost.
func (q *queue) holds(source string) time.Duration {
	if l := q.bySource[source]; l != nil {
		return l.cost
	}
	return 0
}

func (q *queue) take(l *line, i int) {
	cost := l.jobs[i].cost
	l.jobs = slices.Delete(l.jobs, i, i+1)
	l.cost -= cost
	q.cost -= cost
	q.len--
	if len(l.jobs) == 0 {
		delete(q.bySource, l.source)
		q.turns = slices.Delete(q.turns, slices.Index(q.turns, l), slices.Index(q.turns, l)+1)
	}
}
