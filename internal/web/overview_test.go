package web

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

func some(values ...float64) []*float64 {
	var out []*float64
	for _, v := range values {
		if math.IsNaN(v) {
			out = append(out, nil)
			continue
		}
		out = append(out, &v)
	}
	return out
}

var gap = math.NaN()

var goals = map[string]float64{"login_success_ratio": 0.995, "login_p95_seconds": 2, "pool_use_ratio": 0.8, "response_p95_seconds": 0.5}

func figuresOf(series, failures map[string][]*float64) Series {
	n := 1
	for _, list := range series {
		n = max(n, len(list))
	}
	s := Series{Range: "1h", StepSeconds: 60, Series: series, Failures: failures, Targets: goals}
	for i := range n {
		s.At = append(s.At, noon.Unix()+int64(60*i))
	}
	return s
}

func TestFiguresAreWrittenAsTheLanguageDoes(t *testing.T) {
	for _, c := range []struct {
		lang, unit string
		value      float64
		want       string
	}{
		{"en", unitRatio, 1, "100%"},
		{"en", unitRatio, 0, "0%"},
		{"en", unitRatio, 0.99499, "99.49%"}, // rounded up it would read as if it met its target
		{"en", unitRatio, 0.9999999, "99.99%"},
		{"en", unitRatio, 0.29, "29.0%"}, // 0.29 is a little less in binary
		{"de", unitRatio, 0.9725, "97,2\u00a0%"},
		{"fr", unitSeconds, 1.239, "1,24\u00a0s"},
		{"en", unitSeconds, 0.227, "227\u00a0ms"},
		{"en", unitSeconds, 0.0026, "2.6\u00a0ms"},
		{"ja", unitCount, 12, "12"},
	} {
		if got := newNumbers(words(t, c.lang)).text(&c.value, c.unit); got != c.want {
			t.Errorf("%s %s %v: %q, want %q", c.lang, c.unit, c.value, got, c.want)
		}
	}
	n := newNumbers(words(t, "en"))
	if got := n.text(nil, unitSeconds); got != "–" {
		t.Errorf("what was not measured reads %q", got)
	}
	for d, want := range map[time.Duration]string{-time.Hour: "0 minutes", 90 * time.Second: "1 minute", 3 * time.Hour: "3 hours", 49 * time.Hour: "2 days"} {
		if got := n.length(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}

// The share of a minute weighs as many as tried in it: one failure in an empty minute is no outage, and a minute in
// which all of many fail is.
func TestSuccessIsOfAllWhoTried(t *testing.T) {
	for name, c := range map[string]struct {
		share, good, guesses []*float64
		wrong                []*float64
		want                 float64
	}{
		"a quiet minute":         {some(1, 0.5), some(99, 1), some(0, 0), some(0, 1), 100.0 / 101},
		"nobody got in":          {some(1, 0), some(50, 0), some(0, 0), some(0, 50), 0.5},
		"guesses do not count":   {some(1, 0), some(50, 0), some(0, 40), some(0, 50), 50.0 / 60},
		"nothing in between":     {some(1, gap, 1), some(2, gap, 2), some(0, gap, 0), nil, 1},
		"a minute of guesses":    {some(gap, 1), some(0, 2), some(30, 0), some(30, 0), 1},
		"a gap at the beginning": {some(gap, 0.9), some(gap, 9), nil, nil, 0.9},
	} {
		s := figuresOf(map[string][]*float64{"login_success_ratio": c.share, "logins": c.good, "guessing": c.guesses},
			map[string][]*float64{"wrong_password": c.wrong})
		if got := cards[0].over(s); got == nil || math.Abs(*got-c.want) > 1e-9 {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func overviewOf(t *testing.T, s Series, change func(*OverviewPage)) *OverviewPage {
	t.Helper()
	site := &Site{o: SiteOptions{Pages: newPages(t)}}
	n := newNumbers(words(t, "en"))
	page := &OverviewPage{Base: site.o.Pages.Base("en", "overview.title"), At: noon, Cards: site.cards(n, s)}
	page.Charts, page.Data = site.chartViews(n, s, true)
	if change != nil {
		change(page)
	}
	page.Verdict = site.verdict(page, s)
	return page
}

func TestVerdictIsThatOfTheGravest(t *testing.T) {
	well := map[string][]*float64{
		"login_success_ratio": some(1, 1, 1, 1), "logins": some(9, 9, 9, 9), "login_p95_seconds": some(0.2, 0.2, 0.2, 0.2),
		"pool_use_ratio": some(0.1, 0.1, 0.1, 0.1), "response_p95_seconds": some(0.1, 0.1, 0.1, 0.1),
	}
	with := func(name string, values ...float64) map[string][]*float64 {
		out := map[string][]*float64{}
		for n, list := range well {
			out[n] = list
		}
		out[name] = some(values...)
		return out
	}
	for name, c := range map[string]struct {
		series  map[string][]*float64
		change  func(*OverviewPage)
		class   string
		reasons int
	}{
		"all is well":              {well, nil, KindSuccess, 0},
		"nobody came":              {map[string][]*float64{"logins": some(0, 0)}, nil, KindInfo, 0},
		"nothing was measured":     {nil, nil, KindInfo, 0},
		"slow":                     {with("login_p95_seconds", 3, 3, 3, 3), nil, KindWarning, 1},
		"slow for a while only":    {with("response_p95_seconds", 0.1, 1.2, 0.1, 0.1), nil, KindSuccess, 0},
		"the pool was full once":   {with("pool_use_ratio", 0.1, 0.95, 0.1, 0.1), nil, KindWarning, 1},
		"a little short":           {with("login_success_ratio", 0.98, 0.99, 0.99, 0.99), nil, KindWarning, 1},
		"every tenth fails":        {with("login_success_ratio", 0.9, 0.9, 0.9, 0.9), nil, KindDanger, 1},
		"an alert is only pending": {well, func(p *OverviewPage) { p.Alerts = []FiringView{{Class: KindInfo}} }, KindSuccess, 0},
		"an alert fires":           {well, func(p *OverviewPage) { p.Alerts = []FiringView{{Class: KindWarning}, {Class: KindDanger}} }, KindDanger, 1},
		"a finding":                {well, func(p *OverviewPage) { p.Findings = []FindingView{{Class: KindWarning}} }, KindWarning, 1},
		"no backup":                {well, func(p *OverviewPage) { p.Facts = []FactView{{Class: KindWarning}, {Class: KindSuccess}} }, KindWarning, 1},
	} {
		page := overviewOf(t, figuresOf(c.series, nil), c.change)
		if page.Verdict.Class != c.class || len(page.Verdict.Reasons) != c.reasons {
			t.Errorf("%s: %s for %v, want %s for %d", name, page.Verdict.Class, page.Verdict.Reasons, c.class, c.reasons)
		}
	}
}

// A long span must not cover up what is wrong now.
func TestWhatIsWrongNowIsSaidOfALongSpan(t *testing.T) {
	share, times, logins := make([]float64, 100), make([]float64, 100), make([]float64, 100)
	for i := range share {
		share[i], times[i], logins[i] = 1, 0.1, 10
		if i >= 90 {
			share[i], times[i] = 0.9, 3
		}
	}
	page := overviewOf(t, figuresOf(map[string][]*float64{
		"login_success_ratio": some(share...), "login_p95_seconds": some(times...), "logins": some(logins...),
	}, nil), nil)
	if page.Cards[1].Verdict != "Missed lately" || page.Verdict.Class != KindDanger {
		t.Errorf("%+v %+v", page.Cards[1], page.Verdict)
	}
}

func TestReasonsBeyondTheFifthAreOne(t *testing.T) {
	failures := map[string][]*float64{"never": some(0, 0)}
	for i, name := range []string{"g", "f", "e", "d", "c", "b", "a"} {
		failures[name] = some(float64(i+1), gap)
	}
	got := reasons(figuresOf(map[string][]*float64{"logins": some(1, 1)}, failures))
	var names []string
	for _, l := range got {
		names = append(names, l.name)
	}
	if strings.Join(names, "") != "abcde"+otherReasons || *got[5].values[0] != 3 || got[5].values[1] != nil {
		t.Errorf("%v, the rest %v", names, got[len(got)-1].values)
	}
}

func TestTablesAndFilesHaveGapsAndNoZeros(t *testing.T) {
	s := figuresOf(map[string][]*float64{"login_success_ratio": some(1, gap, 0.5)}, nil)
	body, err := csvOf(chartOf("success"), s)
	want := "at,login_success_ratio\n2026-11-24T12:00:00Z,1\n2026-11-24T12:01:00Z,\n2026-11-24T12:02:00Z,0.5\n"
	if err != nil || string(body) != want {
		t.Errorf("%q %v", body, err)
	}
	page := overviewOf(t, s, nil)
	rows := page.Charts[slices.IndexFunc(charts, func(c chart) bool { return c.id == "success" })].Rows
	if len(rows) != 2 || rows[0].Cells[0] != "50.0%" || rows[1].Cells[0] != "100%" {
		t.Errorf("%+v", rows)
	}
}

// overviewStates are the overview as somebody may meet it; x is the text of all fields.
func overviewStates(p *Pages, in Base, x string) []state {
	site := &Site{o: SiteOptions{Pages: p}}
	n := newNumbers(p.Words("en"))
	s := figuresOf(map[string][]*float64{
		"login_success_ratio": some(1, gap, 0.5), "logins": some(3, gap, 1), "guessing": some(0, gap, 9), "login_p95_seconds": some(0.2, gap, 3),
	}, map[string][]*float64{x: some(1, gap, 2)})
	full := OverviewPage{Base: in, At: noon, Span: "1h", Spans: []Choice{{x, "/admin", true}}, Cards: site.cards(n, s), Tables: true}
	full.Charts, full.Data = site.chartViews(n, s, true)
	full.WatchAlerts, full.WatchDoctor, full.DoctorAt = true, true, noon
	full.Alerts = []FiringView{{Name: x, Title: x, Severity: x, Class: "danger", Since: x, Cause: x, Href: "/problems/x"}, {Title: x, Class: "info"}}
	full.Findings = []FindingView{{Code: x, Title: x, Severity: x, Class: "warning"}}
	full.Facts = []FactView{{Label: x, Value: x, Note: x, Verdict: x, Class: "warning", Names: []string{x, x}}, {Label: x, Value: x}}
	full.Verdict = VerdictView{Class: KindDanger, Title: x, Text: x, Reasons: []Link{{x, "#alerts"}, {x, "#success"}}}
	empty := OverviewPage{Base: in, At: noon, WatchAlerts: true, WatchDoctor: true, Verdict: VerdictView{Class: KindInfo, Title: x, Text: x}}
	empty.Charts, empty.Data = site.chartViews(n, Series(api.Series{Range: "1h"}), true)
	empty.Cards = site.cards(n, Series(api.Series{}))
	return []state{{"overview", PageOverview, full}, {"overview, empty", PageOverview, empty}}
}
