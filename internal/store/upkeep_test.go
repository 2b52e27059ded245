package store_test

import (
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// TestShutAccountsThatAreAliveAreTold plays accounts that another program shut:
// this one ends what they hold.
func TestShutAccountsThatAreAliveAreTold(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(testing.TB) *store.Store{"sqlite": openSQLite, "postgres": openPostgres} {
		t.Run(name, func(t *testing.T) {
			s := migrate(t, open(t))
			for _, one := range []string{"a@example.com", "b@example.com", "c@example.com", "d@example.com"} {
				signedIn(t, s, one)
			}
			if list, err := s.ShutButAlive(t.Context(), noon); err != nil || len(list) != 0 {
				t.Fatalf("while they are open: %+v, %v", list, err)
			}
			run(t, s, `UPDATE users SET status = 'disabled' WHERE email = 'a@example.com';
				UPDATE users SET is_active = FALSE WHERE email = 'b@example.com';
				UPDATE users SET status = 'locked' WHERE email = 'c@example.com'`)
			list, err := s.ShutButAlive(t.Context(), noon)
			if err != nil || len(list) != 2 {
				t.Fatalf("told are %+v, %v", list, err)
			}
			for i, want := range []struct{ Address, Status string }{{"a@example.com", "disabled"}, {"b@example.com", "active"}} {
				if h := list[i]; h.Address != want.Address || h.Status != want.Status || h.Sessions != 1 || h.Tokens != 0 {
					t.Errorf("told is %+v, want %+v", h, want)
				}
			}
			if list, err := s.ShutButAlive(t.Context(), noon.Add(48*time.Hour)); err != nil || len(list) != 0 {
				t.Errorf("after the end of their sessions: %+v, %v", list, err)
			}
		})
	}
}
