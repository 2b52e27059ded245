package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// thief knows the root that has ended, and can write to the database.
type thief struct {
	*chain
	old  *audit.Keys
	root []byte
}

// insert puts a row there as somebody does who knows the old root; placed gives it that place too.
func (f thief) insert(placed *audit.Link) {
	f.t.Helper()
	r := auditRow(99)
	r.Detail, r.Address = "forged", "thief@example.com"
	r.At = r.At.UTC().Truncate(time.Millisecond)
	f.exec(`INSERT INTO audit (at_ms, event, outcome, code, reason, actor_id, user_id, address, session_id, device_id, ip, user_agent,
		request_id, detail, count, mark) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
		r.At.UnixMilli(), string(r.Event), r.Outcome, string(r.Code), r.Reason, string(r.Actor), string(r.User), r.Address, r.Session,
		r.Device, r.Client.IP, r.Client.UserAgent, r.Client.RequestID, r.Detail, r.Count, f.old.Mark(&r))
	if placed == nil {
		return
	}
	rows, err := f.AuditWaiting(f.t.Context(), 0, 9)
	if err != nil || len(rows) != 1 {
		f.t.Fatal(rows, err)
	}
	f.old.Bind(&rows[0], placed.Hash, placed.Seq+1)
	f.exec(`UPDATE audit SET seq = $2, hash = $3, seal = $4 WHERE id = $1`, rows[0].ID, rows[0].Seq, rows[0].Hash, rows[0].Seal)
	f.sign(rows[0])
}

// sign has the end of the chain be a row, by the old root.
func (f thief) sign(l audit.Link) {
	f.t.Helper()
	s := audit.Empty()
	s.Seq, s.Hash, s.At = l.Seq, l.Hash, time.Now()
	signed := f.old.Sign(s)
	f.exec(`UPDATE audit_chain SET seq = $1, hash = $2, at_ms = $3, key_number = 1, signature = $4, marked_seq = 0`, s.Seq, s.Hash, signed.At.UnixMilli(),
		signed.Signature)
}

func (f thief) row(seq int64) audit.Link {
	f.t.Helper()
	rows, err := f.AuditLinks(f.t.Context(), seq-1, 1)
	if err != nil || len(rows) != 1 {
		f.t.Fatal(rows, err)
	}
	return rows[0]
}

// forgeries are of somebody with the root of the first ten rows, against a chain of twenty-one.
var forgeries = []struct {
	how  string
	do   func(thief)
	seq  int64
	kind audit.Kind
}{
	{"a row that waits", func(f thief) { f.insert(nil) }, 0, audit.Stale},
	{"a row that got its place", func(f thief) { f.insert(nil); f.seal() }, 22, audit.Stale},
	{"a row at the end, and the end", func(f thief) { l := f.row(21); f.insert(&l) }, 22, audit.Forged},
	{"all after the end of the root", func(f thief) {
		f.exec(`DELETE FROM audit WHERE seq > 10`)
		f.exec(`DELETE FROM audit_checkpoints WHERE seq > 10`)
		f.sign(f.row(10))
	}, 10, audit.Forged},
	{"the rows under the root", func(f thief) {
		prev := audit.Beginning()
		for seq := int64(1); seq <= 10; seq++ {
			l := f.row(seq)
			l.Detail = "other"
			mark := f.old.Mark(&l.Row)
			f.old.Bind(&l, prev, seq)
			prev = l.Hash
			f.exec(`UPDATE audit SET detail = 'other', mark = $2, hash = $3, seal = $4 WHERE seq = $1`, seq, mark, l.Hash, l.Seal)
		}
		f.exec(`DELETE FROM audit_checkpoints`)
	}, 11, audit.Moved},
	{"a checkpoint", func(f thief) {
		s := audit.Empty()
		s.Seq, s.Hash, s.At = 15, f.row(15).Hash, time.Now()
		c := f.old.Sign(s)
		f.exec(`INSERT INTO audit_checkpoints (seq, hash, at_ms, first_seq, prior_hash, unmarked, marked_seq, key_number, signature)
			VALUES ($1, $2, $3, $4, $5, 0, 0, 1, $6)`, c.Seq, c.Hash, c.At.UnixMilli(), c.First, c.Before, c.Signature)
	}, 15, audit.Forged},
	{"the end of the root taken from it", func(f thief) {
		f.exec(`UPDATE audit_roots SET sealed = $1 WHERE number = '1'`, f.root)
		f.know()
	}, 7, audit.Forged}, // the first checkpoint
}

func newThief(t *testing.T, engine, dsn string) thief {
	t.Helper()
	c := chains(t, 1, engine, dsn)[0]
	roots, err := c.AuditRoots(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	old, err := audit.NewKeys(map[byte]secret.Value{1: secret.New(roots[1])})
	if err != nil {
		t.Fatal(err)
	}
	c.write(10)
	c.seal()
	if !c.turn(time.Now()) {
		t.Fatal("another root is not begun")
	}
	c.write(10)
	c.seal()
	if r := c.sound(); r.Rows != 21 {
		t.Fatalf("%+v", r)
	}
	return thief{c, old, roots[1]}
}

func TestWhoKnowsARootThatEndedForgesNothing(t *testing.T) {
	t.Parallel()
	for name, place := range places {
		if name == "pgbouncer" { // what stands there is the same
			continue
		}
		for _, k := range forgeries {
			t.Run(name+"/"+k.how, func(t *testing.T) {
				t.Parallel()
				engine, dsn := place(t)
				f := newThief(t, engine, dsn)
				k.do(f)
				if w := f.wrong(); w.Seq != k.seq || w.Kind != k.kind {
					t.Errorf("named is: %v (%s), want %d %s", w, w.Kind, k.seq, k.kind)
				}
			})
		}
	}
}

// TestRootInUseTakenAway leaves no keys, rather than those of before.
func TestRootInUseTakenAway(t *testing.T) {
	t.Parallel()
	engine, dsn := places["sqlite"](t)
	f := newThief(t, engine, dsn)
	f.exec(`DELETE FROM audit_roots WHERE number = '2'`)
	roots, err := f.AuditRoots(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	is, _ := plainly(roots)
	if _, err := audit.NewKeys(is); !errors.Is(err, audit.ErrNoRoot) {
		t.Errorf("the keys of a root that ended are taken: %v", err)
	}
}
