package storetest

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/selftest"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// reportChecks count all reports of a database, so each gets its own.
var reportChecks = []check{
	{"ReportIsFoundByItsCode", reportKept},
	{"SameReportIsOneThatCounts", reportCounted},
	{"CodeThatIsTakenIsTold", reportCodeTaken},
	{"NetworkHasRoomForAFewReports", reportsOfNetwork},
	{"OldestReportMakesRoom", reportsInAll},
	{"OldReportsAreSweptAway", reportsSwept},
}

var roomy = selftest.Bounds{Network: 10, All: 100}

func newReport(network string, at time.Time) selftest.Report {
	return selftest.Report{
		Code: selftest.NewCode(), At: at, Last: at, Count: 1, Page: "/login", Network: network, Tally: secret.Random(32),
		Findings: []selftest.Finding{{Cause: "cookies_blocked", Evidence: "none came\x00 back"}, {Cause: "browser_clock_off", Evidence: "an hour"}},
		Client:   audit.Client{IP: "192.0.2.1", UserAgent: "Firefox <b>", RequestID: "r1"},
	}
}

func (g ground) keepReport(t *testing.T, r selftest.Report, most selftest.Bounds) string {
	t.Helper()
	return must[string](t)(g.KeepReport(t.Context(), r, most))
}

func (g ground) report(t *testing.T, code string) (selftest.Report, bool) {
	t.Helper()
	r, ok, err := g.Report(t.Context(), code)
	if err != nil {
		t.Fatal(err)
	}
	return r, ok
}

func reportKept(t *testing.T, g ground) {
	r := newReport("192.0.2.1", noon)
	if code := g.keepReport(t, r, roomy); code != r.Code {
		t.Fatalf("kept as %q, not %q", code, r.Code)
	}
	got, ok := g.report(t, r.Code)
	if d := cmp.Diff(r, got); d != "" || !ok {
		t.Errorf("found %v (-want +got):\n%s", ok, d)
	}
	for _, none := range []string{"", "ABCDEF", r.Code + "\x00x"} {
		if _, ok := g.report(t, none); ok {
			t.Errorf("found one under %q", none)
		}
	}
}

func reportCounted(t *testing.T, g ground) {
	r := newReport("192.0.2.1", noon)
	var all sync.Map
	atOnce(8, func(int) {
		one := r
		one.Code = selftest.NewCode()
		code, err := g.KeepReport(t.Context(), one, roomy)
		if err != nil {
			t.Error(err)
		}
		all.Store(code, true)
	})
	var codes []string
	all.Range(func(k, _ any) bool { codes = append(codes, k.(string)); return true })
	if len(codes) != 1 {
		t.Fatalf("eight times the same has the codes %v", codes)
	}
	r.Last = noon.Add(time.Hour)
	if code := g.keepReport(t, r, roomy); code != codes[0] {
		t.Errorf("an hour later it is %s, not %s", code, codes[0])
	}
	if got, _ := g.report(t, codes[0]); got.Count != 9 || !got.At.Equal(noon) || !got.Last.Equal(r.Last) {
		t.Errorf("%d times from %s to %s", got.Count, got.At, got.Last)
	}
}

func reportCodeTaken(t *testing.T, g ground) {
	one, two := newReport("192.0.2.1", noon), newReport("192.0.2.2", noon)
	two.Code = one.Code
	g.keepReport(t, one, roomy)
	if code, err := g.KeepReport(t.Context(), two, roomy); !errors.Is(err, selftest.ErrCodeTaken) || code != "" {
		t.Errorf("kept as %q: %v", code, err)
	}
	if got, _ := g.report(t, one.Code); got.Network != one.Network {
		t.Errorf("the first is now of %s", got.Network)
	}
}

func reportsOfNetwork(t *testing.T, g ground) {
	var last string
	for i := range roomy.Network {
		last = g.keepReport(t, newReport("2001:db8::/64", noon.Add(time.Duration(i)*time.Second)), roomy)
	}
	if code := g.keepReport(t, newReport("2001:db8::/64", noon), roomy); code != last {
		t.Errorf("one more is told as %q, and the newest like it is %q", code, last)
	}
	other := newReport("2001:db8::/64", noon)
	other.Findings = other.Findings[:1]
	if code := g.keepReport(t, other, roomy); code != "" {
		t.Errorf("one that none is like is told as %q", code)
	}
	if r := newReport("192.0.2.9", noon); g.keepReport(t, r, roomy) != r.Code {
		t.Error("another network has no room")
	}
}

func reportsInAll(t *testing.T, g ground) {
	few := selftest.Bounds{Network: 10, All: 4}
	var codes []string
	for i := range 6 {
		codes = append(codes, g.keepReport(t, newReport(fmt.Sprint("192.0.2.", i), noon.Add(time.Duration(i)*time.Second)), few))
	}
	list, err := g.Reports(t.Context(), 10)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range list {
		got = append(got, r.Code)
	}
	if d := cmp.Diff([]string{codes[5], codes[4], codes[3], codes[2]}, got); d != "" {
		t.Errorf("the newest first, and no more than four (-want +got):\n%s", d)
	}
	if list, err := g.Reports(t.Context(), 1); err != nil || len(list) != 1 {
		t.Errorf("asked for one: %d, %v", len(list), err)
	}
}

func reportsSwept(t *testing.T, g ground) {
	r := newReport("192.0.2.1", noon)
	g.keepReport(t, r, roomy)
	keep := store.Keep{Reports: selftest.Keep}
	if err := g.Sweep(t.Context(), noon.Add(selftest.Keep), keep); err != nil {
		t.Fatal(err)
	}
	if _, ok := g.report(t, r.Code); !ok {
		t.Error("one that may stay was swept")
	}
	if err := g.Sweep(t.Context(), noon.Add(selftest.Keep+time.Millisecond), keep); err != nil {
		t.Fatal(err)
	}
	if _, ok := g.report(t, r.Code); ok {
		t.Error("an old one stayed")
	}
}
