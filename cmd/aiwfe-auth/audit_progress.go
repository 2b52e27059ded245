package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"
)

// progressLine tells a person at a terminal how far something has come that
// takes long; in a log or a pipe it says nothing.
type progressLine struct {
	out   io.Writer
	what  string
	began time.Time
	told  time.Time
}

func (p *program) progress(what string) *progressLine {
	l := &progressLine{what: what, began: time.Now()}
	if file, ok := p.err.(*os.File); ok && term.IsTerminal(int(file.Fd())) { //nolint:gosec // a file descriptor is a small number
		l.out = file
	}
	return l
}

func (l *progressLine) set(done, total int64) {
	now := time.Now()
	if l.out == nil || now.Sub(l.began) < time.Second || now.Sub(l.told) < 200*time.Millisecond {
		return
	}
	l.told = now
	fmt.Fprintf(l.out, "\r%d of %d %s (%d %%)", done, total, l.what, 100*done/max(total, 1))
}

// end clears the line.
func (l *progressLine) end() {
	if l.out != nil && !l.told.IsZero() {
		fmt.Fprint(l.out, "\r\033[K")
	}
}
