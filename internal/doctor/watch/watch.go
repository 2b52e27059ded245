package watch

import (
	"hash/maphash"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
)

// window is how long a sighting counts.
const window = 15 * time.Minute

// enough is how many independent clients make a finding.
const enough = 3

// Options is what there is to know of the deployment.
type Options struct {
	// PublicURL is the one address that people should use, without a slash at
	// the end.
	PublicURL string
	// BehindProxy is set where something must stand in front: PUBLIC_URL is https
	// and this server speaks http.
	BehindProxy bool
	// LegacyUntil is the last moment of tokens of the old form; zero where they
	// are refused.
	LegacyUntil time.Time
	// Started is when the server started.
	Started time.Time
	// Lacks says what keeps people from an application at an origin, and Gives the
	// lines of settings that let them through; nil where there are no applications.
	Lacks func(origin string) Lack
	Gives func(origins ...string) []string
}

// Cookies are those of ours that matter here.
type Cookies uint8

// The cookies.
const (
	Session Cookies = 1 << iota
	CSRF
)

// Request is one answered request.
type Request struct {
	At time.Time
	ID string
	// IP is the client's address as far as it is believed; Peer is the other end
	// of the connection, Trusted says that it is a proxy of ours.
	IP      string
	Peer    netip.Addr
	Trusted bool
	// Forwarded is the last address of X-Forwarded-For, or "?" where only
	// another header of that family was sent.
	Forwarded string
	Agent     string
	Host      string
	Origin    string
	// Browser is set when Origin or Sec-Fetch-Site was sent; SameOrigin when the
	// browser itself says that the page is of this very address.
	Browser, SameOrigin bool
	// Unsafe is set for requests that may change something, Bearer where a token
	// was shown, Page where the answer is for people.
	Unsafe, Bearer, Page bool
	Sent, Set            Cookies
	// Route is the pattern, never the path.
	Route  string
	Status int
	Code   api.Code
	Reason string
	// Cause is the private sentence of a refusal, where there is one.
	Cause string
	// Address is the account's that a limit was decided about.
	Address string
	// Wanted is the origin of an application that a browser wanted to open, where a
	// proxy asked and was told no.
	Wanted string
}

// Watch is safe for use by many goroutines.
type Watch struct {
	o    Options
	seed maphash.Seed
	// waiting is the number of cookies whose return is waited for: while there
	// are none, an answer that is in order costs one look at it.
	waiting atomic.Int32

	mu       sync.Mutex
	cookies  cookies
	refusals refusals
	signIns  signIns
	tokens   tokens
	codes    codes
	locks    locks
	wave     wave
	hosts    hosts
}

// New watches from now on.
func New(o Options) *Watch { return &Watch{o: o, seed: maphash.MakeSeed()} }

// Idle says that no cookie is waited for, so that an answer which is in order,
// to a request that changed nothing, tells nothing.
func (w *Watch) Idle() bool { return w.waiting.Load() == 0 }

// SetLegacyUntil moves the last moment of tokens of the old form.
func (w *Watch) SetLegacyUntil(t time.Time) {
	w.mu.Lock()
	w.o.LegacyUntil = t
	w.mu.Unlock()
}

// Done is told of every request that was answered.
func (w *Watch) Done(r *Request) {
	if r.Code == "" && r.Set == 0 && !r.Unsafe && (w.waiting.Load() == 0 || r.Sent == 0 && r.Bearer) {
		return
	}
	who := w.who(r)
	if r.Code == "" && r.Set == 0 && !r.Unsafe && !w.cookies.expects(who) {
		return // while others sign in, a session check waits for no lock
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cookies.done(w, r, who)
	if r.Code != "" || r.Unsafe {
		w.refusals.done(w, r, who)
		w.tokens.done(r, who)
		w.signIns.done(w, r)
		w.locks.done(w, r, who)
		w.hosts.done(w, r, who)
	}
	w.waiting.Store(int32(len(w.cookies.waiting)))
}

// Heard is told of every audit row.
func (w *Watch) Heard(r audit.Row) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch r.Event {
	case audit.EventLogin:
		w.wave.heard(w, r)
		w.signIns.heard(w, r)
		w.codes.right(w, r)
	case audit.EventFactorAnswered, audit.EventReauth:
		w.codes.heard(w, r)
	case audit.EventRefreshReuse:
		w.tokens.reused(w, r)
	case audit.EventLegacySession:
		w.tokens.legacy(w, r)
	}
}

// Findings are what it all adds up to at the moment, in a fixed order.
func (w *Watch) Findings(now time.Time) []api.Finding {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []api.Finding
	for _, look := range []func(*Watch, time.Time) (api.Finding, bool){
		w.signIns.finding, w.tokens.unknownKey, w.tokens.races, w.tokens.oldForm, w.codes.finding,
		w.refusals.otherAddress, w.refusals.origin, w.cookies.finding, w.refusals.csrf, w.refusals.body, w.locks.finding, w.wave.finding,
		w.hosts.finding,
	} {
		if f, found := look(w, now); found {
			out = append(out, f)
		}
	}
	return out
}
