// Package cache keeps a bounded number of values that may be forgotten at any
// time. It is sharded, so that sixty-four requests do not queue for one lock,
// and it never grows past its bound, so that a stranger cannot fill memory.
package cache

import (
	"encoding/binary"
	"sync"
	"sync/atomic"
)

const shards = 64

// Key is a hash: uniformly spread, so that its first bytes pick the shard.
type Key [32]byte

// Cache maps keys to values. Make one with New.
type Cache[V any] struct {
	perShard int
	parts    [shards]part[V]
}

type part[V any] struct {
	mu sync.RWMutex
	m  map[Key]V
	// epoch counts what was forgotten; see Put.
	epoch atomic.Uint64
}

// New makes a cache of at most about capacity values.
func New[V any](capacity int) *Cache[V] {
	c := &Cache[V]{perShard: max(1, capacity/shards)}
	for i := range c.parts {
		c.parts[i].m = map[Key]V{}
	}
	return c
}

func (c *Cache[V]) part(k Key) *part[V] {
	return &c.parts[binary.BigEndian.Uint64(k[:8])%shards]
}

// Get returns the value, if it is still here.
func (c *Cache[V]) Get(k Key) (V, bool) {
	p := c.part(k)
	p.mu.RLock()
	v, ok := p.m[k]
	p.mu.RUnlock()
	return v, ok
}

// Epoch is to be taken before a value is read from the source of truth, and
// given to Put: what was forgotten meanwhile is then not put back stale.
func (c *Cache[V]) Epoch(k Key) uint64 { return c.part(k).epoch.Load() }

// Put keeps the value unless something of the key's shard was forgotten since
// epoch was taken. A full shard loses any one of its values first.
func (c *Cache[V]) Put(k Key, epoch uint64, v V) {
	p := c.part(k)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.epoch.Load() != epoch {
		return
	}
	if _, there := p.m[k]; !there && len(p.m) >= c.perShard {
		for old := range p.m { // map order is random: good enough, and O(1)
			delete(p.m, old)
			break
		}
	}
	p.m[k] = v
}

// Forget drops one key, and refuses values read before now.
func (c *Cache[V]) Forget(k Key) {
	p := c.part(k)
	p.mu.Lock()
	delete(p.m, k)
	p.epoch.Add(1)
	p.mu.Unlock()
}

// ForgetIf drops every value that matches, and refuses those read before now.
func (c *Cache[V]) ForgetIf(match func(V) bool) {
	for i := range c.parts {
		p := &c.parts[i]
		p.mu.Lock()
		for k, v := range p.m {
			if match(v) {
				delete(p.m, k)
			}
		}
		p.epoch.Add(1)
		p.mu.Unlock()
	}
}

// Len is the number of values kept now.
func (c *Cache[V]) Len() int {
	n := 0
	for i := range c.parts {
		c.parts[i].mu.RLock()
		n += len(c.parts[i].m)
		c.parts[i].mu.RUnlock()
	}
	return n
}
