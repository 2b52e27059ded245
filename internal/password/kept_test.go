//go:build linux

package password

import (
	"slices"
	"testing"
	"time"
)

func TestWhoKeepsAHashFromTheProcessors(t *testing.T) {
	const ms = time.Millisecond
	for _, tt := range []struct {
		name    string
		of      spending
		already bool
		want    bool
	}{
		{"nobody", spending{wall: 30 * ms, thread: 29 * ms, program: 40 * ms}, false, false},
		{"another hash beside it", spending{wall: 60 * ms, thread: 30 * ms, program: 120 * ms}, false, false},
		{"our own requests", spending{wall: 300 * ms, thread: 30 * ms, program: 590 * ms}, false, false},
		{"another program", spending{wall: 300 * ms, thread: 30 * ms, program: 70 * ms}, false, true},
		{"another program, a little", spending{wall: 100 * ms, thread: 30 * ms, program: 70 * ms}, false, false},
		{"another program, still", spending{wall: 100 * ms, thread: 30 * ms, program: 70 * ms}, true, true},
		{"another program that has gone", spending{wall: 50 * ms, thread: 30 * ms, program: 50 * ms}, true, false},
		{"a system that does not tell", spending{wall: 300 * ms}, false, false},
	} {
		if got := tt.of.keptByStrangers(2, tt.already); got != tt.want {
			t.Errorf("%s: %t", tt.name, got)
		}
	}
}

func TestHashesStepBackUnlessStrangersKeepThem(t *testing.T) {
	threads := newThreads(1)
	defer threads.end()
	var took spending
	threads.measure = func(run func()) spending { run(); return took }
	var niced []bool
	hash := func() { threads.do(func() { niced = append(niced, lowered(t)) }) }
	took = spending{wall: time.Second, thread: time.Millisecond}
	hash() // the first does not know yet
	hash()
	took.thread = took.wall
	hash() // finds that they have gone
	hash()
	if want := []bool{true, false, false, true}; !slices.Equal(niced, want) {
		t.Errorf("of lower priority: %v, want %v", niced, want)
	}
}
