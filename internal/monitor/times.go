package monitor

import (
	"math"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

// Durations are kept in classes that grow by a fifth (four to each doubling),
// from a millisecond to half a minute: a percentile is then right within a few
// percent, and a minute of one route costs a quarter of a kilobyte.
const (
	perDoubling = 4
	classes     = 15*perDoubling + 1
)

type times struct {
	n   int64
	sum time.Duration
	in  [classes]uint32
}

func (t *times) observe(d time.Duration) {
	t.n++
	t.sum += d
	t.in[class(d)]++
}

// class is the first whose upper bound is not below d.
func class(d time.Duration) int {
	if d <= time.Millisecond {
		return 0
	}
	return min(classes-1, int(math.Ceil(perDoubling*math.Log2(float64(d)/float64(time.Millisecond))-1e-9)))
}

// upper is the bound of a class, in milliseconds.
func upper(class int) float64 { return math.Exp2(float64(class) / perDoubling) }

func (t *times) merge(o *times) {
	t.n += o.n
	t.sum += o.sum
	for i, c := range o.in {
		t.in[i] += c
	}
}

// quantile estimates, in milliseconds, what a part q of the durations does not
// exceed: within its class a duration is as likely anywhere.
func (t *times) quantile(q float64) float64 {
	rank := q * float64(t.n)
	below := 0.0
	for i, c := range t.in {
		if c > 0 && below+float64(c) >= rank {
			low := 0.0
			if i > 0 {
				low = upper(i - 1)
			}
			return low + (upper(i)-low)*(rank-below)/float64(c)
		}
		below += float64(c)
	}
	return 0
}

func (t *times) mean() float64 {
	if t.n == 0 {
		return 0
	}
	return float64(t.sum) / float64(time.Millisecond) / float64(t.n)
}

func (t *times) summary() api.Times {
	return api.Times{
		Count: t.n, MeanMS: round(t.mean()), P50MS: round(t.quantile(0.50)), P95MS: round(t.quantile(0.95)), P99MS: round(t.quantile(0.99)),
	}
}

// round keeps microseconds.
func round(ms float64) float64 { return math.Round(ms*1000) / 1000 }
