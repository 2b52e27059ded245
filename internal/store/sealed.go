package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// Sealed is a column that holds what is sealed under DATA_ENCRYPTION_KEY. Every
// such column has its line in SealedPlaces: one that is missing would be closed for
// ever once the key that sealed it is retired. A test looks for it.
type Sealed struct {
	Table, Column string
	// Label is what it is bound to first; Bound are the columns that follow, the
	// first of which is the primary key.
	Label string
	Bound []string
	// Where picks the rows that hold something.
	Where string
}

// SealedPlaces lists them all, but for single facts, which the program seals anew at
// each start.
var SealedPlaces = []Sealed{
	{Table: "factors", Column: "data", Label: "totp", Bound: []string{"id", "user_id"}, Where: "kind = 'totp'"},
	{Table: "outbox", Column: "sealed", Label: "letter", Bound: []string{"id"}, Where: "sent_ms = 0 AND gave_up_ms = 0"},
	{Table: "audit_roots", Column: "sealed", Label: "audit", Bound: []string{"number"}, Where: "number <> ''"},
}

// headerLen is how much of what is sealed says by which key.
const headerLen = 5

func (p Sealed) holding() string {
	return fmt.Sprintf(`%s AND length(%s) > %d`, p.Where, p.Column, headerLen)
}

// SealedCounts counts what is sealed, by the beginning that names the key.
func (s *Store) SealedCounts(ctx context.Context) (counts map[string]map[string]int64, err error) {
	err = s.read(ctx, "count what is sealed", func(ctx context.Context, db *sql.DB) error {
		counts = map[string]map[string]int64{}
		for _, p := range SealedPlaces {
			if err := each(ctx, db, fmt.Sprintf(`SELECT substr(%s, 1, %d) AS header, COUNT(*) FROM %s WHERE %s GROUP BY 1`,
				p.Column, headerLen, p.Table, p.holding()), nil, func(row scanner) error {
				var header []byte
				var n int64
				if err := row.Scan(&header, &n); err != nil {
					return err
				}
				if counts[string(header)] == nil {
					counts[string(header)] = map[string]int64{}
				}
				counts[string(header)][p.Table] += n
				return nil
			}); err != nil {
				return err
			}
		}
		return nil
	})
	return counts, err
}

// Resealed is what became of a batch.
type Resealed struct {
	// Last is the key of the last row that was looked at; "" when there are no more.
	Last string
	// Done rows are sealed anew, Shut ones open with no key that is known.
	Done, Shut int
}

// Reseal seals a batch of one place anew: rows with a key above after whose
// beginning is not the present one. A row that somebody changed meanwhile is
// left to the next round, so nothing is ever written over, and a batch is kept
// whole or not at all.
func (s *Store) Reseal(ctx context.Context, p Sealed, present []byte, after string, limit int,
	seal func(sealed []byte, bound ...string) (again []byte, ok bool),
) (out Resealed, err error) {
	columns := make([]string, len(p.Bound))
	for i, c := range p.Bound {
		columns[i] = "CAST(" + c + " AS TEXT)"
	}
	key := p.Bound[0]
	query := fmt.Sprintf(`SELECT %s, %s FROM %s WHERE %s > $1 AND %s AND substr(%s, 1, %d) <> $2 ORDER BY %s LIMIT $3`,
		p.Column, strings.Join(columns, ", "), p.Table, key, p.holding(), p.Column, headerLen, key)
	update := fmt.Sprintf(`UPDATE %s SET %s = $3 WHERE %s = $1 AND %s = $2`, p.Table, p.Column, key, p.Column)
	list, err := s.sealedRows(ctx, p, query, after, present, limit)
	if err != nil || len(list) == 0 {
		return out, err
	}
	err = s.write(ctx, "seal anew", func(ctx context.Context, t *tx) error {
		out = Resealed{}
		for _, r := range list {
			out.Last = r.Bound[1]
			again, ok := seal(r.Sealed, r.Bound...)
			if !ok {
				out.Shut++
				continue
			}
			n, err := t.changed(ctx, update, r.Bound[1], r.Sealed, again)
			if err != nil {
				return err
			}
			out.Done += int(n)
		}
		return nil
	})
	return out, err
}

// sealedRows reads apart from what is written: looking for them may take longer
// than others should wait for the one writer of SQLite.
func (s *Store) sealedRows(ctx context.Context, p Sealed, query, after string, present []byte, limit int) (list []SealedRow, err error) {
	err = s.read(ctx, "look for what is to be sealed anew", func(ctx context.Context, db *sql.DB) error {
		list = nil
		return each(ctx, db, query, []any{after, present, limit}, func(row scanner) error {
			r := SealedRow{Bound: make([]string, 1+len(p.Bound))}
			r.Bound[0] = p.Label
			to := []any{&r.Sealed}
			for i := range p.Bound {
				to = append(to, &r.Bound[i+1])
			}
			err := row.Scan(to...)
			list = append(list, r)
			return err
		})
	})
	return list, err
}
