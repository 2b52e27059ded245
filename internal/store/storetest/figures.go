package storetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/internal/figures"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// figureChecks are of what servers counted.
var figureChecks = []check{
	{"FiguresAreReadAsTheyWereKept", figuresKept},
	{"RowOfFiguresTakesThePlaceOfTheOneItContinues", figuresContinue},
	{"FiguresOfOneServerByIdAndByHost", figuresOfOne},
	{"OldFiguresAreThinned", figuresThinned},
}

func counted(node string, step time.Duration, at time.Time, n int64) figures.Row {
	s := figures.Sheet{
		Counts: map[string]int64{figures.Attempts: n, figures.Failure + "invalid_credentials": 1},
		Levels: map[string]figures.Level{figures.Pool + "main": {N: 2, Sum: 0.75, Max: 0.5}},
		Times:  map[string]*figures.Times{figures.Login: {}},
	}
	s.Times[figures.Login].Observe(80 * time.Millisecond)
	s.Times[figures.Login].Observe(time.Hour)
	return figures.Row{Node: node, Host: "host-" + node, Step: step, At: at, Sheet: s}
}

func (g ground) keep(t *testing.T, rows ...figures.Row) time.Time {
	t.Helper()
	return must[time.Time](t)(g.KeepFigures(t.Context(), rows))
}

func (g ground) figures(t *testing.T, q figures.Query) []figures.Row {
	t.Helper()
	return must[[]figures.Row](t)(g.Figures(t.Context(), q))
}

func figuresKept(t *testing.T, g ground) {
	before := counted("a", time.Minute, noon, 5)
	after := counted("b", time.Minute, noon.Add(time.Minute), 7)
	at := g.keep(t, after, before, counted("a", time.Hour, noon, 12), counted("a", time.Minute, noon.Add(-time.Minute), 1))
	if off := time.Since(at).Abs(); off > time.Hour {
		t.Errorf("the clock of the database on this machine is %s off", off)
	}
	got := g.figures(t, figures.Query{Step: time.Minute, Since: noon})
	if diff := cmp.Diff([]figures.Row{before, after}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := g.figures(t, figures.Query{Step: 15 * time.Minute}); len(got) != 0 {
		t.Errorf("of a width that nobody wrote: %+v", got)
	}
}

func figuresContinue(t *testing.T, g ground) {
	for n := range int64(3) {
		g.keep(t, counted("a", time.Minute, noon, n))
	}
	if got := g.figures(t, figures.Query{Step: time.Minute}); len(got) != 1 || got[0].Sheet.Count(figures.Attempts) != 2 {
		t.Errorf("%+v", got)
	}
	if at := g.keep(t); at.IsZero() {
		t.Error("without rows, the time is not told")
	}
}

func figuresOfOne(t *testing.T, g ground) {
	g.keep(t, counted("a", time.Minute, noon, 1), counted("b", time.Minute, noon, 2))
	for _, name := range []string{"b", "host-b"} {
		if got := g.figures(t, figures.Query{Step: time.Minute, Node: name}); len(got) != 1 || got[0].Node != "b" {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got := g.figures(t, figures.Query{Step: time.Minute, Node: "host-c"}); len(got) != 0 {
		t.Errorf("a host that is none: %+v", got)
	}
}

func figuresThinned(t *testing.T, g ground) {
	for _, age := range []time.Duration{time.Hour, 3 * time.Hour, 5 * time.Hour} {
		for _, step := range figures.Steps {
			g.keep(t, counted("a", step, noon.Add(-age), 1))
		}
	}
	k := store.Keep{
		Sessions: day, Devices: day, Attempts: day, Links: day, Revocations: day, Challenges: day, Letters: day, Reports: day,
		Figures: [...]time.Duration{2 * time.Hour, 4 * time.Hour, 6 * time.Hour},
	}
	if err := g.Sweep(t.Context(), noon, k); err != nil {
		t.Fatal(err)
	}
	for i, step := range figures.Steps {
		if got := g.figures(t, figures.Query{Step: step}); len(got) != i+1 {
			t.Errorf("by %s: %d rows", step, len(got))
		}
	}
}

const day = 24 * time.Hour
