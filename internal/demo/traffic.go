package demo

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"sync"
	"time"
)

// Options say what kind of day it is.
type Options struct {
	// URL is the server's, on this machine.
	URL string
	// Emails are of people who can sign in, all by the same Password.
	Emails   []string
	Password string
	// For is how long it lasts, Rate how many come in a minute.
	For  time.Duration
	Rate float64
	// Guess has somebody guess for a while in the middle.
	Guess bool
	// Seed makes the same day again.
	Seed uint64
	// Told is given what happened so far, once a second; may be nil.
	Told func(Report)
}

// day is one run.
type day struct {
	o      Options
	dice   dice
	tally  *tally
	people []*person
	at     int
	wait   sync.WaitGroup
}

// Run lives a day. It ends when the time is over, and waits for nobody who is still busy then.
func Run(ctx context.Context, o Options) (Report, error) {
	if err := here(ctx, o.URL); err != nil {
		return Report{}, err
	}
	if len(o.Emails) == 0 || o.Rate <= 0 || o.For <= 0 {
		return Report{}, errors.New("demo: people, a rate and a time are needed")
	}
	d := &day{o: o, dice: dice{state: o.Seed}, tally: &tally{r: Report{People: len(o.Emails), Refused: map[string]int{}}}}
	for i, email := range o.Emails {
		d.people = append(d.people, &person{email: email, password: o.Password, from: ownAddress(i)})
	}
	ctx, cancel := context.WithTimeout(ctx, o.For)
	defer cancel()
	if err := d.firstKnock(ctx); err != nil {
		return d.tally.report(), err
	}
	d.begin(ctx, d.enrollSome)
	d.begin(ctx, d.crowds)
	if o.Guess {
		d.begin(ctx, d.wave)
	}
	d.begin(ctx, d.tell)
	d.arrivals(ctx)
	d.wait.Wait()
	r := d.tally.report()
	if r.SignIns == 0 && r.Failed > 0 {
		return r, fmt.Errorf("nobody could sign in at %s: %w", o.URL, d.tally.fault)
	}
	return r, nil
}

// here refuses whatever is not this machine: nobody else is to be driven like this.
func here(ctx context.Context, address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("%q is no address of a server: give one such as http://localhost:8080", address)
	}
	found, err := net.DefaultResolver.LookupHost(ctx, u.Hostname())
	if err != nil {
		return fmt.Errorf("the host of %s is not known: %w", address, err)
	}
	for _, one := range found {
		if ip := net.ParseIP(one); ip == nil || !ip.IsLoopback() {
			return fmt.Errorf("%s is at %s, which is not this machine: demo traffic goes nowhere else", address, one)
		}
	}
	return nil
}

// ownAddress is a loopback address for the i-th person.
func ownAddress(i int) net.IP { return net.IPv4(127, 77, byte(i>>8), byte(1+i%250)) }

// firstKnock says at once that there is no server.
func (d *day) firstKnock(ctx context.Context) error {
	c := newClient(d.o.URL, ownAddress(0), d.tally)
	defer c.http.CloseIdleConnections()
	if err := c.fetchCSRF(ctx); err != nil {
		return fmt.Errorf("no server answers at %s: %w", d.o.URL, err)
	}
	return nil
}

func (d *day) begin(ctx context.Context, do func(context.Context)) {
	d.wait.Go(func() { do(ctx) })
}

// arrivals has one after the other come, until the time is over.
func (d *day) arrivals(ctx context.Context) {
	for sleep(ctx, d.dice.next(d.o.Rate)) == nil {
		d.arrive(ctx)
	}
}

// arrive has the next person come who is not there yet.
func (d *day) arrive(ctx context.Context) {
	for range d.people {
		p := d.people[d.at%len(d.people)]
		d.at++
		if p.busy.TryLock() {
			d.wait.Go(func() {
				defer p.busy.Unlock()
				_ = d.visit(ctx, p) // told in the report
			})
			return
		}
	}
}

// enrollSome gives every fourth an authenticator app, one after the other.
func (d *day) enrollSome(ctx context.Context) {
	for i := 3; i < len(d.people); i += 4 {
		p := d.people[i]
		p.busy.Lock()
		c := newClient(d.o.URL, p.from, d.tally)
		err := p.enroll(ctx, c)
		c.http.CloseIdleConnections()
		p.busy.Unlock()
		if err != nil {
			return
		}
	}
}

func (d *day) tell(ctx context.Context) {
	for d.o.Told != nil && sleep(ctx, time.Second) == nil {
		d.o.Told(d.tally.report())
	}
}
