package store

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

func TestConflictsAreRunAgainThreeTimesAndNoMore(t *testing.T) {
	t.Parallel()
	s := ofTest(t, ground.Postgres(t).NewDatabase(t))
	for code, want := range map[string]int{"40001": 4, "40P01": 4, "55P03": 4, "23505": 1, "42601": 1} {
		for _, failing := range []int{2, 100} {
			ran := 0
			err := s.write(t.Context(), "try", func(context.Context, *tx) error {
				if ran++; ran <= failing {
					return &pgconn.PgError{Code: code}
				}
				return nil
			})
			if limit := min(want, failing+1); ran != limit || (err == nil) != (ran > failing) {
				t.Errorf("%s, %d times: run %d times, not %d, and ended with %v", code, failing, ran, limit, err)
			}
		}
	}
}

// Two transactions that take the same locks the other way round: PostgreSQL
// ends one of them after a second, and it must run again.
func TestDeadlockIsRunAgain(t *testing.T) {
	t.Parallel()
	s := ofTest(t, ground.PrivatePostgres(t, ground.Options{}).NewDatabase(t))
	if _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	met := make(chan struct{}, 2)
	lock := func(first, second string) func(context.Context, *tx) error {
		again := false
		return func(ctx context.Context, t *tx) error {
			if err := t.lockName(ctx, first); err != nil {
				return err
			}
			if !again { // both hold one before either asks for the other
				again = true
				met <- struct{}{}
				for deadline := time.Now().Add(3 * time.Second); len(met) < 2 && time.Now().Before(deadline); {
					time.Sleep(time.Millisecond)
				}
			}
			return t.lockName(ctx, second)
		}
	}
	done := make(chan error, 2)
	go func() { done <- s.write(t.Context(), "one way", lock("a", "b")) }()
	go func() { done <- s.write(t.Context(), "the other way", lock("b", "a")) }()
	for range 2 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// What may have been committed is not run again, and nothing is when its
// commit was refused.
func TestLostConnectionIsRunAgainOnlyBeforeTheCommit(t *testing.T) {
	t.Parallel()
	s := ofTest(t, ground.Postgres(t).NewDatabase(t))
	ran := 0
	err := s.write(t.Context(), "lose the connection", func(ctx context.Context, t *tx) error {
		ran++
		if ran == 1 {
			_, err := t.ExecContext(ctx, `SELECT pg_terminate_backend(pg_backend_pid())`)
			return err
		}
		return nil
	})
	if err != nil || ran != 2 {
		t.Errorf("a connection that was lost before the commit: run %d times, %v", ran, err)
	}
	ran = 0
	err = s.persist(t.Context(), "commit", func(context.Context) (bool, error) {
		ran++
		return false, &pgconn.ConnectError{}
	})
	if ran != 1 || err == nil {
		t.Errorf("what may have been committed was run %d times, %v", ran, err)
	}
}

// The library says of a transaction that was ended by its deadline that it was
// done already, which is no reason to answer that the program has a fault.
func TestDeadlineInTheMiddleIsAnOutage(t *testing.T) {
	t.Parallel()
	s := ofTest(t, ground.Postgres(t).NewDatabase(t))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	err := s.write(ctx, "be late", func(ctx context.Context, t *tx) error {
		<-ctx.Done()
		for { // until the library has noticed
			if _, err := t.ExecContext(context.Background(), `SELECT 1`); errors.Is(err, sql.ErrTxDone) {
				return err
			}
		}
	})
	if !fault.Is(err, api.CodeDatabaseUnavailable) {
		t.Errorf("it is answered %v", err)
	}
}

// Two hundred for four connections: each would wait for some seconds, and is
// told so after one.
func TestCrowdIsRefusedAfterASecond(t *testing.T) {
	t.Parallel()
	s := ofTest(t, ground.Postgres(t).NewDatabase(t))
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	var all sync.WaitGroup
	var refused, served atomic.Int64
	for range 200 {
		all.Go(func() {
			for ctx.Err() == nil && refused.Load() == 0 {
				began := time.Now()
				err := s.write(ctx, "work", func(ctx context.Context, t *tx) error {
					_, err := t.ExecContext(ctx, `SELECT pg_sleep(0.05)`)
					return err
				})
				switch {
				case err == nil:
					served.Add(1)
				case errors.Is(err, errCrowd) && fault.Is(err, api.CodeDatabaseUnavailable):
					refused.Add(1)
					if took := time.Since(began); took < queueLimit {
						t.Errorf("refused after %s already", took)
					}
				}
			}
		})
	}
	all.Wait()
	if refused.Load() == 0 || served.Load() == 0 {
		t.Errorf("of a crowd %d were refused and %d served", refused.Load(), served.Load())
	}
}

func ofTest(t *testing.T, url string) *Store {
	t.Helper()
	s, err := Open(t.Context(), Options{Engine: Postgres, DSN: url, MaxConns: 4, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}
