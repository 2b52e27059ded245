package bench

import (
	"context"
	"fmt"
	"time"
)

// Storm asks for session checks at a steady rate, alone and while so many clients sign in without pause.
type Storm struct {
	Check, Login []Wire
	Clients      int
	Rate         float64 // of checks, a second
	Length       time.Duration
}

// Pause is how long a client that was refused waits before it comes again: hardly at all.
const Pause = 10 * time.Millisecond

// Rows are the figures of one storm.
func (s Storm) Rows(ctx context.Context) ([]Row, error) {
	checks := Steady{Wires: s.Check, Rate: s.Rate, Length: 2 * s.Length}
	alone, _, err := checks.Run(ctx)
	if err == nil {
		err = alone.AllGood()
	}
	if err != nil {
		return nil, fmt.Errorf("checks without a storm: %w", err)
	}
	ctxStorm, calm := context.WithCancel(ctx)
	defer calm()
	flood := make(chan Result, 1)
	go func() {
		got, _ := Load{Wires: s.Login, Clients: s.Clients, Length: time.Hour, Pause: Pause}.Run(ctxStorm)
		flood <- got
	}()
	select { // until it blows
	case <-time.After(s.Length / 2):
	case <-ctx.Done():
	}
	checks.Length = 3 * s.Length
	busy, late, err := checks.Run(ctx)
	calm()
	return s.rows(alone, busy, late, <-flood), err
}

func (s Storm) rows(alone, busy Result, late []time.Duration, flood Result) []Row {
	id := fmt.Sprintf("storm-%d", s.Clients)
	p99 := Row{
		ID: id + "-p99", What: fmt.Sprintf("session check at %.0f/s while %d clients sign in, p99", s.Rate, s.Clients), Unit: "ms",
		Got: Quantile(busy.Good, 0.99), Against: "alone", Baseline: Quantile(alone.Good, 0.99),
		Note: fmt.Sprintf("p50 %.1f; the generator was late by %.1f", Quantile(busy.Good, 0.5), Quantile(late, 0.99)),
	}
	p99.Ratio = p99.Got / p99.Baseline
	p99 = p99.AtMost(max(5/p99.Baseline, 2))
	p99.Goal = "≤ 5 ms or 2 × alone"
	return []Row{
		p99,
		Row{
			ID: id + "-answered", What: fmt.Sprintf("of these answered, %d clients", s.Clients), Unit: "%",
			Got: 100 * float64(len(busy.Good)) / float64(max(1, len(busy.Took)+busy.Broken)),
		}.AtLeast(100),
		{
			ID: id + "-logins", What: fmt.Sprintf("logins a second meanwhile, %d clients", s.Clients), Unit: "/s", Got: flood.Rate(),
			Note: fmt.Sprintf("p99 %.0f ms, refused %d, without an answer %d", Quantile(flood.Good, 0.99), len(flood.Bad), flood.Broken),
		},
	}
}
