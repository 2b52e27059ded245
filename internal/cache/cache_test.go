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

func put[V any](c *Cache[V], k Key, v V) { c.Put(k, c.Epoch(k), v) }

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
			put(cached, spread(n), n)
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
		put(c, k, n)
		if v, ok := c.Get(k); !ok || v != n {
			t.Fatalf("the newest value is %d, %v", v, ok)
		}
	}
	if c.Len() != 3 {
		t.Errorf("%d values, want 3", c.Len())
	}
	put(c, key(6, 0), 1)
	if c.Len() != 4 {
		t.Error("one full shard kept another from being filled")
	}
}

func TestReplacingAValuePushesNoOtherOut(t *testing.T) {
	c := New[int](2 * shards)
	put(c, key(1, 1), 1)
	put(c, key(1, 2), 2)
	put(c, key(1, 1), 3)
	if a, okA := c.Get(key(1, 1)); !okA || a != 3 {
		t.Errorf("the replaced value is %d, %v", a, okA)
	}
	if b, okB := c.Get(key(1, 2)); !okB || b != 2 {
		t.Errorf("its neighbour is %d, %v", b, okB)
	}
}

func TestForgottenValueReadEarlierIsNotPutBack(t *testing.T) {
	mine, beside, elsewhere := key(1, 1), key(1, 2), key(2, 3)
	for _, c := range []struct {
		name   string
		forget func(*Cache[int])
		kept   map[Key]bool
	}{
		{"nothing forgotten", func(*Cache[int]) {}, map[Key]bool{mine: true, beside: true, elsewhere: true}},
		// The whole shard refuses: to ask once more is cheap, a stale value is not.
		{"one key", func(c *Cache[int]) { c.Forget(mine) }, map[Key]bool{elsewhere: true}},
		{"a key that was not there", func(c *Cache[int]) { c.Forget(key(1, 9)) }, map[Key]bool{elsewhere: true}},
		// What will be read is not known yet, so no shard may take it.
		{"by condition", func(c *Cache[int]) { c.ForgetIf(func(int) bool { return false }) }, map[Key]bool{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			cached := New[int](1000)
			epochs := map[Key]uint64{}
			for _, k := range []Key{mine, beside, elsewhere} {
				epochs[k] = cached.Epoch(k)
			}
			c.forget(cached)
			for k, e := range epochs {
				cached.Put(k, e, 1)
				if _, ok := cached.Get(k); ok != c.kept[k] {
					t.Errorf("%x is kept: %v, want %v", k[:8], ok, c.kept[k])
				}
				put(cached, k, 2) // read after the forgetting
				if v, ok := cached.Get(k); !ok || v != 2 {
					t.Errorf("%x read anew is %d, %v", k[:8], v, ok)
				}
			}
		})
	}
}

func TestForgetDropsOneAndForgetIfWhatMatches(t *testing.T) {
	c := New[int](6400)
	for n := range 500 {
		put(c, spread(n), n)
	}
	c.Forget(spread(7))
	if _, ok := c.Get(spread(7)); ok || c.Len() != 499 {
		t.Fatalf("the forgotten key is there: %v; %d are left", ok, c.Len())
	}
	c.ForgetIf(func(n int) bool { return n%2 == 1 })
	if c.Len() != 250 {
		t.Errorf("%d are left, want 250", c.Len())
	}
	for n := range 500 {
		if _, ok := c.Get(spread(n)); ok != (n%2 == 0) {
			t.Errorf("%d is there: %v", n, ok)
		}
	}
}

// Readers put back what they read while a writer moves the truth on and has it
// forgotten. Once the writer is done, nothing older than the truth may be left.
func TestNothingStaleSurvivesAHammering(t *testing.T) {
	c := New[int](128)
	var (
		truth struct {
			sync.RWMutex
			n int
		}
		readers, writer sync.WaitGroup
		stop            = make(chan struct{})
	)
	read := func() int {
		truth.RLock()
		defer truth.RUnlock()
		return truth.n
	}
	for r := range 8 {
		readers.Go(func() {
			for n := r; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				k := spread(n % 200)
				if _, ok := c.Get(k); !ok {
					e := c.Epoch(k)
					c.Put(k, e, read())
				}
			}
		})
	}
	writer.Go(func() {
		for n := 1; n <= 500; n++ {
			truth.Lock()
			truth.n = n
			truth.Unlock()
			c.ForgetIf(func(v int) bool { return v < n })
			c.Forget(spread(n % 200))
		}
	})
	writer.Wait()
	close(stop)
	readers.Wait()
	for n := range 200 {
		if v, ok := c.Get(spread(n)); ok && v != 500 {
			t.Fatalf("a value of %d is left, the truth is 500", v)
		}
	}
	if c.Len() > 128 {
		t.Errorf("%d values, the bound is 128", c.Len())
	}
}
