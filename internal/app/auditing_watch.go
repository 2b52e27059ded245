package app

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

const (
	watchEvery = 30 * time.Second
	// watchRows are verified at a time: the newest, and as many of the older, so
	// that all of ten million have their turn within two days.
	watchRows = 2000
	// verifiedFact has how far the older rows were verified.
	verifiedFact = "audit_verified"
)

// auditWatch verifies the chain piece by piece while the server runs.
type auditWatch struct {
	seen int64 // how far the chain had come
}

// look verifies a piece, and keeps what it finds where the doctor reads it.
func (w *auditWatch) look(ctx context.Context, c *Core) error {
	err := w.verify(ctx, c)
	wrong, ok := errors.AsType[*audit.Wrong](err)
	if err != nil && !ok {
		return err
	}
	if wrong != nil {
		c.Log.Error("the chain of the audit is broken", "row", wrong.Seq, "id", wrong.ID, "kind", string(wrong.Kind), "error", wrong.Error())
	}
	return KeepAuditVerdict(ctx, c, wrong)
}

func (w *auditWatch) verify(ctx context.Context, c *Core) error {
	chain, err := c.Store.AuditChain(ctx)
	if err != nil {
		return err
	}
	switch {
	case !chain.Begun && (chain.Last > 0 || w.seen > 0):
		return &audit.Wrong{Seq: max(chain.Last, 1), Kind: audit.Forged, Detail: "is not vouched for: the signed end of the chain is gone"}
	case !chain.Begun:
		return nil
	case chain.Seq < w.seen:
		return &audit.Wrong{Seq: chain.Seq + 1, Kind: audit.Cut, Detail: "is gone, and all after it: the chain had come to row " +
			strconv.FormatInt(w.seen, 10)}
	}
	w.seen = chain.Seq
	if broken, err := AuditVerdict(ctx, c.Store); err != nil || broken != nil && broken.Seq > 0 {
		if err != nil {
			return err
		}
		_, err = audit.Piece(ctx, c.Store, c.Audit, broken.Seq-1, watchRows)
		return err
	}
	if _, err := audit.Piece(ctx, c.Store, c.Audit, chain.Seq-watchRows, watchRows); err != nil {
		return err
	}
	text, err := c.Store.Fact(ctx, verifiedFact)
	if err != nil {
		return err
	}
	from, _ := strconv.ParseInt(text, 10, 64)
	if from >= chain.Seq {
		from = 0
	}
	to, err := audit.Piece(ctx, c.Store, c.Audit, from, watchRows)
	if err != nil {
		return err
	}
	return c.Store.SetFact(ctx, verifiedFact, strconv.FormatInt(to, 10))
}

// AuditVerdict is the row that was found wrong last, nil where none was.
func AuditVerdict(ctx context.Context, s *store.Store) (*audit.Wrong, error) {
	text, err := s.Fact(ctx, store.AuditBrokenFact)
	if err != nil || text == "" {
		return nil, err
	}
	w := &audit.Wrong{}
	return w, json.Unmarshal([]byte(text), w)
}

// KeepAuditVerdict puts down what is wrong with the chain, or that nothing is.
func KeepAuditVerdict(ctx context.Context, c *Core, w *audit.Wrong) error {
	before, err := AuditVerdict(ctx, c.Store)
	switch {
	case err != nil:
		return err
	case w == nil && before == nil, w != nil && before != nil && *w == *before:
		return nil
	case w == nil:
		return c.Store.SetFact(ctx, store.AuditBrokenFact, "")
	}
	text, err := json.Marshal(w)
	if err != nil {
		return err
	}
	return c.Store.SetFact(ctx, store.AuditBrokenFact, string(text))
}
