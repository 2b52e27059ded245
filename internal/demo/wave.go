package demo

import (
	"context"
	"fmt"
	"net"
	"sync"
	"time"
)

// crowdEvery is how often many come at once: a lesson begins, a letter went out. Then hashes queue, and it is slow.
const crowdEvery = 3 * time.Minute

// crowds come now and then, the first after a third of the time or of that.
func (d *day) crowds(ctx context.Context) {
	pause := min(crowdEvery, d.o.For) / 3
	for sleep(ctx, pause) == nil {
		pause = crowdEvery
		d.tally.add(func(r *Report) { r.Crowds++ })
		var all sync.WaitGroup
		for i := range max(8, len(d.people)/2) {
			p := d.people[(i*7+3)%len(d.people)]
			if !p.busy.TryLock() {
				continue
			}
			all.Go(func() {
				defer p.busy.Unlock()
				_ = d.visit(ctx, p)
			})
		}
		all.Wait()
	}
}

// Guessers are few and quick, and take the middle of the time.
const (
	guessers  = 6
	guessEach = 1500 * time.Millisecond
)

// wave has some addresses try passwords that are too common at accounts that are there and at others.
func (d *day) wave(ctx context.Context) {
	if sleep(ctx, d.o.For/4) != nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, d.o.For*2/5)
	defer cancel()
	var all sync.WaitGroup
	for i := range guessers {
		all.Go(func() { d.guess(ctx, i) })
	}
	all.Wait()
}

func (d *day) guess(ctx context.Context, i int) {
	c := newClient(d.o.URL, net.IPv4(127, 66, 6, byte(1+i)), d.tally)
	defer c.http.CloseIdleConnections()
	if c.fetchCSRF(ctx) != nil {
		return
	}
	for n := 0; sleep(ctx, d.dice.pause(guessEach/3, guessEach)) == nil; n++ {
		email := fmt.Sprintf("info%d@example.com", n%40)
		if n%3 == 0 {
			email = d.people[(n+i)%len(d.people)].email
		}
		if _, err := c.login(ctx, email, common[n%len(common)]); err != nil {
			return
		}
		d.tally.add(func(r *Report) { r.Guesses++ })
	}
}

var common = []string{"123456", "password", "qwerty123", "letmein", "welcome1", "iloveyou", "admin123", "football"}
