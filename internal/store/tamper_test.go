package store_test

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// columns of a row, and another value for each.
var otherwise = map[string]string{
	"at_ms": "at_ms + 1", "event": "'logout'", "outcome": "'refused'", "code": "''", "reason": "'other'", "actor_id": "''", "user_id": "'8'",
	"address": "'b@example.com'", "session_id": "''", "device_id": "'d'", "ip": "'192.0.2.9'", "user_agent": "user_agent || ' '",
	"request_id": "'x'", "detail": "''", "count": "count + 1", "tally": "'again'", "id": "id + 1000000",
	"seq": "NULL", "mark": "NULL", "hash": "seal", "seal": "hash",
}

// TestEveryColumnOfARowIsWatched changes one column of the seventh row at a time.
func TestEveryColumnOfARowIsWatched(t *testing.T) {
	t.Parallel()
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newChain(t, open(t))
			c.strict()
			c.write(30)
			c.seal()
			rows, err := c.AuditLinks(t.Context(), 6, 1)
			if err != nil || len(rows) != 1 {
				t.Fatal(rows, err)
			}
			is := rows[0]
			for _, column := range c.columns() {
				value, known := otherwise[column]
				if !known {
					t.Errorf("no other value for the column %s: a new column must be part of the chain", column)
					continue
				}
				if name == store.Postgres && column == "id" {
					c.exec(`UPDATE audit SET seq = NULL WHERE seq = 7`) // the engine keeps the column itself from changes
					c.exec(`INSERT INTO audit (` + list(c.columns(), "id") + `) SELECT ` +
						strings.Replace(list(c.columns(), "id"), "seq", "7", 1) + ` FROM audit WHERE id = ` + itoa(is.ID))
					c.exec(`DELETE FROM audit WHERE id = $1`, is.ID)
				} else {
					c.exec(`UPDATE audit SET ` + column + ` = ` + value + ` WHERE seq = 7`)
				}
				if w := c.wrong(); w.Seq != 7 {
					t.Errorf("%s was changed, and named is: %v (%s)", column, w, w.Kind)
				}
				c.restore(is)
				c.sound()
			}
		})
	}
}

// TestEveryKindOfTamperingIsNamed leaves the chain of hashes whole where an
// attacker can: hashes need no key.
func TestEveryKindOfTamperingIsNamed(t *testing.T) {
	t.Parallel()
	for name, open := range engines {
		for _, k := range []struct {
			how  string
			do   func(c *chain)
			seq  int64
			kind audit.Kind
		}{
			{"deleted", func(c *chain) { c.exec(`DELETE FROM audit WHERE seq = 9`) }, 9, audit.Missing},
			{"deleted, and the rest moved up", func(c *chain) {
				c.exec(`DELETE FROM audit WHERE seq = 9`)
				c.exec(`UPDATE audit SET seq = seq - 1 WHERE seq > 9`)
				c.rehash()
			}, 9, audit.Moved},
			{"the first deleted", func(c *chain) { c.exec(`DELETE FROM audit WHERE seq = 1`) }, 1, audit.Missing},
			{"the tail deleted", func(c *chain) { c.exec(`DELETE FROM audit WHERE seq > 20`) }, 21, audit.Cut},
			{"the tail deleted with its end", func(c *chain) {
				c.exec(`DELETE FROM audit WHERE seq > 20`)
				c.exec(`UPDATE audit_chain SET (seq, hash, at_ms, first_seq, prior_hash, unmarked, marked_seq, key_number, signature) =
					(SELECT seq, hash, at_ms, first_seq, prior_hash, unmarked, marked_seq, key_number, signature FROM audit_checkpoints WHERE seq = 14)`)
			}, 15, audit.Cut},
			{"everything deleted", func(c *chain) { c.exec(`DELETE FROM audit`) }, 1, audit.Cut},
			{"everything and the end deleted", func(c *chain) {
				c.exec(`DELETE FROM audit`)
				c.exec(`DELETE FROM audit_chain`)
			}, 1, audit.Forged},
			{"inserted twice", func(c *chain) { c.copy("9") }, 9, audit.Inserted},
			{"inserted twice at the end", func(c *chain) { c.copy("30") }, 30, audit.Inserted},
			{"inserted before the beginning", func(c *chain) { c.copy("-3") }, -3, audit.Inserted},
			{"inserted behind the end", func(c *chain) { c.copy("31") }, 31, audit.Inserted},
			{"copied to be given a place", func(c *chain) {
				c.copy("NULL")
				c.seal()
			}, 31, audit.Repeated},
			{"made up to be given a place", func(c *chain) {
				c.Store.MarkAudit(nil)
				c.write(1)
				c.seal()
			}, 31, audit.Unmarked},
			{"made up, and waits", func(c *chain) {
				c.Store.MarkAudit(nil)
				c.write(1)
			}, 0, audit.Unmarked},
			{"exchanged", func(c *chain) {
				c.exec(`UPDATE audit SET seq = CASE seq WHEN 9 THEN 10 ELSE 9 END WHERE seq IN (9, 10)`)
				c.rehash()
			}, 9, audit.Moved},
			{"a checkpoint changed", func(c *chain) {
				c.exec(`UPDATE audit_checkpoints SET unmarked = 5 WHERE seq = 14`)
			}, 14, audit.Forged},
			{"the end changed", func(c *chain) { c.exec(`UPDATE audit_chain SET first_seq = 2`) }, 30, audit.Forged},
			{"rows of a year ago said to be gone", func(c *chain) {
				c.exec(`DELETE FROM audit WHERE seq < 5`)
				c.exec(`UPDATE audit_chain SET first_seq = 5, prior_hash = (SELECT hash FROM audit WHERE seq = 5)`)
			}, 30, audit.Forged},
		} {
			t.Run(name+"/"+k.how, func(t *testing.T) {
				t.Parallel()
				c := newChain(t, open(t))
				c.strict()
				c.write(30)
				c.seal()
				c.sound()
				k.do(c)
				if w := c.wrong(); w.Seq != k.seq || w.Kind != k.kind {
					t.Errorf("named is: %v (%s), want %d %s", w, w.Kind, k.seq, k.kind)
				}
			})
		}
	}
}

// TestRowsOfAnOlderVersionAreTakenIn has rows without marks before those that must have one.
func TestRowsOfAnOlderVersionAreTakenIn(t *testing.T) {
	t.Parallel()
	c := newChain(t, openSQLite(t))
	c.MarkAudit(nil)
	c.write(5)
	c.MarkAudit(c.keys)
	c.write(5)
	c.seal()
	c.strict()
	c.write(5)
	c.seal()
	if r := c.sound(); r.Rows != 15 || r.Unmarked != 5 || r.End.Marked != 11 {
		t.Errorf("%+v", r)
	}
	c.exec(`UPDATE audit SET detail = 'x' WHERE seq = 3`)
	if w := c.wrong(); w.Seq != 3 {
		t.Errorf("named is: %v", w)
	}
}

// TestRetentionKeepsTheChainProvable deletes in steps, and what a sink waits for last.
func TestRetentionKeepsTheChainProvable(t *testing.T) {
	t.Parallel()
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newChain(t, open(t))
			c.write(30) // a row a second, from an hour ago
			cutoff := auditRow(20).At
			retain := func(sinks ...string) int64 {
				t.Helper()
				n, err := c.RetainAudit(t.Context(), store.Retain{Keys: c.keys, Before: cutoff, Sinks: sinks, Most: 8})
				if err != nil {
					t.Fatal(err)
				}
				return n
			}
			if n := retain(); n != 0 {
				t.Errorf("%d rows without a place were deleted", n)
			}
			c.seal()
			if n := retain("file"); n != 0 {
				t.Errorf("%d rows were deleted that the sink was never sent", n)
			}
			if _, err := c.OpenSink(t.Context(), "file"); err != nil {
				t.Fatal(err)
			}
			if err := c.SinkTook(t.Context(), nil, "file", 3); err != nil {
				t.Fatal(err)
			}
			if n := retain("file"); n != 3 {
				t.Errorf("%d rows were deleted, the sink has 3", n)
			}
			var n int64
			for step := retain(); step > 0; step = retain() {
				n += step
			}
			if r := c.sound(); n < 16 || n > 18 || r.First != n+4 || r.Rows != 30-r.First+1 {
				t.Errorf("%d rows were deleted: %+v", n, r)
			}
			c.write(3)
			c.seal()
			c.sound()
			c.exec(`DELETE FROM audit WHERE seq = (SELECT first_seq FROM audit_chain)`)
			if w := c.wrong(); w.Kind != audit.Missing {
				t.Errorf("named is: %v", w)
			}
		})
	}
}

func (c *chain) wrong() *audit.Wrong {
	c.t.Helper()
	_, err := c.verify()
	w, ok := errors.AsType[*audit.Wrong](err)
	if !ok {
		c.t.Errorf("nothing is found wrong: %v", err)
		return &audit.Wrong{}
	}
	return w
}

// copy puts the fifth row into the table once more.
func (c *chain) copy(seq string) {
	c.t.Helper()
	columns := list(c.columns(), "id")
	c.exec(`INSERT INTO audit (` + columns + `) SELECT ` + strings.Replace(columns, "seq", seq, 1) + ` FROM audit WHERE seq = 5`)
}

// rehash makes the hashes follow each other again, as anybody can who writes to the table.
func (c *chain) rehash() {
	c.t.Helper()
	rows, err := c.AuditLinks(c.t.Context(), 0, 1000)
	if err != nil {
		c.t.Fatal(err)
	}
	prev := audit.Beginning()
	for _, l := range rows {
		prev = audit.Chained(&l.Row, prev)
		c.exec(`UPDATE audit SET hash = $1 WHERE id = $2`, prev, l.ID)
	}
}

// restore puts the row back as it was.
func (c *chain) restore(l audit.Link) {
	c.t.Helper()
	r := l.Row
	c.exec(`DELETE FROM audit WHERE id = $1 OR id = $1 + 1000000 OR seq = $2`, l.ID, l.Seq)
	over := ""
	if c.Engine() == store.Postgres {
		over = "OVERRIDING SYSTEM VALUE"
	}
	c.exec(`INSERT INTO audit (id, at_ms, event, outcome, code, reason, actor_id, user_id, address, session_id, device_id, ip, user_agent,
		request_id, detail, count, seq, hash, seal, mark) `+over+` VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
		$16, $17, $18, $19, $20)`, r.ID, r.At.UnixMilli(), string(r.Event), r.Outcome, string(r.Code), r.Reason, string(r.Actor),
		string(r.User), r.Address, r.Session, r.Device, r.Client.IP, r.Client.UserAgent, r.Client.RequestID, r.Detail, r.Count,
		l.Seq, l.Hash, l.Seal, l.Mark)
}

func (c *chain) columns() (names []string) {
	c.t.Helper()
	_, ro := c.Handles()
	rows, err := ro.QueryContext(c.t.Context(), `SELECT * FROM audit LIMIT 0`)
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	names, err = rows.Columns()
	if err != nil || rows.Err() != nil {
		c.t.Fatal(err, rows.Err())
	}
	return names
}

func list(columns []string, without string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(columns), func(c string) bool { return c == without }), ", ")
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
