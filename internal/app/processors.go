package app

import (
	"runtime"
	"sync"
)

// cores is how many processors there are for this process: Go takes it from
// the cgroup's quota, or from GOMAXPROCS where somebody set that.
var cores = sync.OnceValue(func() int { return runtime.GOMAXPROCS(0) })

// surplus lets Go run as many more threads as there are workers that hash.
// A hash then never holds the place that a request needs, and the kernel shares
// the processors out, in finer slices than the ten milliseconds after which Go
// takes a place away from a goroutine that does not give it up.
func surplus() { runtime.GOMAXPROCS(2 * cores()) }
