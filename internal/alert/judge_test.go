package alert

import (
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

var (
	sick  = node(func(l *Local) { l.Disk.Free = 9 })
	worse = node(func(l *Local) { l.Disk.Free = 4 })
	well  = node(nil)
	disk  = Key{"disk_space", "one"}
)

// What comes and goes is told of once, and each time that it comes back it must be well for longer.
func TestFlappingDoesNotSpam(t *testing.T) {
	w := begin(t)
	for range 48 { // two minutes bad and eight well, for eight hours
		w.pass(2*time.Minute, sick)
		w.pass(8*time.Minute, well)
	}
	if len(w.told) > 6 {
		t.Errorf("%d messages: %q", len(w.told), w.told)
	}
	if w.state(disk) != Firing || w.book[disk].Flaps == 0 {
		t.Errorf("%+v", w.book[disk])
	}
	before := len(w.told)
	w.pass(2*time.Hour, well)
	if w.state(disk) != Resolved || len(w.told) != before+1 {
		t.Errorf("after two hours it is %s, %q", w.state(disk), w.told)
	}
}

func TestFigureAtItsThresholdNeitherBeginsNorEnds(t *testing.T) {
	w := begin(t)
	border := node(func(l *Local) { l.Disk.Free = 11 })
	w.pass(time.Hour, border)
	w.pass(5*time.Minute, sick)
	w.pass(time.Hour, border)
	w.heard("[warning disk_spaceone]")
	w.pass(3*time.Minute, well)
	w.pass(10*time.Second, border) // not well for long enough
	w.pass(4*time.Minute, well)
	w.heard("[warning disk_spaceone]")
}

// An end that nobody heard of yet, and the next beginning, are no news.
func TestEndThatWasNotToldIsTakenBack(t *testing.T) {
	w := begin(t)
	w.pass(5*time.Minute, sick)
	id := w.book[disk].ID
	w.pass(5*time.Minute+20*time.Second, well)
	if w.state(disk) != Resolved {
		t.Fatal(w.state(disk))
	}
	w.pass(10*time.Minute, sick)
	w.heard("[warning disk_spaceone]")
	if a := w.book[disk]; a.State != Firing || a.ID != id {
		t.Errorf("%+v", a)
	}
}

func TestGraverIsToldAtOnceAndLighterNotAtAll(t *testing.T) {
	w := begin(t)
	w.pass(5*time.Minute, sick)
	w.step(worse)
	w.heard("[warning disk_spaceone]", "[critical disk_spaceone]")
	w.pass(5*time.Minute, sick)
	w.pass(5*time.Minute, worse)
	w.heard("[warning disk_spaceone]", "[critical disk_spaceone]")
}

func TestWhatStillFiresIsToldOfAgainAfterADay(t *testing.T) {
	w := begin(t)
	w.pass(5*time.Minute, sick)
	w.now = w.now.Add(22 * time.Hour)
	w.pass(time.Minute, sick)
	w.heard("[warning disk_spaceone]")
	w.now = w.now.Add(2 * time.Hour)
	w.pass(5*time.Minute, sick)
	w.heard("[warning disk_spaceone]", "[warning disk_spaceone]")
}

// What begins within one minute goes in one message; what is urgent waits for
// nothing, and takes along what waits.
func TestWhatBeginsTogetherIsToldTogether(t *testing.T) {
	w := begin(t)
	both := node(func(l *Local) { l.Disk.Free, l.Pools = 9, []Pool{{"main", 10, 10}} })
	w.pass(50*time.Second, node(func(l *Local) { l.Pools = []Pool{{"main", 10, 10}} })) // for two minutes
	w.pass(2*time.Minute+30*time.Second, both)                                          // for one: both fire within a minute
	w.heard("[warning disk_spaceone][warning pool_useone]")

	w = begin(t)
	w.pass(70*time.Second, sick)
	w.heard()
	w.step(node(func(l *Local) { l.Disk.Free, l.CSRFFailed = 9, 1 }))
	w.heard("[critical csrf_failures][warning disk_spaceone]")
}

func TestNobodyIsToldWhileNobodyIsThere(t *testing.T) {
	w := begin(t)
	w.anybody = false
	w.pass(10*time.Minute, sick)
	w.heard()
	w.anybody = true
	w.step(sick)
	w.heard("[warning disk_spaceone]")
}

func TestSilenceKeepsQuietUntilItsEnd(t *testing.T) {
	other := Silence{Rule: "disk_space", Label: "two", Until: noon.Add(day)}
	for name, mute := range map[string]Silence{
		"the rule": {Rule: "disk_space"}, "the one": {Rule: "disk_space", Label: "one"}, "all": {Rule: Everything},
	} {
		t.Run(name, func(t *testing.T) {
			mute.Until = noon.Add(30 * time.Minute)
			w := begin(t)
			w.mute = []Silence{other, mute}
			w.pass(20*time.Minute, sick)
			w.heard()
			if w.state(disk) != Firing {
				t.Fatal("a silence keeps it from being judged")
			}
			w.pass(11*time.Minute, sick)
			w.heard("[warning disk_spaceone]")
		})
	}
	w := begin(t) // over before the silence is: nobody hears of either
	w.mute = []Silence{{Rule: Everything, Until: noon.Add(day)}}
	w.pass(10*time.Minute, sick)
	w.pass(time.Hour, well)
	w.heard()
	if w.state(disk) != Resolved {
		t.Error(w.state(disk))
	}

	w = begin(t) // told before the silence: whoever holds it open hears of its end
	w.pass(10*time.Minute, sick)
	w.mute = []Silence{{Rule: Everything, Until: noon.Add(day)}}
	w.pass(10*time.Minute, worse)
	w.pass(10*time.Minute, well)
	w.heard("[warning disk_spaceone]", "[resolved disk_spaceone]")

	w = begin(t) // one that was ended counts no more
	w.mute = []Silence{{Rule: Everything, Until: noon.Add(day), EndedAt: noon}}
	w.pass(10*time.Minute, sick)
	w.heard("[warning disk_spaceone]")
}

// Whoever judges next has the book and nothing else; in whatever state that
// happens, the messages are those of one who was there all along.
func TestAnotherNodeGoesOnWhereTheLastOneStopped(t *testing.T) {
	story := func(w *world) {
		w.pass(40*time.Second, sick)
		w.pass(time.Minute, well)
		w.pass(5*time.Minute, sick)
		w.pass(2*time.Minute, worse)
		w.pass(20*time.Minute, well)
		w.pass(5*time.Minute, sick)
		w.pass(time.Hour, well)
	}
	one := begin(t)
	story(one)
	if len(one.told) != 5 {
		t.Fatalf("%q", one.told)
	}
	// A node that takes over in the middle finds no reading of anybody for a
	// moment: what fires goes on.
	w := begin(t)
	w.pass(5*time.Minute, sick)
	w.step(Snapshot{})
	w.pass(5*time.Minute, sick)
	w.heard("[warning disk_spaceone]")
}

func TestWhatCannotBeAskedLeavesAlertsAsTheyAre(t *testing.T) {
	w := begin(t)
	old := Snapshot{Backup: &Backup{Age: 49 * time.Hour, Most: 48 * time.Hour}}
	w.pass(5*time.Minute, old)
	w.heard("[warning backup_old]")
	w.pass(time.Hour, Snapshot{Unknown: map[string]bool{"backup_old": true}})
	w.heard("[warning backup_old]")
	if w.state(Key{"backup_old", ""}) != Firing {
		t.Error("it was called well, and nobody looked")
	}
}

// Two nodes' figures are one: what is too little on each may be enough together.
func TestFiguresOfAllNodesCount(t *testing.T) {
	w := begin(t)
	two := Snapshot{Nodes: []Local{{Host: "one", Honest: 15, HonestFailed: 3}, {Host: "two", Honest: 15, HonestFailed: 3}}}
	w.pass(5*time.Minute, two)
	w.heard("[warning login_failures]")
	if a := w.book[Key{"login_failures", ""}]; a.Says != "6 of 30 honest sign-ins failed in five minutes (20 %)" {
		t.Error(a.Says)
	}
}

func TestMessageCarriesTheCauseOfTheDoctor(t *testing.T) {
	w := begin(t)
	w.pass(5*time.Minute, sick)
	m := w.notes[0].Message(Origin{PublicURL: "https://auth.example.com", Version: "1"}, w.rules)
	a := m.Alerts[0]
	if a.Cause == nil || a.Cause.Docs != "https://auth.example.com/problems/disk_nearly_full" || len(a.Cause.Commands) == 0 || a.Threshold == "" {
		t.Errorf("%+v", a)
	}
	if info := api.Causes["disk_nearly_full"]; a.Cause.Remedy != info.Remedy || a.Cause.Title != info.Title {
		t.Errorf("%+v", a.Cause)
	}
}
