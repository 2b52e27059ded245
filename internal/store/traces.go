package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/trace"
)

var _ trace.Writer = (*Store)(nil)

const traceColumns = `at_ms, request_id, browser, gave, place, network, data`

// traceChunks are how many rows one statement writes: few sizes, so that few
// statements are prepared.
var traceChunks = [...]int{50, 10, 1}

// PutTraces writes rows in one transaction.
func (s *Store) PutTraces(ctx context.Context, rows ...*trace.Row) error {
	args := make([][]any, len(rows))
	for i, r := range rows {
		data, err := json.Marshal(r.Facts)
		if err != nil {
			return err
		}
		args[i] = []any{
			millis(r.At), plain(r.RequestID), plain(r.Browser), plain(r.Gave), plain(r.Place), plain(r.Network),
			strings.ReplaceAll(plain(string(data)), `\u0000`, `\ufffd`),
		}
	}
	return s.write(ctx, "write the traces", func(ctx context.Context, t *tx) error {
		rest := args
		for _, size := range traceChunks {
			for len(rest) >= size {
				query, flat := valuesOf(rest[:size])
				if _, err := t.ExecContext(ctx, `INSERT INTO traces (`+traceColumns+`) VALUES `+query, flat...); err != nil {
					return err
				}
				rest = rest[size:]
			}
		}
		return nil
	})
}

// valuesOf makes the text and the arguments of several rows.
func valuesOf(rows [][]any) (string, []any) {
	var (
		text strings.Builder
		flat []any
	)
	for i, row := range rows {
		if i > 0 {
			text.WriteString(", ")
		}
		for j, v := range row {
			text.WriteString([]string{"(", ", "}[min(j, 1)])
			flat = append(flat, v)
			text.WriteString("$" + strconv.Itoa(len(flat)))
		}
		text.WriteString(")")
	}
	return text.String(), flat
}

// Traces lists rows, the newest first.
func (s *Store) Traces(ctx context.Context, q trace.Query) (list []trace.Row, err error) {
	where := traceWhere(q)
	query := `SELECT id, ` + traceColumns + ` FROM traces` + where.sql() +
		` ORDER BY at_ms DESC, id DESC LIMIT ` + strconv.Itoa(q.Limit)
	err = s.read(ctx, "read the traces", func(ctx context.Context, db *sql.DB) error {
		list = nil
		return each(ctx, db, query, where.args, func(row scanner) error {
			r, err := scanTrace(row)
			list = append(list, r)
			return err
		})
	})
	return list, err
}

func traceWhere(q trace.Query) *conditions {
	where := &conditions{}
	if q.RequestID != "" {
		where.add("request_id = " + where.arg(q.RequestID))
	}
	var same []string
	for _, b := range q.Browsers {
		same = append(same, "browser = "+where.arg(b), "gave = "+where.arg(b))
	}
	if q.Place != "" {
		same = append(same, "place = "+where.arg(q.Place))
	}
	if len(same) > 0 {
		where.add("(" + strings.Join(same, " OR ") + ")")
	}
	if !q.Since.IsZero() {
		where.add("at_ms >= " + where.arg(millis(q.Since)))
	}
	if !q.Until.IsZero() {
		where.add("at_ms <= " + where.arg(millis(q.Until)))
	}
	return where
}

func scanTrace(row scanner) (r trace.Row, err error) {
	var (
		at   int64
		data string
	)
	if err := row.Scan(&r.ID, &at, &r.RequestID, &r.Browser, &r.Gave, &r.Place, &r.Network, &data); err != nil {
		return r, err
	}
	err = json.Unmarshal([]byte(data), &r.Facts)
	if r.At = fromMillis(at); r.Micros > 0 {
		r.At = time.UnixMicro(r.Micros).UTC()
	}
	return r, err
}

// traceStep is how many rows one transaction deletes, so that nobody who signs
// in waits for it.
const traceStep = 500

// TrimTraces drops what is too old or too much, the oldest first.
func (s *Store) TrimTraces(ctx context.Context, before time.Time, most, ofNetwork int) error {
	counts, all, err := s.countTraces(ctx)
	if err != nil {
		return err
	}
	for network, n := range counts {
		gone, err := s.dropTraces(ctx, n-ofNetwork, `network = $1`, network)
		if err != nil {
			return err
		}
		all -= gone
	}
	gone, err := s.dropTraces(ctx, all, `at_ms < $1`, millis(before))
	if err != nil {
		return err
	}
	_, err = s.dropTraces(ctx, all-gone-most, `id > $1`, 0)
	return err
}

// countTraces counts the rows of each network and all of them.
func (s *Store) countTraces(ctx context.Context) (counts map[string]int, all int, err error) {
	err = s.read(ctx, "count the traces", func(ctx context.Context, db *sql.DB) error {
		counts, all = map[string]int{}, 0
		return each(ctx, db, `SELECT network, COUNT(*) FROM traces GROUP BY network`, nil, func(row scanner) error {
			var (
				network string
				n       int
			)
			err := row.Scan(&network, &n)
			counts[network] = n
			all += n
			return err
		})
	})
	return counts, all, err
}

// dropTraces deletes the oldest n rows that fit, and says how many went.
func (s *Store) dropTraces(ctx context.Context, n int, fits string, arg any) (gone int, err error) {
	for n > gone {
		var step int64
		err := s.write(ctx, "drop old traces", func(ctx context.Context, t *tx) (err error) {
			step, err = t.changed(ctx, `DELETE FROM traces WHERE id IN
				(SELECT id FROM traces WHERE `+fits+` ORDER BY id LIMIT $2)`, arg, min(n-gone, traceStep))
			return err
		})
		if err != nil || step == 0 {
			return gone, err
		}
		gone += int(step)
	}
	return gone, nil
}
