package bench

import (
	"context"
	"fmt"
	"time"
)

// Comparison measures any server by the figures that this program is measured by.
type Comparison struct {
	Check []Wire
	// Bare is a bare handler beside it; none where the server is on another machine.
	Bare []Wire
	// Login is who signs in; no storms without.
	Login   []Wire
	Clients int
	Rate    float64
	Length  time.Duration
	Storms  []int
	// PIDs are the processes whose CPU is counted, a database's included; none if empty.
	PIDs []int
	// BarePID is the process of the bare handler.
	BarePID int
}

// compareRounds is how often the server and the bare handler take turns.
const compareRounds = 3

// Rows measures. It calls say with each row as soon as it is there.
func (c Comparison) Rows(ctx context.Context, say func(Row)) error {
	if err := c.closed(ctx, say); err != nil {
		return err
	}
	steady, late, err := Steady{Wires: c.Check, Rate: c.Rate, Length: 2 * c.Length}.Run(ctx)
	if err == nil {
		err = steady.AllGood()
	}
	if err != nil {
		return fmt.Errorf("session checks at %.0f/s: %w", c.Rate, err)
	}
	say(Row{
		ID: "steady-p99", What: fmt.Sprintf("session check at %.0f/s, p99", c.Rate), Got: Quantile(steady.Good, 0.99), Unit: "ms",
		Note: fmt.Sprintf("p50 %.1f; the generator was late by %.1f", Quantile(steady.Good, 0.5), Quantile(late, 0.99)),
	})
	if len(c.Login) == 0 {
		return nil
	}
	logins, err := Load{Wires: c.Login, Clients: 4, Length: c.Length, Pause: Pause}.Run(ctx)
	if err != nil {
		return err
	}
	if len(logins.Good) == 0 {
		return fmt.Errorf("nobody could sign in; the statuses were %v, and %d requests had no answer", logins.Statuses, logins.Broken)
	}
	say(Row{
		ID: "logins", What: "logins a second, 4 clients", Got: logins.Rate(), Unit: "/s",
		Note: fmt.Sprintf("p99 %.0f ms, refused %d", Quantile(logins.Good, 0.99), len(logins.Bad)),
	})
	for _, clients := range c.Storms {
		rows, err := Storm{Check: c.Check, Login: c.Login, Clients: clients, Rate: c.Rate, Length: c.Length}.Rows(ctx)
		for _, r := range rows {
			say(r)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// closed compares checks in a closed loop with the bare handler, in turn.
func (c Comparison) closed(ctx context.Context, say func(Row)) error {
	own, bare := &side{wires: c.Check, pids: c.PIDs}, &side{wires: c.Bare, pids: []int{c.BarePID}}
	for range compareRounds {
		if err := own.drive(ctx, c); err != nil {
			return fmt.Errorf("session checks: %w", err)
		}
		if len(c.Bare) == 0 {
			continue
		}
		if err := bare.drive(ctx, c); err != nil {
			return fmt.Errorf("the bare handler: %w", err)
		}
	}
	rate := Row{
		ID: "rate", What: fmt.Sprintf("session checks a second, %d clients", c.Clients), Got: Median(own.rate), Unit: "/s",
		Note: fmt.Sprintf("p50 %.1f ms, p99 %.1f ms", Quantile(own.took, 0.5), Quantile(own.took, 0.99)),
	}
	cpu := Row{ID: "cpu", What: "CPU of a session check", Got: Median(own.cpu), Unit: "µs"}
	if len(c.Bare) > 0 {
		rate.Against, rate.Baseline, rate.Ratio = "bare handler", Median(bare.rate), Median(Quotients(own.rate, bare.rate))
		cpu.Against, cpu.Baseline, cpu.Ratio = "bare handler", Median(bare.cpu), Median(Quotients(own.cpu, bare.cpu))
		rate, cpu = rate.AtLeast(0.85), cpu.AtMost(1.3)
	}
	say(rate)
	if len(c.PIDs) > 0 {
		say(cpu)
	}
	return nil
}

// side is one of the two that take turns.
type side struct {
	wires     []Wire
	pids      []int
	cpu, rate []float64
	took      []time.Duration
}

func (s *side) drive(ctx context.Context, c Comparison) error {
	load := Load{Wires: s.wires, Clients: c.Clients, Length: c.Length / 5}
	if _, err := load.Run(ctx); err != nil { // warm up
		return err
	}
	load.Length = c.Length
	before, _ := UsageOfAll(Families(s.pids...)...)
	got, err := load.Run(ctx)
	if err == nil {
		err = got.AllGood()
	}
	if err != nil {
		return err
	}
	after, _ := UsageOfAll(Families(s.pids...)...)
	s.cpu = append(s.cpu, float64(after.Since(before).Nanoseconds())/1000/float64(len(got.Good)))
	s.rate = append(s.rate, got.Rate())
	s.took = append(s.took, got.Good...)
	return nil
}
