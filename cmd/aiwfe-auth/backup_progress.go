package main

import (
	"fmt"
	"io"
	"time"
)

// progress shows on a terminal how far something is that takes long. Elsewhere
// it says nothing: whoever reads a log has no use for it.
type progress struct {
	to    io.Writer
	began time.Time
	last  time.Time
	shown bool
}

// begunAfter is how long something may take before anything is shown.
const begunAfter = time.Second

func (p *program) progress() *progress {
	if !onTerminal(p.err) {
		return &progress{}
	}
	return &progress{to: p.err, began: time.Now()}
}

// step is told after each row; of may be unknown, which is 0.
func (s *progress) step(what, of string, done, all int64) {
	if s.to == nil || done%256 != 0 {
		return
	}
	now := time.Now()
	if now.Sub(s.began) < begunAfter || now.Sub(s.last) < 200*time.Millisecond {
		return
	}
	s.last, s.shown = now, true
	text := fmt.Sprintf("%s %s: %d rows", what, of, done)
	if all > 0 {
		text = fmt.Sprintf("%s %s: %d of %d rows, %d %%", what, of, done, all, min(100, 100*done/all))
	}
	fmt.Fprintf(s.to, "\r\x1b[K%s (%.0f s)", text, now.Sub(s.began).Seconds())
}

// end clears the line.
func (s *progress) end() {
	if s.shown {
		fmt.Fprint(s.to, "\r\x1b[K")
	}
}
