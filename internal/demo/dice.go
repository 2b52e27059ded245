package demo

import (
	"math"
	"sync"
	"time"
)

// dice decide what people do next. Nothing that is secret hangs on them, and the same seed plays the same day again.
type dice struct {
	mu    sync.Mutex
	state uint64
}

// roll gives a number from 0 up to 1 (splitmix64).
func (d *dice) roll() float64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.state += 0x9e3779b97f4a7c15
	z := d.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return float64((z^z>>31)>>11) / (1 << 53)
}

// chance says yes in so many of a hundred times.
func (d *dice) chance(percent float64) bool { return d.roll()*100 < percent }

// below gives a whole number from 0 up to n.
func (d *dice) below(n int) int { return int(d.roll() * float64(n)) }

// pause is a while between least and most, as a person takes it.
func (d *dice) pause(least, most time.Duration) time.Duration {
	return least + time.Duration(d.roll()*float64(most-least))
}

// next is when the next of people comes who do not know of each other: a mean of so many in a minute.
func (d *dice) next(perMinute float64) time.Duration {
	return time.Duration(-math.Log(1-d.roll()) / perMinute * float64(time.Minute))
}
