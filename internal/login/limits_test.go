package login_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

func TestLimitsTellWhatTheNextAttemptIsToldAndSpendNone(t *testing.T) {
	w := build(t)
	ada := w.person("ada@example.com", account.RoleUser)
	eve := w.person("eve@example.com", account.RoleUser)
	limits := func() []login.Limited {
		t.Helper()
		got, err := w.Limits(t.Context(), ada, eve)
		w.must(err)
		return got
	}
	open := login.Gate{Open: true}
	w.spend("ada@example.com", 4, curl())
	for range 3 {
		if got := limits(); got[0].Any() || got[1].Any() {
			t.Fatalf("with an attempt left: %+v", got)
		}
	}
	w.spend("ada@example.com", 1, curl())
	want := []login.Limited{
		{Password: login.Gate{Until: w.clock().Add(15 * time.Minute)}, Factor: open}, {Password: open, Factor: open},
	}
	if diff := cmp.Diff(want, limits()); diff != "" {
		t.Error(diff)
	}
	_, err := w.try("ada@example.com", right, curl())
	wantFault(t, err, api.CodeTooManyAttempts, "account_limit")

	_, err = w.Unlock(t.Context(), login.Host(), ada.ID)
	w.must(err)
	if got := limits(); got[0].Any() {
		t.Errorf("after an unlock: %+v", got[0])
	}
}

func TestLimitsTellOfAnAccountThatIsShut(t *testing.T) {
	w := build(t)
	ada := w.person("ada@example.com", account.RoleUser)
	for range 20 { // five wrong in each of twenty windows: a hundred in a row
		w.spend("ada@example.com", 5, curl())
		w.forward(15 * time.Minute)
	}
	got, err := w.Limits(t.Context(), ada)
	w.must(err)
	if want := (login.Gate{Shut: true}); got[0].Password != want {
		t.Errorf("the gate is %+v, not %+v", got[0].Password, want)
	}
}
