package app

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// TestSurplusProcessorsGoWhenNobodyHashes holds that the number changes with
// the first hash and once after the last one.
func TestSurplusProcessorsGoWhenNobodyHashes(t *testing.T) {
	cores() // reads the real number, which the rest is a multiple of
	synctest.Test(t, func(t *testing.T) {
		var got []int
		p := &processors{set: func(n int) { got = append(got, n) }}
		want := func(all ...int) {
			t.Helper()
			synctest.Wait()
			p.mu.Lock()
			defer p.mu.Unlock()
			if !slices.Equal(got, all) {
				t.Fatalf("the processors were set to %v, wanted %v", got, all)
			}
		}
		want()
		for range 5 {
			p.hashing()
			time.Sleep(calm - time.Second)
		}
		want(2 * cores())
		time.Sleep(time.Second + time.Millisecond)
		want(2*cores(), cores())
		p.hashing()
		want(2*cores(), cores(), 2*cores())
		time.Sleep(2 * calm)
		want(2*cores(), cores(), 2*cores(), cores())
	})
}
