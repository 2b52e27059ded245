package storetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// nodeChecks are of the rows by which running servers know of each other.
var nodeChecks = []check{
	{"NodesAreSeenByEachOther", nodesSeen},
	{"NodeThatStopsIsSeenNoMore", nodeLeaves},
	{"NodesThatAreGoneAreSwept", nodesSwept},
	{"MarksOfOneDatabaseHaveOneSalt", oneSalt},
}

func node(id string) store.Node {
	return store.Node{
		ID: id, Host: "host of " + id, Version: "1", Schema: 7, Ahead: -1500 * time.Millisecond,
		Marks:    map[string]string{"PUBLIC_URL": "https://auth.example.com", "JWT_SECRET_KEY": "abcde"},
		Findings: []api.Finding{{Code: "cannot_look", Evidence: "a line\nand 'another'", Blocks: []string{}}},
	}
}

func nodesSeen(t *testing.T, g ground) {
	first := must[time.Time](t)(g.Beat(t.Context(), node("a")))
	changed := node("a")
	changed.Ahead, changed.Marks["PUBLIC_URL"], changed.Findings = time.Second, "https://other.example.com", []api.Finding{}
	second := must[time.Time](t)(g.Beat(t.Context(), changed))
	must[time.Time](t)(g.Beat(t.Context(), node("b")))
	got, at, err := g.Nodes(t.Context(), time.Minute)
	if err != nil || len(got) != 2 || at.Before(second) || second.Before(first) {
		t.Fatalf("%d nodes at %s after %s, %s, %v", len(got), at, first, second, err)
	}
	changed.StartedAt, changed.SeenAt = first, second
	other := node("b")
	other.StartedAt, other.SeenAt = got[1].StartedAt, got[1].SeenAt
	if diff := cmp.Diff([]store.Node{changed, other}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if off := time.Since(at).Abs(); off > time.Hour {
		t.Errorf("the clock of the database on this machine is %s off", off)
	}
}

func nodeLeaves(t *testing.T, g ground) {
	must[time.Time](t)(g.Beat(t.Context(), node("a")))
	must[time.Time](t)(g.Beat(t.Context(), node("b")))
	if err := g.Leave(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	if got, _, err := g.Nodes(t.Context(), time.Minute); err != nil || len(got) != 1 || got[0].ID != "b" {
		t.Errorf("%+v, %v", got, err)
	}
}

func nodesSwept(t *testing.T, g ground) {
	must[time.Time](t)(g.Beat(t.Context(), node("a")))
	if err := g.SweepNodes(t.Context(), time.Hour); err != nil {
		t.Fatal(err)
	}
	if got, _, err := g.Nodes(t.Context(), time.Minute); err != nil || len(got) != 1 {
		t.Errorf("a fresh row is swept: %+v, %v", got, err)
	}
	if got, _, err := g.Nodes(t.Context(), -time.Hour); err != nil || len(got) != 0 {
		t.Errorf("a row that is not fresh is listed: %+v, %v", got, err)
	}
	if err := g.SweepNodes(t.Context(), -time.Hour); err != nil {
		t.Fatal(err)
	}
	if got, _, err := g.Nodes(t.Context(), time.Minute); err != nil || len(got) != 0 {
		t.Errorf("a row that is gone stays: %+v, %v", got, err)
	}
}

func oneSalt(t *testing.T, g ground) {
	if salt := must[string](t)(g.Salt(t.Context(), false)); salt != "" {
		t.Errorf("a salt that nobody made: %s", salt)
	}
	salts := make([]string, 8)
	atOnce(len(salts), func(i int) { salts[i], _ = g.Salt(t.Context(), true) })
	later := must[string](t)(g.Salt(t.Context(), false))
	for _, s := range salts {
		if len(s) < 20 || s != later {
			t.Errorf("salts %q, and later %q", salts, later)
			break
		}
	}
}
