package web

import (
	"context"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

// overview shows how things are, at a glance and over time. What it lives on is on the page as JSON, and the page asks
// for itself again without its tables.
func (s *Site) overview(v visit) error {
	query := v.HTTP().URL.Query()
	b, err := s.adminBase(v, "overview.title")
	if err != nil {
		return err
	}
	page := OverviewPage{Base: b, At: s.o.Pages.options.Now(), Span: spanOr(query.Get("range")), Tables: query.Get("tables") != "no"}
	for _, span := range Spans {
		page.Spans = append(page.Spans, Choice{s.say(b, spanWords[span]), addressOf("/admin", spanQuery(span)), span == page.Span})
	}
	series, err := s.series(v.Context(), page.Span)
	if err != nil {
		return err
	}
	n := newNumbers(s.o.Pages.Words(b.Lang))
	page.Cards = s.cards(n, series)
	page.Charts, page.Data = s.chartViews(n, series, page.Tables)
	if err := s.states(v.Context(), n, &page); err != nil {
		return err
	}
	page.Verdict = s.verdict(&page, series)
	return s.showAdmin(v, PageOverview, page, nil)
}

// spanWords are how to call a span of time.
var spanWords = map[string]string{
	"1h": "overview.range.1h", "24h": "overview.range.24h", "7d": "overview.range.7d", "30d": "overview.range.30d",
}

func spanQuery(span string) map[string][]string {
	if span == Spans[0] {
		span = ""
	}
	return map[string][]string{"range": {span}}
}

func (s *Site) series(ctx context.Context, span string) (Series, error) {
	if s.o.Overview.Figures == nil {
		return Series{Range: span}, nil
	}
	found, err := s.o.Overview.Figures.Series(ctx, span, "")
	return Series(found), err
}

// states are what is no figure: alerts, findings, ages and servers.
func (s *Site) states(ctx context.Context, n numbers, page *OverviewPage) (err error) {
	if s.o.Overview.Alerts != nil {
		alerts, err := s.o.Overview.Alerts(ctx)
		if err != nil {
			return err
		}
		page.WatchAlerts = true
		for _, a := range alerts {
			page.Alerts = append(page.Alerts, s.alertView(n, page, a))
		}
	}
	if s.o.Doctor != nil {
		page.WatchDoctor = true
		if last := s.o.Doctor.Last(); last != nil {
			page.DoctorAt = last.At
			for _, f := range last.Findings {
				page.Findings = append(page.Findings, s.findingView(page.Base, f))
			}
		}
	}
	page.Facts, err = s.facts(ctx, n, page)
	return err
}

func (s *Site) alertView(n numbers, page *OverviewPage, a Alert) AlertView {
	v := AlertView{Name: a.Name, Title: a.Title, Class: KindWarning, Severity: s.say(page.Base, "overview.alert.warning")}
	switch {
	case !a.Firing:
		v.Class, v.Severity = KindInfo, s.say(page.Base, "overview.alert.pending")
	case a.Critical:
		v.Class, v.Severity = KindDanger, s.say(page.Base, "overview.alert.critical")
	}
	if !a.Since.IsZero() {
		v.Since = n.length(since(page.At, a.Since))
	}
	if _, known := api.Causes[api.Cause(a.Cause)]; known {
		v.Href = "/problems/" + a.Cause
	} else if _, known := api.Codes[api.Code(a.Cause)]; known {
		v.Href = "/problems/" + a.Cause
	}
	return v
}

// since is how long ago something was; a clock that is behind makes it no time at all.
func since(now, then time.Time) time.Duration { return max(0, now.Sub(then)) }
