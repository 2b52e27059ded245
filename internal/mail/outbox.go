package mail

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// Store keeps letters from the decision that they tell of until they have left.
type Store interface {
	// LeaseLetters gives at most limit letters that are due at now and not
	// leased, and leases them until `until`, by one conditional write: of
	// several nodes one gets a letter. A letter whose lease ends unanswered is
	// due again. The lease is what counts a try, so that a letter which ends
	// the process does not come back for ever.
	LeaseLetters(ctx context.Context, now, until time.Time, limit int) ([]Stored, error)
	// LetterSent ends the letter; what was sealed may go.
	LetterSent(ctx context.Context, id string, now time.Time) error
	// LetterFailed ends the lease: the letter is due at next, or never again
	// when gaveUp. The cause is for the operator and holds no secret.
	LetterFailed(ctx context.Context, id string, next time.Time, gaveUp bool, cause string, now time.Time) error
}

// Stored is a leased letter.
type Stored struct {
	Letter
	// Tries counts the leases, this one included.
	Tries     int
	CreatedAt time.Time
}

// OutboxOptions is what an Outbox needs; all of it.
type OutboxOptions struct {
	Store  Store
	Sender Sender
	Sealer Sealer
	Log    *slog.Logger
	Now    func() time.Time
	// Every is how often the store is asked when nobody calls Wake.
	Every time.Duration
}

// Stats counts since the start of the process.
type Stats struct{ Sent, Failed, GaveUp uint64 }

// Outbox sends the stored letters.
type Outbox struct {
	o                    OutboxOptions
	wake                 chan struct{}
	sent, failed, gaveUp atomic.Uint64
}

const (
	// parallel letters at once.
	parallel = 2
	// lease must outlive a conversation with the slowest server and the writing
	// of its end; a letter of a dead node waits as long.
	lease = time.Minute
	// grace is how long a conversation may go on when the process is to end.
	grace = 3 * time.Second
)

// NewOutbox refuses when something is missing.
func NewOutbox(o OutboxOptions) (*Outbox, error) {
	if o.Store == nil || o.Sender == nil || o.Sealer == nil || o.Log == nil || o.Now == nil || o.Every <= 0 {
		return nil, errors.New("mail: every need of the outbox must be given")
	}
	return &Outbox{o: o, wake: make(chan struct{}, 1)}, nil
}

// Wake tells that a letter was stored, so that it leaves at once. It never
// waits; call it after the commit.
func (b *Outbox) Wake() {
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// Stats gives the counts.
func (b *Outbox) Stats() Stats { return Stats{b.sent.Load(), b.failed.Load(), b.gaveUp.Load()} }

// Run sends until ctx ends, and returns when no letter is under way any more.
func (b *Outbox) Run(ctx context.Context) {
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(grace, cancel) })()
	var busy sync.WaitGroup
	defer busy.Wait()
	every := time.NewTicker(b.o.Every)
	defer every.Stop()
	slots := make(chan struct{}, parallel)
	for {
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
			return
		}
		if l, ok := b.next(ctx); ok {
			busy.Go(func() {
				defer func() { <-slots }()
				b.deliver(work, l)
			})
			continue
		}
		<-slots
		select {
		case <-b.wake:
		case <-every.C:
		case <-ctx.Done():
			return
		}
	}
}

// next leases one letter. More at once would only age in this node's hands.
func (b *Outbox) next(ctx context.Context) (Stored, bool) {
	if ctx.Err() != nil {
		return Stored{}, false
	}
	now := b.o.Now()
	letters, err := b.o.Store.LeaseLetters(ctx, now, now.Add(lease), 1)
	if err != nil && ctx.Err() == nil {
		b.o.Log.Warn("the outbox could not be read", "error", err)
	}
	if err != nil || len(letters) == 0 {
		return Stored{}, false
	}
	return letters[0], true
}
