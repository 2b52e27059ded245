package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/aiwfe/aiwfe-auth/internal/figures"
)

// KeepFigures writes rows of figures, each in the place of the one that it
// continues, and gives the time by the clock of the database.
func (s *Store) KeepFigures(ctx context.Context, rows []figures.Row) (at time.Time, err error) {
	sheets := make([]string, len(rows))
	for i := range rows {
		b, err := json.Marshal(&rows[i].Sheet)
		if err != nil {
			return at, fmt.Errorf("keep the figures: %w", err)
		}
		sheets[i] = string(b)
	}
	err = s.write(ctx, "keep the figures", func(ctx context.Context, t *tx) error {
		for i, r := range rows {
			_, err := t.ExecContext(ctx, `INSERT INTO figures (step_s, at_ms, node, host, sheet) VALUES ($1, $2, $3, $4, $5)
				ON CONFLICT (step_s, at_ms, node) DO UPDATE SET sheet = excluded.sheet`,
				int64(r.Step/time.Second), millis(r.At), plain(r.Node), plain(r.Host), plain(sheets[i]))
			if err != nil {
				return err
			}
		}
		var ms int64
		err := t.QueryRowContext(ctx, `SELECT `+s.clock()).Scan(&ms)
		at = fromMillis(ms)
		return err
	})
	return at, err
}

// Figures reads rows of one width, the oldest first.
func (s *Store) Figures(ctx context.Context, q figures.Query) (list []figures.Row, err error) {
	c := conditions{}
	c.add("step_s = " + c.arg(int64(q.Step/time.Second)))
	c.add("at_ms >= " + c.arg(millis(q.Since)))
	if q.Node != "" {
		name := c.arg(q.Node)
		c.add("(node = " + name + " OR host = " + name + ")")
	}
	err = s.read(ctx, "read the figures", func(ctx context.Context, db *sql.DB) error {
		list = nil
		query := `SELECT at_ms, node, host, sheet FROM figures` + c.sql() + ` ORDER BY at_ms, node`
		return each(ctx, db, query, c.args, func(row scanner) error {
			r := figures.Row{Step: q.Step}
			var ms int64
			var sheet string
			if err := row.Scan(&ms, &r.Node, &r.Host, &sheet); err != nil {
				return err
			}
			r.At = fromMillis(ms)
			if err := json.Unmarshal([]byte(sheet), &r.Sheet); err != nil {
				return fmt.Errorf("the figures of %s by %s cannot be read: %w", r.At.Format(time.RFC3339), r.Node, err)
			}
			list = append(list, r)
			return nil
		})
	})
	return list, err
}

// thinned are the sweeps of figures: what is older is told by coarser rows.
func thinned(k Keep) (list []sweepStep) {
	for i, step := range figures.Steps {
		query := fmt.Sprintf(`DELETE FROM figures WHERE (step_s, at_ms, node) IN
			(SELECT step_s, at_ms, node FROM figures WHERE step_s = %d AND at_ms < $1 LIMIT 500)`, int64(step/time.Second))
		list = append(list, sweepStep{query, k.Figures[i]})
	}
	return list
}
