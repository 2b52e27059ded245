package app

import (
	"bytes"
	"encoding/json"
	"io"
	"sync"
	"sync/atomic"
	"time"
)

// How lines are gathered: a lone one is written at once, and under load one
// write carries what came within linesPause, or within linesEnough bytes.
const (
	linesPause  = 50 * time.Millisecond
	linesEnough = 64 << 10
	linesMost   = 1 << 20
	linesSpare  = 4 * linesEnough
	linesLast   = 2 * time.Second
)

// lines writes the log beside the requests that it tells of: a write for each
// would be a tenth of a session check, and a reader of the log that stands still
// would hold every request. What finds no room is dropped and counted. What must
// not be lost is no log line: it stands in the audit, in the database.
type lines struct {
	to io.Writer
	// wake is sent when there is something to write, hurry to end a pause.
	wake, hurry chan struct{}
	done        chan struct{}
	lost        atomic.Int64

	mu      sync.Mutex
	waiting []byte
	spare   []byte
	// untold is how many lines were dropped since that was last written.
	untold int
	state  int
}

const (
	linesOpen   = iota
	linesClosed // whoever still writes, writes by itself
	linesDead   // nobody reads: what comes is dropped
)

func newLines(to io.Writer) *lines {
	l := &lines{to: to, wake: make(chan struct{}, 1), hurry: make(chan struct{}, 1), done: make(chan struct{})}
	go l.run()
	return l
}

// Write takes one line, and waits for nobody.
func (l *lines) Write(line []byte) (int, error) {
	l.mu.Lock()
	if l.state == linesClosed {
		l.mu.Unlock()
		return l.to.Write(line)
	}
	if l.state == linesDead || len(l.waiting)+len(line) > linesMost {
		l.untold++
		l.mu.Unlock()
		l.lost.Add(1)
		return len(line), nil
	}
	first := len(l.waiting) == 0
	l.waiting = append(l.waiting, line...)
	enough := len(l.waiting) >= linesEnough
	l.mu.Unlock()
	if first {
		poke(l.wake)
	}
	if enough {
		poke(l.hurry)
	}
	return len(line), nil
}

// Hurry has what waits written now: an error is to be seen, whatever follows.
func (l *lines) Hurry() { poke(l.hurry) }

// Lost is how many lines were dropped; none where they are not gathered.
func (l *lines) Lost() int64 {
	if l == nil {
		return 0
	}
	return l.lost.Load()
}

// Close writes what waits. A reader that does not read is not waited for long.
func (l *lines) Close() {
	l.mu.Lock()
	l.state = linesClosed
	l.mu.Unlock()
	poke(l.wake)
	poke(l.hurry)
	select {
	case <-l.done:
	case <-time.After(linesLast):
		l.mu.Lock()
		l.state = linesDead
		l.mu.Unlock()
	}
}

func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

func (l *lines) run() {
	defer close(l.done)
	pause := time.NewTimer(linesPause)
	defer pause.Stop()
	for {
		<-l.wake
		if closed := l.flush(); closed {
			return
		}
		pause.Reset(linesPause)
		select {
		case <-pause.C:
		case <-l.hurry:
		}
	}
}

// flush writes what waits, and says whether that was the last of it.
func (l *lines) flush() (closed bool) {
	l.mu.Lock()
	out, untold := l.waiting, l.untold
	l.waiting, l.spare, l.untold = l.spare[:0], nil, 0
	closed = l.state != linesOpen
	l.mu.Unlock()
	if untold > 0 {
		out = append(out, dropped(untold)...)
	}
	if n, err := l.to.Write(out); err != nil {
		l.failed(bytes.Count(out[min(n, len(out)):], []byte{'\n'}), untold)
	}
	if cap(out) <= linesSpare {
		l.mu.Lock()
		l.spare = out[:0]
		l.mu.Unlock()
	}
	return closed
}

// failed counts lines that could not be written; one of them may be the line
// that tells of others.
func (l *lines) failed(count, untold int) {
	if untold > 0 {
		count--
	}
	l.lost.Add(int64(count))
	l.mu.Lock()
	l.untold += count + untold
	l.mu.Unlock()
}

// dropped is the line that tells how many are missing.
func dropped(count int) []byte {
	line, _ := json.Marshal(struct {
		Time  time.Time `json:"time"`
		Level string    `json:"level"`
		Msg   string    `json:"msg"`
		Count int       `json:"lines"`
	}{time.Now(), "WARN", "lines of this log were dropped, for whoever reads it was too slow or away", count})
	return append(line, '\n')
}
