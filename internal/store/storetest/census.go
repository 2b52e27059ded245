package storetest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

var censusChecks = []check{
	{"CensusCountsByKindAndTellsOfNobody", censusCounts},
	{"FactIsKeptOnceByTenAtOnce", factKeptOnce},
	{"FactIsWrittenOver", factWrittenOver},
}

func censusCounts(t *testing.T, g ground) {
	g.create(t)
	g.create(t, admin)
	g.create(t, func(n *login.NewUser) { n.Hash = "hunter2" }) // a password in plain text
	g.create(t, func(n *login.NewUser) { n.Hash, n.Status, n.Verified = "", account.StatusPending, false })
	list := must[[]store.Count](t)(g.Census(t.Context(), noon))
	got := map[string]int64{}
	for _, c := range list {
		got[c.What+": "+c.Kind] = c.N
	}
	want := map[string]int64{
		"users by role: user": 3, "users by role: admin": 1,
		"users by status: active": 3, "users by status: pending": 1,
		"password hashes: bcrypt 2b": 2, "password hashes: no hash": 1, "password hashes: none": 1,
		"audit rows: success": 4,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the census differs (-want +got):\n%s", diff)
	}
	if refusals := must[[]store.Refusal](t)(g.Refusals(t.Context(), noon.Add(-time.Hour))); len(refusals) != 0 {
		t.Errorf("nothing was refused, and there is %+v", refusals)
	}
}

func factKeptOnce(t *testing.T, g ground) {
	var wait sync.WaitGroup
	var mu sync.Mutex
	held := map[string]int{}
	for i := range 10 {
		wait.Go(func() {
			holds, err := g.KeepFact(t.Context(), "census", fmt.Sprint("value ", i))
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			held[holds]++
		})
	}
	wait.Wait()
	there := must[string](t)(g.Fact(t.Context(), "census"))
	if len(held) != 1 || held[there] != 10 {
		t.Errorf("ten who began at once were told %v, and the fact is %q", held, there)
	}
}

func factWrittenOver(t *testing.T, g ground) {
	for _, value := range []string{"one", "two", "two"} {
		if err := g.SetFact(t.Context(), "census", value); err != nil {
			t.Fatal(err)
		}
		if got := must[string](t)(g.Fact(t.Context(), "census")); got != value {
			t.Errorf("written %q, read %q", value, got)
		}
	}
	if got := must[string](t)(g.Fact(t.Context(), "another")); got != "" {
		t.Errorf("a fact that nobody wrote is %q", got)
	}
}
