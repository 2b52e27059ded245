package store_test

import (
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// TestBackupsFromBeforeAndAfterAnotherRoot go on where they were, and no number of a root means two.
func TestBackupsFromBeforeAndAfterAnotherRoot(t *testing.T) {
	t.Parallel()
	everyGround(t, func(t *testing.T, s *store.Store) {
		c := &chain{s, t, nil}
		if err := c.KeepAuditRoot(t.Context(), 1, secret.Random(audit.RootLen)); err != nil {
			t.Fatal(err)
		}
		c.know()
		c.write(5)
		c.seal()
		before := saved(t, s)
		c.turn(time.Now())
		c.write(5)
		c.seal()
		kept, err := c.KeepCheckpoint(t.Context(), c.keys)
		if err != nil || kept.Key != 2 {
			t.Fatal(kept, err)
		}
		after := saved(t, s)
		r := restoring(false)
		r.Replace = true
		r.Marks = func(roots map[byte][]byte) (*audit.Keys, error) { is, _ := plainly(roots); return audit.NewKeys(is) }

		c.turn(time.Now())
		if _, err := c.Load(t.Context(), after, r); err != nil {
			t.Fatal(err)
		}
		c.know()
		if _, err := audit.Verify(t.Context(), c.Store, c.keys, nil, kept); err != nil {
			t.Errorf("the checkpoint of the backup: %v", err)
		}
		if c.turn(time.Now()); c.keys.Number() != 4 {
			t.Errorf("after root 3 was lost comes %d", c.keys.Number())
		}
		c.sound()

		if _, err := c.Load(t.Context(), before, r); err != nil {
			t.Fatal(err)
		}
		c.know()
		if c.sound(); c.keys.Number() != 1 {
			t.Errorf("the root of the backup is %d", c.keys.Number())
		}
		if c.turn(time.Now()); c.keys.Number() != 5 {
			t.Errorf("after root 4 was lost comes %d", c.keys.Number())
		}
		c.seal()
		c.sound()
		if _, err := audit.Verify(t.Context(), c.Store, c.keys, nil, kept); err == nil {
			t.Error("a checkpoint is taken that was made after the backup")
		}
	})
}
