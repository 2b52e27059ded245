package figures

import (
	"sync"
	"sync/atomic"
	"time"
)

// Steps are the widths of the spans that are kept, the finest first.
var Steps = [...]time.Duration{time.Minute, 15 * time.Minute, time.Hour}

// kept is how many spans of each width a book remembers: what a window needs
// when the database cannot be asked.
var kept = [...]int{61, 97, 2}

// Book puts what a board counts into spans of time. Recording costs one look at
// a number; the rest happens when a minute ends, or when somebody reads.
type Book struct {
	*Board
	minute atomic.Int64 // that is counted now, since 1970

	mu    sync.Mutex
	rings [len(Steps)]ring
}

// NewBook begins in the minute of now.
func NewBook(now time.Time) *Book {
	b := &Book{Board: NewBoard()}
	for i := range b.rings {
		b.rings[i] = ring{step: Steps[i], slots: make([]slot, kept[i])}
	}
	b.minute.Store(span(now, time.Minute))
	return b
}

// span says which one of that width since 1970 a moment is in.
func span(at time.Time, step time.Duration) int64 { return at.UnixNano() / int64(step) }

// At is called before something is counted that happened then: what was counted
// so far belongs to the minute before.
func (b *Book) At(now time.Time) {
	// Requests end a little out of order. A clock that was put back is another thing.
	if m, is := b.minute.Load(), span(now, time.Minute); is > m || is < m-1 {
		b.turn(now)
	}
}

func (b *Book) turn(now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.absorb()
	b.minute.Store(span(now, time.Minute))
}

// absorb puts what the board counted into the spans of the present minute.
func (b *Book) absorb() {
	s := b.cut()
	if !s.Empty() {
		b.put(&s)
	}
}

func (b *Book) put(s *Sheet) {
	at := time.Unix(0, b.minute.Load()*int64(time.Minute))
	for i := range b.rings {
		one := s
		if Steps[i] == time.Hour {
			one = s.coarse()
		}
		b.rings[i].at(at).add(one)
	}
}

// Look notes the heights of levels at this moment.
func (b *Book) Look(now time.Time, heights map[string]float64) {
	b.At(now)
	s := Sheet{Levels: make(map[string]Level, len(heights))}
	for name, v := range heights {
		s.Levels[name] = Level{1, v, v}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.put(&s)
}

// Rows gives what this book remembers of spans of one width that began at since
// or later.
func (b *Book) Rows(now time.Time, step time.Duration, since time.Time) []Row {
	b.At(now)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.absorb()
	var list []Row
	for i := range b.rings {
		if Steps[i] == step {
			list = b.rings[i].rows(func(s *slot) bool { return s.span >= span(since, step) && s.span <= span(now, step) })
		}
	}
	return list
}

// Unsaved gives the spans in which something came that is in no row yet, and
// what to call when it is.
func (b *Book) Unsaved(now time.Time) (list []Row, saved func()) {
	b.At(now)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.absorb()
	type version struct {
		s       *slot
		span, v int64
	}
	var versions []version
	for i := range b.rings {
		list = append(list, b.rings[i].rows(func(s *slot) bool {
			if s.version == s.saved {
				return false
			}
			versions = append(versions, version{s, s.span, s.version})
			return true
		})...)
	}
	return list, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, v := range versions {
			if v.s.span == v.span {
				v.s.saved = v.v
			}
		}
	}
}
