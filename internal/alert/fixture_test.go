package alert

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

var noon = time.Date(2026, time.November, 2, 12, 0, 0, 0, time.UTC)

// world is a judge with its clock and its book: what a database keeps between
// two steps, and nothing else.
type world struct {
	t       *testing.T
	now     time.Time
	book    map[Key]Alert
	mute    []Silence
	anybody bool
	rules   []Rule
	named   int
	told    []string // what receivers heard, one line a message
	notes   []Notice
}

func begin(t *testing.T) *world {
	return &world{t: t, now: noon, book: map[Key]Alert{}, anybody: true, rules: Rules(DefaultLimits)}
}

func (w *world) rule(name string) *Rule {
	w.t.Helper()
	for i := range w.rules {
		if w.rules[i].Name == name {
			return &w.rules[i]
		}
	}
	w.t.Fatalf("there is no rule %s", name)
	return nil
}

// step judges a snapshot now, and keeps what comes of it. The judge is a new one
// each time, as after a restart.
func (w *world) step(s Snapshot) {
	w.t.Helper()
	s.At = w.now
	b := Book{Silences: w.mute}
	for _, a := range w.book {
		b.Alerts = append(b.Alerts, a)
	}
	j := Judge{Rules: w.rules, Group: time.Minute, Repeat: 24 * time.Hour, Anybody: w.anybody, ID: func() string {
		w.named++
		return fmt.Sprintf("id%d", w.named)
	}}
	c := j.Step(w.now, &s, b)
	if c.Notice != nil && c.Empty() {
		w.t.Fatal("a notice without a change that says it was told")
	}
	for _, a := range c.Put {
		w.book[a.Key] = a
	}
	for _, k := range c.Drop {
		delete(w.book, k)
	}
	if c.Notice == nil {
		return
	}
	w.notes = append(w.notes, *c.Notice)
	line := ""
	for _, a := range c.Notice.Alerts {
		word := string(a.Severity)
		if a.State == Resolved {
			word = "resolved"
		}
		line += fmt.Sprintf("[%s %s%s]", word, a.Rule, a.Label)
	}
	w.told = append(w.told, line)
}

// pass steps every ten seconds for so long.
func (w *world) pass(d time.Duration, s Snapshot) {
	w.t.Helper()
	for end := w.now.Add(d); w.now.Before(end); w.now = w.now.Add(10 * time.Second) {
		w.step(s)
	}
}

func (w *world) state(k Key) State { return w.book[k].State }

func (w *world) heard(want ...string) {
	w.t.Helper()
	if !slices.Equal(w.told, want) {
		w.t.Fatalf("told were %q, want %q", w.told, want)
	}
}

// node is a snapshot of one.
func node(change func(*Local)) Snapshot {
	l := Local{Node: "n1", Host: "one", Honest: 100, Queries: 1000, Disk: &Disk{Dir: "/d", Size: 100, Free: 50}}
	if change != nil {
		change(&l)
	}
	return Snapshot{Nodes: []Local{l}}
}

func finding(code string, severity api.Severity) api.Finding {
	return api.Finding{Code: api.Cause(code), Severity: severity, Title: "Something is so", Evidence: "seen"}
}
