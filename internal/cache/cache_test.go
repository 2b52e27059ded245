package cache

import (
	"crypto/sha256"
	"encoding/binary"
	"sync"
	"testing"
)

// key makes a key of the given shard, unlike every other.
func key(shard uint64, n int) Key {
	k := Key(sha256.Sum256(binary.BigEndian.AppendUint64(nil, uint64(n))))
	binary.BigEndian.PutUint64(k[:8], shard)
	return k
}

// spread makes a key as they are in use: a hash.
func spread(n int) Key { return sha256.Sum256(binary.BigEndian.AppendUint64(nil, uint64(n))) }

func TestNeverGrowsPastItsBound(t *testing.T) {
	for _, c := range []struct {
		name            string
		capacity, bound int
	}{
		{"a multiple of the shards", 640, 640},
		{"rounded down, so that memory is what was promised", 700, 640},
		{"fewer than shards", 1, shards},
	} {
		cached := New[int](c.capacity)
		for n := range 5000 {
			cached.Put(spread(n), n)
			if got := cached.Len(); got > c.bound {
				t.Fatalf("%s: %d values, the bound is %d", c.name, got, c.bound)
			}
		}
		if got := cached.Len(); got < c.bound*9/10 {
			t.Errorf("%s: only %d values of %d are kept", c.name, got, c.bound)
		}
	}
}

func TestFullShardLosesOneValueAndKeepsTheNewest(t *testing.T) {
	c := New[int](3 * shards)
	for n := range 10 {
		k := key(5, n)
		c.Put(k, n)
		if v, ok := c.Get(k); !ok || v != n {
			t.Fatalf("the newest value is %d, %v", v, ok)
		}
	}
	if c.Len() != 3 {
		t.Errorf("%d values, want 3", c.Len())
	}
	c.Put(key(6, 0), 1)
	if c.Len() != 4 {
		t.Error("one full shard kept another from being filled")
	}
}

func TestReplacingAValuePushesNoOtherOut(t *testing.T) {
	c := New[int](2 * shards)
	c.Put(key(1, 1), 1)
	c.Put(key(1, 2), 2)
	c.Put(key(1, 1), 3)
	if a, okA := c.Get(key(1, 1)); !okA || a != 3 {
		t.Errorf("the replaced value is %d, %v", a, okA)
	}
	if b, okB := c.Get(key(1, 2)); !okB || b != 2 {
		t.Errorf("its neighbour is %d, %v", b, okB)
	}
}

func TestManyAtOnceStayWithinTheBound(t *testing.T) {
	c := New[int](10 * shards)
	var all sync.WaitGroup
	for g := range 8 {
		all.Go(func() {
			for n := range 2000 {
				c.Put(spread(n), n)
				if v, ok := c.Get(spread(n + g)); ok && v != n+g {
					t.Errorf("key %d has the value %d", n+g, v)
				}
			}
		})
	}
	all.Wait()
	if c.Len() > 10*shards {
		t.Errorf("%d values, the bound is %d", c.Len(), 10*shards)
	}
}
