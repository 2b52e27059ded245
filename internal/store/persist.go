package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// insist is what persist does.
func (s *Store) insist(ctx context.Context, step string, once func(context.Context) (undone bool, err error)) error {
	probe, err := s.enter()
	if err != nil {
		return classify(step, err)
	}
	defer s.breaker.leave(probe)
	caller, limit := ctx, deadline
	if probe {
		limit = slow
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	for try := 1; ; try++ {
		began := time.Now()
		undone, err := once(ctx)
		s.heard(caller, ctx, err, began)
		pause, ok := s.retry(err, undone, probe, try)
		if !ok {
			return classify(step, err)
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return classify(step, err)
		}
	}
}

// retry says whether to run it once more, and after which pause. Both pauses
// differ by chance, so that those who met do not meet again.
func (s *Store) retry(err error, undone, probe bool, try int) (pause time.Duration, ok bool) {
	if err == nil {
		return 0, false
	}
	chance := time.Duration(secret.Random(1)[0])
	if retry, stale := again(err); retry {
		if stale && !s.renew(err) {
			return 0, false
		}
		return time.Duration(try) * (5 + chance/8) * time.Millisecond, try < tries
	}
	if s.pool == nil || !undone || probe || !lost(err) || !s.breaker.patient(time.Now()) {
		return 0, false
	}
	return 30*time.Millisecond + chance*time.Millisecond/4, true
}

// enter asks the breaker. SQLite has none: a file is there or is not, and says
// so at once.
func (s *Store) enter() (probe bool, err error) {
	if s.pool == nil {
		return false, nil
	}
	return s.breaker.enter(time.Now())
}

// heard tells the breaker how one attempt ended. A caller who went away, or had
// less time than a query may take, says nothing of the database; nor does a
// crowd before it. In a long outage all connections are given up: those that
// lead nowhere would else be found out one by one.
func (s *Store) heard(caller, ctx context.Context, err error, began time.Time) {
	if s.pool == nil || caller.Err() != nil || errors.Is(err, errCrowd) {
		return
	}
	if loginRefused(err) {
		s.refused()
	}
	now := time.Now()
	s.breaker.heard(now, ctx.Err() == nil && !lost(err) && now.Sub(began) < slow)
	if s.breaker.away(now) {
		s.renewSeldom()
	}
}

// renew gives all connections up, so that the next ones are made anew. A server
// that takes no writes may have handed its part over to another host of the
// address, or may be all there is, so for it this is done seldom.
func (s *Store) renew(err error) bool {
	if readOnly(err) {
		return s.renewSeldom()
	}
	if s.pool != nil {
		s.pool.Reset()
	}
	return true
}

// renewSeldom does it once a second at most, and says whether it did.
func (s *Store) renewSeldom() bool {
	now, before := time.Now().UnixMilli(), s.renewed.Load()
	if s.pool == nil || now-before < time.Second.Milliseconds() || !s.renewed.CompareAndSwap(before, now) {
		return false
	}
	s.pool.Reset()
	return true
}

// begin opens a transaction, and waits no longer than queueLimit for it while
// others are let in. end belongs after the transaction: it says why one ended
// that was ended from outside, which the library calls done already.
func (s *Store) begin(ctx context.Context) (t *sql.Tx, end func(error) error, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	end = func(err error) error {
		cause := context.Cause(ctx)
		if err != nil && cause != nil && (errors.Is(err, sql.ErrTxDone) || errors.Is(cause, errCrowd)) {
			err = cause
		}
		cancel(nil)
		return err
	}
	got := make(chan struct{})
	if s.pool != nil {
		wait := time.AfterFunc(queueStep, func() { s.crowded(got, cancel) })
		defer wait.Stop()
	}
	t, err = s.rw.BeginTx(ctx, nil)
	close(got)
	if err != nil {
		err = end(err)
	}
	return t, end, err
}

// crowded gives the wait for a connection up when others were answered in each
// step of queueLimit.
func (s *Store) crowded(got chan struct{}, give context.CancelCauseFunc) {
	last := s.breaker.answered()
	for served := 0; served < int(queueLimit/queueStep); {
		select {
		case <-got:
			return
		case <-time.After(queueStep):
		}
		if now := s.breaker.answered(); now.After(last) {
			served++
			last = now
		}
	}
	select {
	case <-got:
	default:
		give(errCrowd)
	}
}
