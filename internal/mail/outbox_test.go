package mail

import (
	"bytes"
	"context"
	"errors"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// office is an outbox over a shelf, with a clock that only the test moves.
type office struct {
	*Outbox
	t        *testing.T
	shelf    *shelf
	composer *Composer
	page     *page
	now      atomic.Int64
	sealer   Sealer
}

type sending func(context.Context, Envelope) error

func (f sending) Send(ctx context.Context, e Envelope) error { return f(ctx, e) }

func newOffice(t *testing.T, s Sender) *office {
	t.Helper()
	o := &office{t: t, shelf: newShelf(), sealer: newBox(t)}
	o.now.Store(noon.UnixMilli())
	o.composer = composer(t, o.sealer)
	o.Outbox, o.page = o.node(s)
	return o
}

// node is one more worker on the same shelf.
func (o *office) node(s Sender) (*Outbox, *page) {
	o.t.Helper()
	log, page := newLog()
	b, err := NewOutbox(OutboxOptions{
		Store: o.shelf, Sender: s, Sealer: o.sealer, Log: log, Now: o.clock, Every: time.Hour, // only Wake brings it on
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return b, page
}

func (o *office) clock() time.Time        { return time.UnixMilli(o.now.Load()).UTC() }
func (o *office) forward(d time.Duration) { o.now.Add(d.Milliseconds()) }

// write puts a letter on the shelf.
func (o *office) write(m Message) Letter {
	o.t.Helper()
	l, err := o.composer.Compose(m)
	if err != nil {
		o.t.Fatal(err)
	}
	o.shelf.put(l, o.clock())
	return l
}

// run starts a worker, which ends with the test or with the function.
func (o *office) run(b *Outbox) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); b.Run(ctx) }()
	stop = sync.OnceFunc(func() { cancel(); <-done })
	o.t.Cleanup(stop)
	return stop
}

// moved waits until that many letters ended or failed.
func (o *office) moved(n int) {
	o.t.Helper()
	for range n {
		select {
		case <-o.shelf.moved:
		case <-time.After(20 * time.Second):
			o.t.Fatalf("no letter moved:\n%s", o.page)
		}
	}
}

func TestStoredLetterLeavesAtOnce(t *testing.T) {
	p := new(post).open(t, nil)
	o := newOffice(t, sender(t, "smtp://"+p.addr+"?starttls=none", SMTPOptions{}))
	o.run(o.Outbox)
	l := o.write(full(KindReset))
	o.Wake()
	o.moved(1)
	got := p.letters()
	if len(got) != 1 || !bytes.Contains(got[0].data, []byte(l.ID)) || !o.shelf.row(l.ID).sent {
		t.Fatalf("%d letters", len(got))
	}
	for range 20 {
		o.write(full(KindNewDevice))
	}
	o.Wake()
	o.moved(20)
	if got := o.Stats(); got != (Stats{Sent: 21}) || len(p.letters()) != 21 {
		t.Errorf("%+v, %d letters", got, len(p.letters()))
	}
}

func TestLogNamesTheLetterAndNothingInIt(t *testing.T) {
	o := newOffice(t, sending(func(context.Context, Envelope) error { return nil }))
	stop := o.run(o.Outbox)
	l := o.write(full(KindReset))
	o.Wake()
	o.moved(1)
	stop()
	said := o.page.String()
	for _, want := range []string{"letter sent", "kind=reset_password", l.ID, "a***@example.org"} {
		if !strings.Contains(said, want) {
			t.Errorf("the log lacks %q:\n%s", want, said)
		}
	}
	if strings.Contains(said, "mXb3v9sQ1nY7") || strings.Contains(said, "ada@") || strings.Count(said, "\n") != 1 {
		t.Errorf("the log says:\n%s", said)
	}
}

func TestDeferredLetterComesBackAndRefusedOneDoesNot(t *testing.T) {
	var answer atomic.Pointer[smtp.SMTPError]
	p := &post{onRcpt: func() error {
		if a := answer.Load(); a != nil {
			return a
		}
		return nil
	}}
	p.open(t, nil)
	o := newOffice(t, sender(t, "smtp://"+p.addr+"?starttls=none", SMTPOptions{}))
	o.run(o.Outbox)
	answer.Store(&smtp.SMTPError{Code: 451, Message: "later, ada@example.org"})
	l := o.write(full(KindPasswordChanged))
	before := time.Duration(0)
	for try := 1; try <= 4; try++ {
		o.Wake()
		o.moved(1)
		r := o.shelf.row(l.ID)
		wait := r.next.Sub(o.clock())
		if r.gone || r.Tries != try || wait <= before || strings.Contains(r.cause, "ada@") || !strings.Contains(r.cause, "451") {
			t.Fatalf("try %d: next in %s, %+v", try, wait, r)
		}
		before = wait
		o.forward(wait)
	}
	answer.Store(nil)
	o.Wake()
	o.moved(1)
	if !o.shelf.row(l.ID).sent || len(p.letters()) != 1 {
		t.Error("the letter did not leave when the server took it")
	}
	answer.Store(&smtp.SMTPError{Code: 550, Message: "never"})
	l = o.write(full(KindPasswordChanged))
	o.Wake()
	o.moved(1)
	if r := o.shelf.row(l.ID); !r.gone || r.Tries != 1 {
		t.Errorf("refused for good: %+v", r)
	}
	if got := o.Stats(); got != (Stats{Sent: 1, Failed: 5, GaveUp: 1}) {
		t.Errorf("%+v", got)
	}
}

func TestLetterIsGivenUpAfterItsTriesItsDayOrItsLink(t *testing.T) {
	var sent atomic.Int64
	o := newOffice(t, sending(func(context.Context, Envelope) error { sent.Add(1); return errors.New("the network is down") }))
	o.run(o.Outbox)
	alert := o.write(full(KindNewDevice))
	tries := 0
	for !o.shelf.row(alert.ID).gone {
		o.Wake()
		o.moved(1)
		tries++
		r := o.shelf.row(alert.ID)
		if tries > maxTries || o.clock().Sub(noon) > maxAge {
			t.Fatalf("try %d at %s", tries, o.clock().Sub(noon))
		}
		if !r.gone {
			o.now.Store(r.next.UnixMilli() + 1)
		}
	}
	if tries < 10 {
		t.Errorf("given up after %d tries", tries)
	}
	// A link of an hour: not sent when it has ended.
	reset := o.write(func() Message { m := full(KindReset); m.At = o.clock(); return m }())
	o.forward(time.Hour)
	before := sent.Load()
	o.Wake()
	o.moved(1)
	if r := o.shelf.row(reset.ID); !r.gone || !strings.Contains(r.cause, "link") || sent.Load() != before {
		t.Errorf("a dead link: %+v", r)
	}
	// A letter that ended the process each time is not tried for ever.
	poison := o.write(full(KindNewDevice))
	o.shelf.mu.Lock()
	o.shelf.rows[poison.ID].Tries = maxTries
	o.shelf.mu.Unlock()
	o.Wake()
	o.moved(1)
	if r := o.shelf.row(poison.ID); !r.gone || sent.Load() != before {
		t.Errorf("poison: %+v", r)
	}
}

func TestLetterOfADeadWorkerIsSentAfterItsLease(t *testing.T) {
	o := newOffice(t, sending(func(context.Context, Envelope) error { return nil }))
	l := o.write(full(KindReset))
	// Another node leased it and died.
	if got, err := o.shelf.LeaseLetters(t.Context(), o.clock(), o.clock().Add(lease), 1); err != nil || len(got) != 1 {
		t.Fatal(got, err)
	}
	o.forward(lease - time.Second)
	if _, ok := o.next(t.Context()); ok {
		t.Fatal("a leased letter was leased again")
	}
	o.forward(time.Second)
	o.run(o.Outbox)
	o.moved(1)
	if r := o.shelf.row(l.ID); !r.sent || r.Tries != 2 {
		t.Errorf("after the lease: %+v", r)
	}
}

func TestManyNodesSendEachLetterOnce(t *testing.T) {
	var mu sync.Mutex
	seen := map[string]int{}
	s := sending(func(_ context.Context, e Envelope) error {
		mu.Lock()
		seen[e.ID]++
		mu.Unlock()
		return nil
	})
	o := newOffice(t, s)
	for range 100 {
		o.write(full(KindNewDevice))
	}
	for range 3 {
		b, _ := o.node(s)
		o.run(b)
	}
	o.moved(100)
	mu.Lock()
	defer mu.Unlock()
	for id, n := range seen {
		if n != 1 {
			t.Errorf("%s was sent %d times", id, n)
		}
	}
	if len(seen) != 100 {
		t.Errorf("%d letters", len(seen))
	}
}

// A slow server holds up its own letters only, and the end of the process waits
// for what is under way, but not for long.
func TestEndOfTheProcessFinishesWhatIsUnderWay(t *testing.T) {
	started, finish := make(chan struct{}, 10), make(chan struct{})
	o := newOffice(t, sending(func(ctx context.Context, _ Envelope) error {
		started <- struct{}{}
		select {
		case <-finish:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}))
	first, second := o.write(full(KindNewDevice)), o.write(full(KindNewDevice))
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); o.Run(ctx) }()
	<-started
	<-started // both at once
	third := o.write(full(KindNewDevice))
	o.Wake()
	cancel()
	close(finish)
	<-done
	if !o.shelf.row(first.ID).sent || !o.shelf.row(second.ID).sent || o.shelf.row(third.ID).Tries != 0 {
		t.Errorf("%+v %+v %+v", o.shelf.row(first.ID), o.shelf.row(second.ID), o.shelf.row(third.ID))
	}
}

// What the last letter came to is written even when its time was over.
func TestOutcomeIsWrittenWhenTheTimeIsOver(t *testing.T) {
	for _, answer := range []error{nil, context.Canceled} {
		o := newOffice(t, sending(func(context.Context, Envelope) error { return answer }))
		o.write(full(KindNewDevice))
		l, ok := o.next(t.Context())
		if !ok {
			t.Fatal("no letter")
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		o.deliver(ctx, l)
		if r := o.shelf.row(l.ID); r.sent != (answer == nil) || r.next.IsZero() != (answer == nil) {
			t.Errorf("after %v: %+v", answer, r)
		}
	}
}

func TestSilentServerLeavesNoGoroutine(t *testing.T) {
	addr := script(t, hang)
	o := newOffice(t, sender(t, "smtp://"+addr+"?starttls=none", SMTPOptions{Whole: 100 * time.Millisecond}))
	o.run(o.Outbox)
	for range 6 {
		o.write(full(KindNewDevice))
	}
	o.Wake()
	o.moved(6)
	for deadline := time.Now().Add(20 * time.Second); ; runtime.Gosched() {
		stacks := make([]byte, 1<<20)
		stacks = stacks[:runtime.Stack(stacks, true)]
		if !bytes.Contains(stacks, []byte("mail.(*SMTP)")) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("still talking:\n%s", stacks)
		}
	}
	if got := o.Stats(); got != (Stats{Failed: 6}) {
		t.Errorf("%+v", got)
	}
}

func TestUnreadableStoreIsTriedAgain(t *testing.T) {
	o := newOffice(t, sending(func(context.Context, Envelope) error { return nil }))
	o.shelf.leasing = errors.New("the database is away")
	if _, ok := o.next(t.Context()); ok || !strings.Contains(o.page.String(), "the database is away") {
		t.Errorf("log: %s", o.page)
	}
	o.shelf.leasing = nil
	l := o.write(full(KindNewDevice))
	o.run(o.Outbox)
	o.moved(1)
	if !o.shelf.row(l.ID).sent {
		t.Error("the letter stayed")
	}
}

// A seal that does not open may be a key which has not arrived yet.
func TestUnopenedLetterWaits(t *testing.T) {
	o := newOffice(t, sending(func(context.Context, Envelope) error { return nil }))
	l := o.write(full(KindNewDevice))
	o.shelf.mu.Lock()
	o.shelf.rows[l.ID].Sealed = newBox(t).Seal([]byte("{}"), "letter", l.ID)
	o.shelf.mu.Unlock()
	o.run(o.Outbox)
	o.moved(1)
	if r := o.shelf.row(l.ID); r.gone || r.sent || !strings.Contains(r.cause, "open the letter") {
		t.Errorf("%+v", r)
	}
}

func TestPausesGrowAndLettersPart(t *testing.T) {
	var sum time.Duration
	apart := map[time.Duration]bool{}
	for try := 1; try < maxTries; try++ {
		for _, id := range []string{"a", "b", "c", "d"} {
			d, usual := pause(id, try), pauses[min(try, len(pauses))-1]
			if d < usual*4/5 || d > usual*6/5 || d != pause(id, try) {
				t.Errorf("try %d: %s", try, d)
			}
			apart[d] = true
		}
		sum += pauses[min(try, len(pauses))-1]
	}
	if len(apart) < 30 || sum*6/5 > maxAge {
		t.Errorf("%d pauses, %s in all", len(apart), sum)
	}
	_ = pause("", 0)
}

func TestOutboxRefusesWhatIsMissing(t *testing.T) {
	good := newOffice(t, sending(nil)).o
	for name, spoil := range map[string]func(*OutboxOptions){
		"store": func(o *OutboxOptions) { o.Store = nil }, "sender": func(o *OutboxOptions) { o.Sender = nil },
		"sealer": func(o *OutboxOptions) { o.Sealer = nil }, "log": func(o *OutboxOptions) { o.Log = nil },
		"clock": func(o *OutboxOptions) { o.Now = nil }, "pause": func(o *OutboxOptions) { o.Every = 0 },
	} {
		o := good
		spoil(&o)
		if _, err := NewOutbox(o); err == nil {
			t.Errorf("an outbox without %s", name)
		}
	}
}
