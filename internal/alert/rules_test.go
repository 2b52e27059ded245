package alert

import (
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

// watched is what each rule calls bad, and what not: not yet, too little to say
// so, or the band in which what fires goes on.
var watched = []struct {
	rule, label string
	bad         Snapshot
	severity    Severity
	cause       api.Cause
	not         []Snapshot
	between     *Snapshot
}{
	{
		rule: "login_failures", bad: node(func(l *Local) { l.HonestFailed = 6 }), severity: Warning,
		not: []Snapshot{
			node(func(l *Local) { l.HonestFailed = 4 }),
			node(func(l *Local) { l.Honest, l.HonestFailed = 2, 1 }),     // one wrong password of two
			node(func(l *Local) { l.Honest, l.HonestFailed = 19, 19 }),   // too few to say so
			node(func(l *Local) { l.Honest, l.HonestFailed = 40, 4 }),    // ten of a hundred, and four
			node(func(l *Local) { l.Honest, l.HonestFailed = 1000, 50 }), // exactly the threshold
		},
		between: ptr(node(func(l *Local) { l.Honest, l.HonestFailed = 1000, 45 })),
	},
	{
		rule: "login_failures", bad: node(func(l *Local) {
			l.HonestFailed, l.Findings = 60, []api.Finding{finding("csrf_refused_everybody", api.Serious)}
		}),
		severity: Critical, cause: "csrf_refused_everybody",
	},
	{
		rule: "database_errors", bad: node(func(l *Local) { l.DatabaseErrors = 11 }), severity: Critical,
		not:     []Snapshot{node(func(l *Local) { l.Queries, l.DatabaseErrors = 100, 4 }), node(func(l *Local) { l.Queries = 0 })},
		between: ptr(node(func(l *Local) { l.DatabaseErrors = 9 })),
	},
	{
		rule: "response_time", bad: node(func(l *Local) { l.Times = []Times{{"POST /login", 20, 2100 * time.Millisecond}} }), severity: Warning,
		not: []Snapshot{
			node(func(l *Local) { l.Times = []Times{{"POST /login", 19, 9 * time.Second}} }),
			node(func(l *Local) { l.Times = []Times{{"POST /login", 2000, time.Second}} }),
		},
		between: ptr(node(func(l *Local) { l.Times = []Times{{"POST /login", 2000, 1900 * time.Millisecond}} })),
	},
	{rule: "csrf_failures", bad: node(func(l *Local) { l.CSRFFailed = 1 }), severity: Critical, not: []Snapshot{node(nil)}},
	{rule: "csrf_failures", bad: node(func(l *Local) { l.CSRFBroken = true }), severity: Critical},
	{
		rule: "guessing_wave", bad: node(func(l *Local) { l.Findings = []api.Finding{finding("guessing_wave", api.Warning)} }),
		severity: Warning, cause: "guessing_wave", not: []Snapshot{node(nil)},
	},
	{
		rule: "doctor_finding", label: "reload_refused", severity: Warning, cause: "reload_refused",
		bad: node(func(l *Local) { l.Findings = []api.Finding{finding("reload_refused", api.Warning)} }),
		not: []Snapshot{node(func(l *Local) { l.Findings = []api.Finding{finding("guessing_wave", api.Warning)} })}, // it has a rule of its own
	},
	{
		rule: "doctor_finding", label: "csrf_refused_everybody", severity: Critical, cause: "csrf_refused_everybody",
		bad: node(func(l *Local) { l.Findings = []api.Finding{finding("csrf_refused_everybody", api.Serious)} }),
	},
	{
		rule: "pool_use", label: "one", bad: node(func(l *Local) { l.Pools = []Pool{{"main", 10, 9}} }), severity: Warning,
		not:     []Snapshot{node(func(l *Local) { l.Pools = []Pool{{"write", 1, 1}} }), node(func(l *Local) { l.Pools = []Pool{{"main", 10, 6}} })},
		between: ptr(node(func(l *Local) { l.Pools = []Pool{{"main", 10, 8}} })),
	},
	{
		rule: "disk_space", label: "one", bad: node(func(l *Local) { l.Disk.Free = 9 }), severity: Warning, cause: "disk_nearly_full",
		not: []Snapshot{node(nil), node(func(l *Local) { l.Disk = nil })}, between: ptr(node(func(l *Local) { l.Disk.Free = 11 })),
	},
	{rule: "disk_space", label: "one", bad: node(func(l *Local) { l.Disk.Free = 4 }), severity: Critical, cause: "disk_nearly_full"},
	{
		rule: "certificate_expiry", label: "a.example", bad: certified(365*day, 29*day), severity: Warning, cause: "certificate_expires_soon",
		not: []Snapshot{certified(365*day, 40*day), certified(90*day, 29*day), certified(6*day, 2*day)},
	},
	{rule: "certificate_expiry", label: "a.example", bad: certified(365*day, 6*day), severity: Critical, cause: "certificate_expires_soon"},
	{rule: "certificate_expiry", label: "a.example", bad: certified(365*day, -day), severity: Critical, cause: "certificate_expired"},
	{
		rule: "mail_stuck", bad: Snapshot{Mail: &Mail{Oldest: 16 * time.Minute, Cause: "mail: h:25: AUTH was answered with 535: no"}}, severity: Warning,
		cause: "smtp_refuses_login", not: []Snapshot{{Mail: &Mail{Oldest: 14 * time.Minute, Dead: 2}}, {}},
	},
	{rule: "mail_stuck", bad: Snapshot{Mail: &Mail{Dead: 3}}, severity: Warning, cause: "smtp_unreachable"},
	{
		rule: "backup_old", bad: Snapshot{Backup: &Backup{Age: 49 * time.Hour, Most: 48 * time.Hour}}, severity: Warning, cause: "backup_too_old",
		not: []Snapshot{{Backup: &Backup{Age: 47 * time.Hour, Most: 48 * time.Hour}}, {}},
	},
	{rule: "backup_old", bad: Snapshot{Backup: &Backup{Never: true, Age: 7 * day, Most: 2 * day}}, severity: Critical, cause: "backup_too_old"},
	{
		rule: "audit_shipping", label: "syslog", bad: Snapshot{Shipped: []Shipping{{Name: "syslog", Lag: 11 * time.Minute}}}, severity: Warning, cause: "audit_shipping_behind",
		not: []Snapshot{{Shipped: []Shipping{{Name: "syslog", Lag: time.Minute}}}}, between: &Snapshot{Shipped: []Shipping{{Name: "syslog", Lag: 9 * time.Minute}}},
	},
	{rule: "audit_chain", bad: Snapshot{Chain: &Chain{Broken: "row 7 was changed"}}, severity: Critical, cause: "audit_chain_broken", not: []Snapshot{{Chain: &Chain{}}, {}}},
	{
		rule: "node_silent", label: "two", bad: silent(2 * time.Minute), severity: Warning, cause: "server_not_running",
		not: []Snapshot{silent(55 * time.Second), silent(2 * time.Hour), {Nodes: []Local{{Node: "n3", Host: "two"}}, Silent: silent(2 * time.Minute).Silent}},
	},
}

func silent(d time.Duration) Snapshot {
	s := node(nil)
	s.Silent = []Silent{{Host: "two", For: d}}
	return s
}

// certified has a certificate of that life, so much of which is left at noon and
// in the hours after it.
func certified(life, left time.Duration) Snapshot {
	return node(func(l *Local) { l.Certificates = []Certificate{{"a.example", noon.Add(left - life), noon.Add(left)}} })
}

func ptr[T any](v T) *T { return &v }

// TestEveryRuleGoesThroughEveryState drives each by the clock: nothing before its
// time, one message when it fires, none while it goes on, one when it is over.
func TestEveryRuleGoesThroughEveryState(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range watched {
		t.Run(c.rule+" "+string(c.severity), func(t *testing.T) {
			seen[c.rule] = true
			w := begin(t)
			w.rules = []Rule{*w.rule(c.rule)}
			r, key := &w.rules[0], Key{c.rule, c.label}
			well := node(nil)
			for _, s := range append(c.not, well) {
				w.pass(10*time.Minute, s)
				if len(w.book) > 0 {
					t.Fatalf("%+v is an alert", w.book)
				}
				w.now = noon // certificates end by the clock
			}
			if c.between != nil {
				if w.pass(r.For+time.Minute, *c.between); len(w.book) > 0 {
					t.Fatal("what is in the band began to fire")
				}
			}
			w.pass(r.For, c.bad)
			if want := Pending; r.For > 0 && w.state(key) != want {
				t.Fatalf("before its time it is %q", w.state(key))
			}
			w.step(well) // it got well in time, and nobody hears of it
			if w.heard(); len(w.book) > 0 && r.For > 0 {
				t.Fatalf("what never fired is kept: %+v", w.book)
			}
			w.book = map[Key]Alert{}
			w.told = nil
			w.pass(r.For+2*time.Minute, c.bad)
			a := w.book[key]
			if a.State != Firing || a.Severity != c.severity || a.Cause != c.cause || a.Says == "" {
				t.Fatalf("%+v", a)
			}
			begun := "[" + string(c.severity) + " " + c.rule + c.label + "]"
			w.heard(begun)
			w.pass(30*time.Minute, c.bad)
			if c.between != nil {
				w.pass(30*time.Minute, *c.between)
			}
			w.heard(begun)
			w.pass(r.Keep, well)
			if w.state(key) != Firing {
				t.Fatalf("it is %q before it was well for long enough", w.state(key))
			}
			w.pass(2*time.Minute, well)
			if w.state(key) != Resolved || w.book[key].ID != a.ID {
				t.Fatalf("%+v", w.book[key])
			}
			w.heard(begun, "[resolved "+c.rule+c.label+"]")
			if w.pass(8*day/60, well); w.state(key) != Resolved {
				t.Fatal("it was forgotten at once")
			}
			if w.now = w.now.Add(8 * day); true {
				w.step(well)
			}
			if len(w.book) > 0 {
				t.Fatal("it is never forgotten")
			}
		})
	}
	for _, r := range Rules(DefaultLimits) {
		if !seen[r.Name] {
			t.Errorf("%s was not driven", r.Name)
		}
		if strings.ToLower(r.Name) != r.Name || r.Watches == "" || r.Threshold == "" || r.Keep <= 0 || len(r.Severities) == 0 {
			t.Errorf("%s is not whole: %+v", r.Name, r)
		}
		if _, known := api.Causes[r.Usual]; r.Usual != "" && !known {
			t.Errorf("%s names the cause %s, which there is not", r.Name, r.Usual)
		}
	}
}
