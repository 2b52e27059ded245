package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/ratelimit"
)

// strayed is by how much the clocks of nodes may differ. A window that ends
// later than its length and this from now was begun by a clock that jumped
// ahead and came back: it is over, or it would shut people out for as long as
// the clock was wrong. The failures in a row stay.
const strayed = time.Minute

// TakeAttempt spends one attempt of a bucket by one conditional write, before
// the password is looked at: two hundred requests at once are never evaluated
// more often than the limit. The streak counts failures in a row over all
// windows.
func (s *Store) TakeAttempt(ctx context.Context, b ratelimit.Bucket, now time.Time) (got ratelimit.Taken, err error) {
	ms := millis(now)
	err = s.write(ctx, "count the attempt", func(ctx context.Context, t *tx) error {
		got = ratelimit.Taken{}
		row := t.QueryRowContext(ctx, `INSERT INTO attempts AS a (key, used, streak, window_ms, seen_ms) VALUES ($1, 1, 1, $3, $2)
			ON CONFLICT (key) DO UPDATE SET
				used = CASE WHEN a.window_ms <= $2 OR a.window_ms > $6 THEN 1 ELSE a.used + 1 END,
				window_ms = CASE WHEN a.window_ms <= $2 OR a.window_ms > $6 THEN $3 ELSE a.window_ms END,
				streak = a.streak + 1, seen_ms = $2
			WHERE (a.window_ms <= $2 OR a.window_ms > $6 OR a.used < $4) AND a.streak < $5
			RETURNING used`,
			b.Key, ms, ms+b.Per.Milliseconds(), b.Limit, b.Streak, millis(now.Add(b.Per+strayed)))
		var used int64
		err := row.Scan(&used)
		if err == nil {
			got.OK = true
			return nil
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		var window, streak int64
		err = t.QueryRowContext(ctx, `SELECT window_ms, streak FROM attempts WHERE key = $1`, b.Key).Scan(&window, &streak)
		if errors.Is(err, sql.ErrNoRows) { // swept or cleared in between: the next request finds it empty
			got.Wait = time.Second
			return nil
		}
		got = refused(b, window, streak, now)
		return err
	})
	return got, err
}

// refused is the answer to an attempt that the bucket has no room for.
func refused(b ratelimit.Bucket, window, streak int64, now time.Time) ratelimit.Taken {
	got := ratelimit.Taken{Shut: streak >= b.Streak, Wait: max(fromMillis(window).Sub(now), time.Second)}
	if got.Shut {
		got.Wait = max(got.Wait, b.Per)
	}
	return got
}

// lookAt is how many buckets one statement looks at.
const lookAt = 500

// LookAtAttempts says how the next attempt of each bucket would be answered, in
// their order. The condition is TakeAttempt's; nothing is written.
func (s *Store) LookAtAttempts(
	ctx context.Context, buckets []ratelimit.Bucket, now time.Time,
) (got []ratelimit.Taken, err error) {
	err = s.read(ctx, "look at the attempts", func(ctx context.Context, db *sql.DB) error {
		got = make([]ratelimit.Taken, 0, len(buckets))
		for some := range slices.Chunk(buckets, lookAt) {
			if got, err = lookAtSome(ctx, db, some, now, got); err != nil {
				return err
			}
		}
		return nil
	})
	return got, err
}

// lookAtSome adds the answers for some buckets to those before.
func lookAtSome(
	ctx context.Context, db *sql.DB, some []ratelimit.Bucket, now time.Time, got []ratelimit.Taken,
) ([]ratelimit.Taken, error) {
	args, places, at := make([]any, len(some)), make([]string, len(some)), map[string]int{}
	for i, b := range some {
		args[i], places[i] = b.Key, "$"+strconv.Itoa(i+1)
		at[string(b.Key)] = len(got)
		got = append(got, ratelimit.Taken{OK: true})
	}
	first := len(got) - len(some)
	query := `SELECT key, used, streak, window_ms FROM attempts WHERE key IN (` + strings.Join(places, ", ") + `)`
	err := each(ctx, db, query, args,
		func(row scanner) error {
			var (
				key                  []byte
				used, streak, window int64
			)
			if err := row.Scan(&key, &used, &streak, &window); err != nil {
				return err
			}
			i := at[string(key)]
			b := some[i-first]
			if (window > millis(now) && window <= millis(now.Add(b.Per+strayed)) && used >= int64(b.Limit)) || streak >= b.Streak {
				got[i] = refused(b, window, streak, now)
			}
			return nil
		})
	return got, err
}

// ReturnAttempt gives one back: it was never evaluated, or it was right.
func (s *Store) ReturnAttempt(ctx context.Context, key []byte) error {
	return s.write(ctx, "give the attempt back", func(ctx context.Context, t *tx) error {
		_, err := t.ExecContext(ctx, `UPDATE attempts SET used = used - 1, streak = streak - 1 WHERE key = $1 AND used > 0 AND streak > 0`, key)
		return err
	})
}

// ClearAttempts empties buckets.
func (s *Store) ClearAttempts(ctx context.Context, keys ...[]byte) error {
	return s.write(ctx, "clear the attempts", func(ctx context.Context, t *tx) error {
		return t.clearAttempts(ctx, keys...)
	})
}

func (t *tx) clearAttempts(ctx context.Context, keys ...[]byte) error {
	for _, k := range keys {
		if _, err := t.ExecContext(ctx, `DELETE FROM attempts WHERE key = $1`, k); err != nil {
			return err
		}
	}
	return nil
}
