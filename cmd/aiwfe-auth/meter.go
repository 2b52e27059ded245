package main

import (
	"fmt"
	"io"
	"time"
)

// meter is the one line that shows on a terminal how far something is that takes
// long. Elsewhere it says nothing: whoever reads a log has no use for it.
type meter struct {
	to    io.Writer // nil where nobody looks
	began time.Time
	last  time.Time
	shown bool
}

// A line is shown once something takes longer than begunAfter, and written anew
// no more often than a reader follows.
const (
	begunAfter = time.Second
	shownAnew  = 200 * time.Millisecond
)

func newMeter(w io.Writer) *meter {
	m := &meter{began: time.Now()}
	if onTerminal(w) {
		m.to = w
	}
	return m
}

func (p *program) meter() *meter { return newMeter(p.err) }

// due says whether a new line would be shown now.
func (m *meter) due() bool {
	now := time.Now()
	return m.to != nil && now.Sub(m.began) >= begunAfter && now.Sub(m.last) >= shownAnew
}

// took is how long it goes on already.
func (m *meter) took() time.Duration { return time.Since(m.began) }

func (m *meter) show(text string) {
	m.last, m.shown = time.Now(), true
	fmt.Fprint(m.to, "\r\x1b[K"+text)
}

// rows is told after each row; of may be unknown, which is 0.
func (m *meter) rows(what, of string, done, all int64) {
	if done%256 != 0 || !m.due() {
		return
	}
	text := fmt.Sprintf("%s %s: %d rows", what, of, done)
	if all > 0 {
		text = fmt.Sprintf("%s %s: %d of %d rows, %d %%", what, of, done, all, min(100, 100*done/all))
	}
	m.show(fmt.Sprintf("%s (%.0f s)", text, m.took().Seconds()))
}

// count is told how many of something are done.
func (m *meter) count(what string, n int) {
	if m.due() {
		m.show(fmt.Sprintf("%s: %d", what, n))
	}
}

// end clears the line.
func (m *meter) end() {
	if m.shown {
		fmt.Fprint(m.to, "\r\x1b[K")
		m.shown = false
	}
}
