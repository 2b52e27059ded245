// Package cache keeps a bounded number of values that may be dropped at any
// time; whether one may still be believed is for its user to know. It is
// sharded, so that sixty-four requests do not queue for one lock, and it never
// grows past its bound, so that a stranger cannot fill memory.
package cache

import (
	"encoding/binary"
	"hash/maphash"
	"sync"
)

const shards = 64

// Key is a hash: uniformly spread, so that its first bytes pick the shard.
type Key [32]byte

// Cache maps hashes to values. Make one with New.
type Cache[V any] = Of[Key, V]

// Of maps keys of any kind to values. Make one with New or By.
type Of[K comparable, V any] struct {
	perShard int
	spread   func(K) uint64
	parts    [shards]part[K, V]
}

type part[K comparable, V any] struct {
	mu sync.RWMutex
	m  map[K]V
}

// New makes a cache of at most about capacity values.
func New[V any](capacity int) *Cache[V] {
	return of[Key, V](capacity, func(k Key) uint64 { return binary.BigEndian.Uint64(k[:8]) })
}

// By is New for keys that are no secret, such as ids. Nobody can choose keys that
// crowd one shard: how they are spread is drawn at random.
func By[K comparable, V any](capacity int) *Of[K, V] {
	seed := maphash.MakeSeed()
	return of[K, V](capacity, func(k K) uint64 { return maphash.Comparable(seed, k) })
}

func of[K comparable, V any](capacity int, spread func(K) uint64) *Of[K, V] {
	c := &Of[K, V]{perShard: max(1, capacity/shards), spread: spread}
	for i := range c.parts {
		c.parts[i].m = map[K]V{}
	}
	return c
}

func (c *Of[K, V]) part(k K) *part[K, V] { return &c.parts[c.spread(k)%shards] }

// Get returns the value, if it is still here.
func (c *Of[K, V]) Get(k K) (V, bool) {
	p := c.part(k)
	p.mu.RLock()
	v, ok := p.m[k]
	p.mu.RUnlock()
	return v, ok
}

// Put keeps the value. A full shard loses any one of its values first.
func (c *Of[K, V]) Put(k K, v V) {
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
func (c *Of[K, V]) Len() int {
	n := 0
	for i := range c.parts {
		c.parts[i].mu.RLock()
		n += len(c.parts[i].m)
		c.parts[i].mu.RUnlock()
	}
	return n
}
