package store

import (
	"context"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
)

// Note keeps a fact together with the row that tells of it.
func (s *Store) Note(ctx context.Context, fact, value string, row audit.Row) error {
	return s.write(ctx, "keep a fact about this installation", func(ctx context.Context, t *tx) error {
		if _, err := t.ExecContext(ctx, `INSERT INTO facts (name, value) VALUES ($1, $2)
			ON CONFLICT (name) DO UPDATE SET value = excluded.value`, fact, value); err != nil {
			return err
		}
		return t.record(ctx, row)
	})
}
