package main

import (
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/moving"
)

// bar shows on a terminal how far an import is, how fast it goes and how long it
// will take.
type bar struct {
	*meter
	done  *atomic.Int64
	total int64
}

// newBar is silent where nobody looks.
func newBar(w io.Writer, done *atomic.Int64, total int64) *bar {
	return &bar{newMeter(w), done, total}
}

func (b *bar) step(s *moving.Summary) {
	if b.due() {
		b.show(b.line(s.Read, s.Refused, b.took()))
	}
}

// line is what is shown after so much time.
func (b *bar) line(read, refused int64, took time.Duration) string {
	rate := float64(read) / max(took.Seconds(), 0.001)
	text := fmt.Sprintf("%d rows, %d refused, %.0f a second", read, refused, rate)
	if b.total <= 0 {
		return text
	}
	part := min(1, float64(b.done.Load())/float64(b.total))
	if part > 0 {
		left := time.Duration(float64(took) * (1 - part) / part)
		text += ", " + left.Round(time.Second).String() + " left"
	}
	const width = 24
	full := int(part * width)
	return fmt.Sprintf("[%s%s] %3.0f %% %s", strings.Repeat("#", full), strings.Repeat(".", width-full), 100*part, text)
}
