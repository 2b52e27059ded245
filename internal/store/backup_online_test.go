package store_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aiwfe/aiwfe-auth/internal/backup"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// TestBackupWhileEightWrite: what was acknowledged before it began is in, and what stands or falls together is together.
func TestBackupWhileEightWrite(t *testing.T) {
	t.Parallel()
	everyGround(t, func(t *testing.T, s *store.Store) {
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		var mu sync.Mutex
		var told []string
		var writers sync.WaitGroup
		begun := make(chan struct{})
		for i := range 8 {
			writers.Go(func() {
				for n := 0; ctx.Err() == nil; n++ {
					u := newUser(fmt.Sprintf("writer%d-%d@example.com", i, n))
					if _, made, err := s.CreateUser(ctx, u); err == nil && made {
						mu.Lock()
						if told = append(told, u.Email); len(told) == 40 {
							close(begun)
						}
						mu.Unlock()
					}
				}
			})
		}
		<-begun
		mu.Lock()
		before := slices.Clone(told)
		mu.Unlock()
		f := saved(t, s)
		stop()
		writers.Wait()
		all := &lines{as: map[string][]backup.Column{}, rows: map[string][]string{}}
		for _, one := range f.Manifest().Tables {
			all.as[one.Name] = one.Columns
		}
		if err := f.Each(t.Context(), all); err != nil {
			t.Fatal(err)
		}
		users := strings.Join(all.rows["users"], "\n")
		for _, address := range before {
			if !strings.Contains(users, fmt.Sprintf("%q", address)) {
				t.Errorf("%s was acknowledged before the backup began and is not in it", address)
			}
		}
		created := 0
		for _, row := range all.rows["audit"] {
			if strings.Contains(row, `"user_created"`) {
				created++
			}
		}
		if created != len(all.rows["users"]) {
			t.Errorf("%d accounts and %d rows that tell of one: they are written together", len(all.rows["users"]), created)
		}
	})
}
