package password

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"time"
)

// Options are what New needs. The zero value of each means its default.
type Options struct {
	// Algorithm of new hashes: Argon2id (default), or Bcrypt for a system that
	// still shares the table.
	Algorithm string
	// Upgrade lets Check ask for a new hash where the old one is weaker.
	Upgrade bool
	// Workers is how many hashes run at once; 0 is GOMAXPROCS at this moment,
	// which Go takes from the cgroup's quota.
	Workers int
	// MaxWait is how long a job waits for a worker at most; default 2 s. The
	// queue counts as full when a job would probably wait three quarters of it.
	MaxWait time.Duration
	// BcryptCost of new bcrypt hashes, 4 to 14; default 12. Below 10 is for
	// tests (ASVS 11.4.2).
	BcryptCost int
	// Argon are the parameters of new argon2id hashes; default 19456 KiB, t=2,
	// p=1, which is OWASP's floor. Less is for tests.
	Argon Params
	// Stretch are the parameters of Stretch; zero but in tests.
	Stretch Params
	// Observe, when set, is told the time of every hash that ran.
	Observe func(algorithm string, d time.Duration)
	// Followed, when set, is told of each password that was hashed or checked, with
	// all that it waited, whatever came of it.
	Followed func(ctx context.Context, began time.Time)
	// Waited, when set, is told how long each job that ran had waited.
	Waited func(d time.Duration)
	// Now is the clock; default time.Now.
	Now func() time.Time
}

// Hasher is the one place where passwords are hashed.
type Hasher struct {
	engine  engine
	pool    *pool
	costs   *costs
	kind    kind // of new hashes and of the dummy
	stretch Params
	upgrade bool
	observe func(string, time.Duration)
	follow  func(context.Context, time.Time)
	now     func() time.Time

	background context.Context // of the measuring; ended by Close
	end        context.CancelFunc
	measuring  sync.WaitGroup
}

// New makes a Hasher, or says which option is wrong.
func New(o Options) (*Hasher, error) { return newHasher(o, realEngine()) }

func newHasher(o Options, e engine) (*Hasher, error) {
	k, err := o.kind()
	if err != nil {
		return nil, err
	}
	if o.Workers < 0 || o.MaxWait < 0 {
		return nil, fmt.Errorf("password: workers (%d) and the longest wait (%s) cannot be negative", o.Workers, o.MaxWait)
	}
	if o.Workers == 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.MaxWait == 0 {
		o.MaxWait = 2 * time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Stretch == (Params{}) {
		o.Stretch = stretchArgon
	}
	if o.Observe == nil {
		o.Observe = func(string, time.Duration) {}
	}
	if o.Followed == nil {
		o.Followed = func(context.Context, time.Time) {}
	}
	if o.Waited == nil {
		o.Waited = func(time.Duration) {}
	}
	h := &Hasher{
		engine: e, kind: k, stretch: o.Stretch, upgrade: o.Upgrade, observe: o.Observe, follow: o.Followed, now: o.Now,
		pool:  newPool(o.Workers, o.MaxWait, o.Now, o.Waited),
		costs: newCosts(o.Now),
	}
	h.background, h.end = context.WithCancel(context.Background())
	h.costs.see(k)
	return h, nil
}

// kind is the kind of new hashes, checked against what may run.
func (o Options) kind() (kind, error) {
	if o.BcryptCost == 0 {
		o.BcryptCost = 12
	}
	if o.Argon == (Params{}) {
		o.Argon = Params{Memory: 19456, Time: 2, Lanes: 1}
	}
	var k kind
	switch o.Algorithm {
	case "", Argon2id:
		k = kind{algorithm: Argon2id, argon: o.Argon}
	case Bcrypt:
		k = kind{algorithm: Bcrypt, cost: o.BcryptCost}
	default:
		return kind{}, fmt.Errorf("password: %q is not an algorithm for new hashes; %q and %q are", o.Algorithm, Argon2id, Bcrypt)
	}
	if _, _, unusable := parseKind(k.String()); unusable != "" {
		return kind{}, fmt.Errorf("password: hashes of the kind %s could not be checked afterwards (%s)", k, unusable)
	}
	return k, nil
}

// Close ends the measuring in the background, waits for it, and ends the
// threads. Nobody may ask for a hash afterwards.
func (h *Hasher) Close() {
	h.end()
	h.measuring.Wait()
	h.pool.threads.end()
}

// Stats is the pool at this moment.
func (h *Hasher) Stats() Stats { return h.pool.snapshot() }

// Cost is the measured mean of the kind that new hashes have.
func (h *Hasher) Cost() time.Duration { return h.costs.expected(h.kind) }

// Room says whether a check would find a place in the queue, and gives the
// fault for the client if not. It comes before the account is looked up: a
// full queue should cost no query. Of which kind the hash will be is not known
// then.
func (h *Hasher) Room(ctx context.Context) error {
	return h.pool.room(h.pool.from(ctx), h.costs.typical(h.kind), false)
}

// Keep is Room, and keeps the place for the next job under the context of From:
// of a thousand who find room at once, those are turned away for whom there will
// be none, before their attempts are written. Whoever goes away before the job
// calls Leave. Without From nothing is kept, since nothing could be left.
func (h *Hasher) Keep(ctx context.Context) error {
	return h.pool.room(h.pool.from(ctx), h.costs.typical(h.kind), named(ctx))
}

// Leave lets the place go that Keep kept, if no job took it.
func (h *Hasher) Leave(ctx context.Context) {
	h.pool.mu.Lock()
	defer h.pool.mu.Unlock()
	h.pool.drop(h.pool.from(ctx))
}

// Rest gives the memory of hashing back, which is kept from one hash to the
// next; for whoever sees that nobody has signed in for a while.
func (h *Hasher) Rest() { h.engine.rest() }

// timed runs one hash on the caller's worker and measures it.
func (h *Hasher) timed(k kind, run func()) {
	start := h.now()
	run()
	d := h.now().Sub(start)
	h.costs.record(k, d)
	h.observe(k.algorithm, d)
}
