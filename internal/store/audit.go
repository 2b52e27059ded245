package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
)

const auditColumns = `at_ms, event, outcome, code, reason, actor_id, user_id, address, session_id, device_id,
	ip, user_agent, request_id, detail, count`

// linkColumns are what the chain adds to a row.
const linkColumns = `seq, hash, seal, mark, tally IS NOT NULL`

// Record writes rows of decisions that change nothing else.
func (s *Store) Record(ctx context.Context, rows ...audit.Row) error {
	return s.write(ctx, "write the audit", func(ctx context.Context, t *tx) error {
		return t.record(ctx, rows...)
	})
}

// Tally adds refusals to the counted row of their kind, network address,
// account address and minute, so that a stranger cannot fill the disk. Whoever
// calls it bounds how many account addresses there are.
func (s *Store) Tally(ctx context.Context, rows []audit.Row) error {
	return s.write(ctx, "count the refusals", func(ctx context.Context, t *tx) error {
		named := make(map[string][]audit.Row, len(rows))
		for _, r := range rows {
			named[tallyName(r)] = append(named[tallyName(r)], r)
		}
		// In one order, so that two nodes that count the same never lock each
		// other out, which PostgreSQL notices only after a second.
		for _, name := range slices.Sorted(maps.Keys(named)) {
			for _, r := range named[name] {
				if err := t.insertAudit(ctx, r, name); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// tallyName is what counted refusals have in common. The 2 keeps its rows apart
// from those of a version that would count without marking anew.
func tallyName(r audit.Row) string {
	minute := r.At.UTC().Truncate(time.Minute)
	name := fmt.Sprintf("2|%s|%s|%s|%s|%s|%d", r.Event, r.Code, r.Reason, r.Session, r.Client.IP, minute.Unix())
	if r.Address != "" { // last, for it is the one part that a stranger writes
		name += "|" + r.Address
	}
	return name
}

func (t *tx) record(ctx context.Context, rows ...audit.Row) error {
	for _, r := range rows {
		if err := t.insertAudit(ctx, r, ""); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) insertAudit(ctx context.Context, r audit.Row, tally string) error {
	if r.Event == "" || r.At.IsZero() {
		return fmt.Errorf("an audit row without event or time: %+v", r)
	}
	keys := t.s.marks.Load()
	if tally != "" {
		return t.countAudit(ctx, stored(r), tally, keys)
	}
	return t.insertMarked(ctx, r, keys)
}

// underRoot is what a row is inserted on condition of: that the root which marks
// it is the one in use. It is looked at when the table lets us write, so that none
// slips in behind a root that has just ended.
const underRoot = ` WHERE NOT EXISTS (SELECT 1 FROM audit_roots WHERE CAST(number AS INTEGER) > CAST($17 AS INTEGER))`

func (t *tx) insertMarked(ctx context.Context, r audit.Row, keys *audit.Keys) error {
	r = stored(r)
	mark, number := markOf(keys, &r)
	n, err := t.changed(ctx, `INSERT INTO audit (`+auditColumns+`, mark)
		SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16`+underRoot, append(auditValues(r), mark, number)...)
	if err == nil && n == 0 {
		return errOtherRoot
	}
	return err
}

// countAudit adds to the counted row of the name, and marks it as it is then.
func (t *tx) countAudit(ctx context.Context, r audit.Row, tally string, keys *audit.Keys) error {
	number := int64(anyRoot)
	if keys != nil {
		number = int64(keys.Number())
	}
	row := t.QueryRowContext(ctx, `INSERT INTO audit (`+auditColumns+`, tally)
		SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16`+underRoot+`
		ON CONFLICT (tally) DO UPDATE SET count = audit.count + excluded.count
		RETURNING id, `+auditColumns, append(auditValues(r), plain(tally), number)...)
	is, err := scanAudit(row)
	if errors.Is(err, sql.ErrNoRows) {
		return errOtherRoot
	}
	if err != nil || keys == nil {
		return err
	}
	_, err = t.ExecContext(ctx, `UPDATE audit SET mark = $1 WHERE id = $2`, keys.Mark(&is), is.ID)
	return err
}

// stored is a row as the database gives it back.
func stored(r audit.Row) audit.Row {
	r.At, r.Count = fromMillis(millis(r.At)), max(1, r.Count)
	for _, text := range []*string{
		(*string)(&r.Event), &r.Outcome, (*string)(&r.Code), &r.Reason, (*string)(&r.Actor), (*string)(&r.User), &r.Address, &r.Session,
		&r.Device, &r.Client.IP, &r.Client.UserAgent, &r.Client.RequestID, &r.Detail,
	} {
		*text = plain(*text)
	}
	return r
}

func auditValues(r audit.Row) []any {
	return []any{
		millis(r.At), string(r.Event), r.Outcome, string(r.Code), r.Reason, string(r.Actor), string(r.User), r.Address,
		r.Session, r.Device, r.Client.IP, r.Client.UserAgent, r.Client.RequestID, r.Detail, r.Count,
	}
}

// anyRoot is the number of a row that no root marks.
const anyRoot = 255

// markOf is a mark and the number of its root; nothing while the keys are not
// known, as in a tool of measuring.
func markOf(keys *audit.Keys, r *audit.Row) (mark any, number int64) {
	if keys == nil {
		return nil, anyRoot
	}
	m := keys.Mark(r)
	return m, int64(m[0])
}

// AuditRows lists rows, in the order that the query asks for.
func (s *Store) AuditRows(ctx context.Context, q audit.Query) (list []audit.Row, err error) {
	query, args := auditStatement(s.engine, q)
	err = s.read(ctx, "list the audit", func(ctx context.Context, db *sql.DB) error {
		list = nil
		return each(ctx, db, query, args, func(row scanner) error {
			r, err := scanPlaced(row)
			list = append(list, r)
			return err
		})
	})
	return list, err
}

func auditStatement(engine string, q audit.Query) (query string, args []any) {
	way := wayOf(q)
	where := auditWhere(q, way)
	return `SELECT id, ` + auditColumns + `, seq, hash FROM audit` + way.hint(engine) + where.sql() + way.order + strconv.Itoa(q.Limit), where.args
}

func scanAudit(row scanner, more ...any) (audit.Row, error) {
	var (
		r  audit.Row
		at int64
	)
	err := row.Scan(append([]any{
		&r.ID, &at, &r.Event, &r.Outcome, &r.Code, &r.Reason, &r.Actor, &r.User, &r.Address,
		&r.Session, &r.Device, &r.Client.IP, &r.Client.UserAgent, &r.Client.RequestID, &r.Detail, &r.Count,
	}, more...)...)
	r.At = fromMillis(at)
	return r, err
}

// scanPlaced reads a row with its place in the chain, if it has one.
func scanPlaced(row scanner) (audit.Row, error) {
	var (
		seq  sql.NullInt64
		hash []byte
	)
	r, err := scanAudit(row, &seq, &hash)
	r.Seq, r.Sum = seq.Int64, hex.EncodeToString(hash)
	return r, err
}

// OldestAudit is the time of the first row that is kept; false when there is none.
func (s *Store) OldestAudit(ctx context.Context) (at time.Time, ok bool, err error) {
	err = s.read(ctx, "read the first row of the audit", func(ctx context.Context, db *sql.DB) error {
		var ms int64
		err := db.QueryRowContext(ctx, `SELECT at_ms FROM audit ORDER BY id LIMIT 1`).Scan(&ms)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		at, ok = fromMillis(ms), err == nil
		return err
	})
	return at, ok, err
}
