package store

import "context"

// KeepFact writes a fact where there is none, and returns the one that holds:
// of several nodes that begin at once, one decides.
func (s *Store) KeepFact(ctx context.Context, name, value string) (holds string, err error) {
	if holds, err = s.Fact(ctx, name); err != nil || holds != "" {
		return holds, err
	}
	err = s.write(ctx, "keep a fact about this installation", func(ctx context.Context, t *tx) error {
		return t.QueryRowContext(ctx, `INSERT INTO facts (name, value) VALUES ($1, $2)
			ON CONFLICT (name) DO UPDATE SET value = facts.value RETURNING value`, name, value).Scan(&holds)
	})
	return holds, err
}

// SetFact writes a fact, whatever it was.
func (s *Store) SetFact(ctx context.Context, name, value string) error {
	return s.write(ctx, "write a fact about this installation", func(ctx context.Context, t *tx) error {
		_, err := t.ExecContext(ctx, `INSERT INTO facts (name, value) VALUES ($1, $2)
			ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
		return err
	})
}
