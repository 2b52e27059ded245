package app

import (
	"context"
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"time"
)

// quiet is how long no password must have been hashed before the memory of
// hashing is given back.
const quiet = 3 * time.Second

// hashed remembers when a hash ran last. Hashes keep 19 MiB for each worker,
// and a server where nobody is signing in should not hold what the busiest
// minute needed.
type hashed struct{ last atomic.Int64 }

func (h *hashed) note(at time.Time) { h.last.Store(at.UnixNano()) }

func (h *hashed) run(ctx context.Context, rest func()) {
	every := time.NewTicker(quiet)
	defer every.Stop()
	started := false
	for {
		select {
		case now := <-every.C:
			last := h.last.Load()
			if last != 0 && now.UnixNano()-last > int64(quiet) && h.last.CompareAndSwap(last, 0) {
				rest()
				if !started { // each start hashes once, to know what it costs
					started = true
					settle()
					continue
				}
				debug.FreeOSMemory()
			}
		case <-ctx.Done():
			return
		}
	}
}

// settle gives back what the start alone needed. What pools of the library keep
// goes with the second collection only, which FreeOSMemory makes. Later on the
// pages of the program are those that requests use.
func settle() {
	runtime.GC()
	debug.FreeOSMemory()
	unmapProgram()
}
