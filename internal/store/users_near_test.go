package store_test

import (
	"testing"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// TestSearchAmongFewReadsTheirListAlone: the index has all who have the word, of every role.
func TestSearchAmongFewReadsTheirListAlone(t *testing.T) {
	t.Parallel()
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := migrate(t, open(t))
			crowd(t, s, 12_000)
			postgres := s.Engine() == store.Postgres
			run(t, s, `UPDATE users SET role = 'admin' WHERE id > 11000`)
			for _, c := range []struct {
				q   login.UserQuery
				few bool
			}{
				{login.UserQuery{Search: "nobody"}, false},
				{login.UserQuery{Search: "nobody", Role: account.RoleAdmin}, true},
				{login.UserQuery{Search: "nobody", Role: account.RoleUser}, false},
				{login.UserQuery{Search: "nobody", Status: account.StatusActive}, false},
				{login.UserQuery{Search: "nobody", Status: account.StatusDisabled}, true},
				{login.UserQuery{Search: "nobody", After: "11900"}, postgres}, // SQLite's index goes on from there
			} {
				c.q.Limit = 50
				if few, err := s.FewLeft(t.Context(), c.q); err != nil || few != c.few {
					t.Errorf("%+v: %v, %v", c.q, few, err)
				}
			}
		})
	}
}

func TestTheLessIsDoneOfListAndIndex(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		found  int
		of     int64
		nearer bool
	}{
		{0, 1_000_000, false},
		{0, -1, false},
		{24, -1, false},
		{24, 1000, false},
		{1, 1_000_000, false},
		{24, 1_000_000, true},
		{49, 20_000, true},
	} {
		if got := store.ListIsNearer(c.found, 50, c.of); got != c.nearer {
			t.Errorf("%d of the first 500 of %d: %v", c.found, c.of, got)
		}
	}
}
