package password

import (
	"context"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
)

// Result is the answer of a check. Whoever refuses after one, for whatever
// reason, does it by Refuse.
type Result struct {
	// OK says that the password is the one of the hash.
	OK bool
	// Upgrade says that the stored hash should now be replaced by a new one.
	Upgrade bool
	// Unusable is why the stored hash never ran: HashEmpty, HashUnknown or
	// HashTooExpensive. The last two are faults of the table to report.
	Unusable string
	// Began is when a worker took the check up.
	Began time.Time

	until time.Time
	hold  func(context.Context, time.Time)
}

// Refuse holds until every account's refusal would be due and gives the one
// answer that all of them share. The reason is the private one, such as
// "wrong_password" or "account_disabled". Do what is to be done about the
// failure before: time spent there does not show.
func (r Result) Refuse(ctx context.Context, reason string) *fault.Error {
	if r.hold != nil {
		r.hold(ctx, r.until)
	}
	return fault.New(api.CodeInvalidCredentials, reason, "The address or the password is not right.")
}

// Hash makes the hash of a new password. The policy has spoken before; what
// could not be checked again afterwards is refused here too.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	if len(password) > MaxBytes {
		return "", tooManyBytes()
	}
	defer h.follow(ctx, h.now())
	text := forms(password)[0]
	if f := unhashable(h.kind.algorithm, text); f != nil {
		return "", f
	}
	var hash string
	var failed error
	_, err := h.pool.do(ctx, job{cost: h.Cost(), run: func() {
		h.timed(h.kind, func() { hash, failed = h.engine.make(h.kind, text) })
	}})
	if err != nil {
		return "", err
	}
	return hash, failed
}

// Check compares a password with a stored hash. An unknown account, or one
// without a password, passes an empty hash and costs the same time. The error
// is a full queue, a client that went away, or a password above MaxBytes.
func (h *Hasher) Check(ctx context.Context, hash, password string) (Result, error) {
	if len(password) > MaxBytes {
		return Result{}, tooManyBytes()
	}
	defer h.follow(ctx, h.now())
	texts := forms(password)
	st, unusable := parse(hash)
	if unusable == "" {
		h.costs.see(st.kind)
	}
	if points(texts[0]) > MaxPoints { // was never hashed here
		return h.idle(ctx, 1, unusable)
	}
	if unusable != "" {
		return h.idle(ctx, len(texts), unusable)
	}
	r := Result{}
	cost := h.costs.expected(st.kind) * time.Duration(len(texts))
	began, err := h.pool.do(ctx, job{cost: cost, run: func() {
		for i, text := range texts {
			h.timed(st.kind, func() { r.OK = h.engine.verify(st, text) })
			if r.OK {
				r.Upgrade = h.wants(st.kind, texts[0], i > 0)
				return
			}
		}
	}})
	return h.held(r, began, len(texts)), err
}

// Dummy costs what the check of a real account costs, for a path that has no
// password to check.
func (h *Hasher) Dummy(ctx context.Context) (Result, error) { return h.idle(ctx, 1, HashEmpty) }

// idle does the work of so many checks of the default kind and says no.
func (h *Hasher) idle(ctx context.Context, times int, unusable string) (Result, error) {
	began, err := h.pool.do(ctx, job{cost: h.Cost() * time.Duration(times), run: func() {
		for range times {
			h.timed(h.kind, func() { h.engine.dummy(h.kind) })
		}
	}})
	return h.held(Result{Unusable: unusable}, began, times), err
}

// held notes until when a refusal must wait: the dearest kind in the table,
// for each form of the password that was tried.
func (h *Hasher) held(r Result, began time.Time, times int) Result {
	r.Began = began
	r.until = began.Add(h.costs.dearest() * time.Duration(times))
	r.hold = h.sleep
	return r
}

// wants says whether a hash that just matched should be replaced: it is weaker
// than new ones, or only matched the bytes as sent, so that a device that
// writes the same password in NFC would be refused. bcrypt is chosen where
// another program reads the table, and that one wants its own bytes back.
func (h *Hasher) wants(k kind, text string, asSent bool) bool {
	if !h.upgrade || unhashable(h.kind.algorithm, text) != nil {
		return false
	}
	return k.weaker(h.kind) || asSent && h.kind.algorithm == Argon2id
}
