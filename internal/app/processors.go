package app

import (
	"runtime"
	"sync"
	"time"
)

// cores is how many processors there are for this process: Go takes it from
// the cgroup's quota, or from GOMAXPROCS where somebody set that.
var cores = sync.OnceValue(func() int { return runtime.GOMAXPROCS(0) })

// calm is how long nobody must have hashed before the surplus goes: to change
// the number stops everything for a moment.
const calm = 10 * time.Second

// processors lets Go run as many more threads as there are workers that hash,
// while they do. A hash then never holds the place that a request needs, and the
// kernel shares the processors out, in finer slices than the ten milliseconds
// after which Go takes a place away from a goroutine that does not give it up.
// Where nobody hashes, places too many cost a request a tenth of its time: idle
// threads look for work in each of them.
type processors struct {
	set func(n int)

	mu      sync.Mutex
	surplus bool
	calm    *time.Timer
}

// busy is the one for the whole process.
var busy = &processors{set: func(n int) { runtime.GOMAXPROCS(n) }}

// hashing is told before each hash.
func (p *processors) hashing() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.surplus {
		p.surplus = true
		p.set(2 * cores())
	}
	if p.calm == nil {
		p.calm = time.AfterFunc(calm, p.rest)
		return
	}
	p.calm.Reset(calm)
}

func (p *processors) rest() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.surplus = false
	p.set(cores())
}
