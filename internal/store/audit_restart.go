package store

import (
	"context"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
)

// RestartAudit forgets the places of all rows, and their marks: what stands
// there is taken in as it is, like rows of a version without marks. Row says
// why, and is the first with a mark. Only the root of the number stays, which is
// new where sealed is given: no row of another is left. It takes as long as it takes; nobody may write meanwhile.
func (s *Store) RestartAudit(ctx context.Context, keys *audit.Keys, number string, sealed []byte, row audit.Row) error {
	raw, err := s.rw.BeginTx(ctx, nil)
	if err != nil {
		return classify("begin the chain of the audit anew", err)
	}
	defer func() { _ = raw.Rollback() }()
	t := &tx{Tx: raw, s: s}
	steps := []string{
		`UPDATE audit SET seq = NULL, hash = NULL, seal = NULL, mark = NULL`,
		`DELETE FROM audit_chain`,
		`DELETE FROM audit_checkpoints`,
		`UPDATE audit_sinks SET seq = 0`,
		`DELETE FROM facts WHERE name IN ('audit_broken', 'audit_verified')`,
	}
	for _, step := range steps {
		if _, err := t.ExecContext(ctx, step); err != nil {
			return classify("begin the chain of the audit anew", err)
		}
	}
	if _, err := t.ExecContext(ctx, `DELETE FROM audit_roots WHERE number <> $1`, number); err != nil {
		return classify("begin the chain of the audit anew", err)
	}
	if sealed != nil {
		if _, err := t.ExecContext(ctx, `INSERT INTO audit_roots (number, sealed, made_ms) VALUES ($1, $2, $3)`,
			number, sealed, millis(row.At)); err != nil {
			return classify("keep a key of the audit", err)
		}
	}
	s.MarkAudit(keys)
	if err := t.record(ctx, row); err != nil {
		return classify("begin the chain of the audit anew", err)
	}
	return classify("begin the chain of the audit anew", raw.Commit())
}
