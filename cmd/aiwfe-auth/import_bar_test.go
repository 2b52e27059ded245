package main

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/moving"
)

func TestBarTellsHowFarHowFastAndHowLong(t *testing.T) {
	var done atomic.Int64
	done.Store(250)
	for total, want := range map[int64]string{
		1000: "[######..................]  25 % 5000 rows, 7 refused, 500 a second, 30s left",
		0:    "5000 rows, 7 refused, 500 a second",
		200:  "[########################] 100 % 5000 rows, 7 refused, 500 a second, 0s left",
	} {
		b := &bar{done: &done, total: total}
		if got := b.line(5000, 7, 10*time.Second); got != want {
			t.Errorf("of %d: %q, want %q", total, got, want)
		}
	}
}

func TestBarIsSilentWhereNobodyLooks(t *testing.T) {
	var out strings.Builder
	b := newBar(&out, &atomic.Int64{}, 100)
	b.began = time.Now().Add(-time.Hour)
	b.step(&moving.Summary{Read: 5})
	b.end()
	if out.Len() > 0 {
		t.Errorf("a file would hold %q", out.String())
	}
}
