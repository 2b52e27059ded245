package password

import (
	"math"
	"sync"
	"time"
)

const (
	// share of one new sample in the mean.
	share = 0.2
	// halving is how fast the maximum sinks back to the mean once the load is
	// gone: slow against one attack, quick against an afternoon.
	halving = 30 * time.Second
	// longest is what one sample counts at most, so that a machine that stood
	// still for an hour does not hold every refusal for an hour.
	longest = 15 * time.Second
	// maxKinds bounds the table; a real one has a handful.
	maxKinds = 64
)

// costs are the measured times of the kinds of hash, and which of the kinds
// are in the table.
type costs struct {
	now  func() time.Time
	mu   sync.Mutex
	kind map[kind]*cost
	// recent is the mean of the last hashes, of whatever kind.
	recent time.Duration
}

type cost struct {
	inTable bool
	asked   bool // somebody is measuring it, or has
	samples int
	mean    time.Duration
	peak    time.Duration
	at      time.Time // of peak
}

func newCosts(now func() time.Time) *costs {
	return &costs{now: now, kind: make(map[kind]*cost)}
}

// of finds or makes the entry of a kind. Beyond the bound it is not kept.
func (c *costs) of(k kind) *cost {
	e, ok := c.kind[k]
	if !ok {
		e = &cost{mean: k.guess(), peak: k.guess(), at: c.now()}
		if len(c.kind) < maxKinds {
			c.kind[k] = e
		}
	}
	return e
}

// record takes one measured hash in.
func (c *costs) record(k kind, d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	d = min(d, longest)
	e, now := c.of(k), c.now()
	if e.samples == 0 {
		e.mean, e.peak = d, d // the guess is worth nothing any more
	}
	e.samples++
	if c.recent == 0 {
		c.recent = d
	}
	c.recent += time.Duration(share * float64(d-c.recent))
	high := e.maximum(now)
	e.mean += time.Duration(share * float64(d-e.mean))
	e.peak, e.at = max(d, high), now
}

// maximum is the peak as far as it has sunk.
func (e *cost) maximum(now time.Time) time.Duration {
	if e.peak <= e.mean {
		return e.mean
	}
	left := math.Exp2(-float64(now.Sub(e.at)) / float64(halving))
	return e.mean + time.Duration(float64(e.peak-e.mean)*min(left, 1))
}

// expected is the mean of a kind, or a guess before the first sample.
func (c *costs) expected(k kind) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.of(k).mean
}

// typical is what a hash of unknown kind will probably take: as long as the last
// ones did, or what one of this kind does before there were any.
func (c *costs) typical(k kind) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.recent > 0 {
		return c.recent
	}
	return c.of(k).mean
}

// see notes that the table holds this kind: a row put in by hand a minute ago
// counts from its first check on.
func (c *costs) see(k kind) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.of(k).inTable = true
}

// replace says which kinds the table holds, and gives those never measured.
func (c *costs) replace(kinds []kind) (unmeasured []kind) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, e := range c.kind {
		e.inTable = false
	}
	for _, k := range kinds {
		e := c.of(k)
		if e.samples == 0 && !e.asked {
			unmeasured = append(unmeasured, k)
		}
		e.inTable, e.asked = true, true
	}
	return unmeasured
}

// dearest is the decaying maximum of the dearest kind in the table.
func (c *costs) dearest() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	var most time.Duration
	now := c.now()
	for _, e := range c.kind {
		if e.inTable {
			most = max(most, e.maximum(now))
		}
	}
	return most
}
