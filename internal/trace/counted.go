package trace

import (
	"hash/maphash"
	"sync/atomic"
	"time"
)

// good is when a browser's session last counted. Two browsers may share a
// place: the later one stays, and nothing wrong is said of the other.
type good struct{ name, at atomic.Uint64 }

// Counted notes that the session of this browser counted just now. It is
// called at every check of a session, so it allocates nothing and waits for
// nobody.
func (r *Recorder) Counted(browser string, at time.Time) {
	if browser == "" {
		return
	}
	name := maphash.String(r.seed, browser)
	g := &r.good[name%uint64(len(r.good))]
	g.name.Store(name)
	g.at.Store(uint64(at.UnixMicro()))
}

// LastCounted is when it did, in Unix microseconds; 0 where that is not known.
func (r *Recorder) LastCounted(browser string) int64 {
	if browser == "" {
		return 0
	}
	name := maphash.String(r.seed, browser)
	g := &r.good[name%uint64(len(r.good))]
	if g.name.Load() != name {
		return 0
	}
	return int64(g.at.Load())
}
