// Package cache keeps a bounded number of values that may be dropped at any
// time; whether one may still be believed is for its user to know. It is
// sharded, so that sixty-four requests do not queue for one lock, and it never
// grows past its bound, so that a stranger cannot fill memory.
package cache

import (
	"encoding/binary"
	"sync"
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

// Put keeps the value. A full shard loses any one of its values first.
func (c *Cache[V]) Put(k Key, v V) {
	p := c.part(k)
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, there := p.m[k]; !there && len(p.m) >= c.perShard {
		for old := range p.m { // map order is random: good enough, and O(1)
			delete(p.m, old)
			break
		}
	}
	p.m[k] = v
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
