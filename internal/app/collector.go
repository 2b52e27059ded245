package app

import (
	"context"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// The garbage collector begins when the heap has doubled. Ours is of a few
// megabytes: under load that would be tens of times a second, for a tenth of the
// processor. So it gets more room while it is busy, of a fixed size at most, and
// gives it back when it is not.
const (
	gcUsual = 100
	gcMost  = 400
	gcRoom  = 64 << 20
	// gcBusy is so many collections within one gcLook.
	gcBusy = 4
	gcLook = time.Second
	// gcCalm is how many looks without a collection are calm.
	gcCalm = 5
)

// collector is what it was told last, and what was seen of it.
type collector struct {
	percent int
	cycles  uint64
	calm    int
}

// tendCollector looks until ctx ends. Whoever set GOGC has decided.
func tendCollector(ctx context.Context) {
	if os.Getenv("GOGC") != "" {
		return
	}
	seen := []metrics.Sample{{Name: "/gc/cycles/total:gc-cycles"}, {Name: "/gc/heap/live:bytes"}}
	metrics.Read(seen)
	c := &collector{percent: gcUsual, cycles: seen[0].Value.Uint64()}
	defer debug.SetGCPercent(gcUsual)
	look := time.NewTicker(gcLook)
	defer look.Stop()
	for {
		select {
		case <-look.C:
		case <-ctx.Done():
			return
		}
		metrics.Read(seen)
		if next := c.next(seen[0].Value.Uint64(), seen[1].Value.Uint64()); next != c.percent {
			calm := next < c.percent
			c.percent = next
			debug.SetGCPercent(next)
			if calm {
				debug.FreeOSMemory()
			}
		}
	}
}

// next is the percent that fits: the room is that much of what is alive.
func (c *collector) next(cycles, alive uint64) int {
	fresh := cycles - c.cycles
	c.cycles = cycles
	c.calm++
	if fresh > 0 {
		c.calm = 0
	}
	switch {
	case c.percent > gcUsual && c.calm >= gcCalm:
		return gcUsual
	case c.percent > gcUsual || fresh >= gcBusy:
		fits := int(min(gcMost, gcRoom*100/max(1, alive)))
		if fits = max(gcUsual, fits/100*100); fits != c.percent {
			return fits
		}
	}
	return c.percent
}
