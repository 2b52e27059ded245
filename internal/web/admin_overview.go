package web

import (
	"context"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/alert"
)

// overview shows how things are, at a glance and over time. What it lives on is on the page as JSON, and the page asks
// for itself again without its tables.
func (s *Site) overview(v visit) error {
	query := v.HTTP().URL.Query()
	b, err := s.adminBase(v, "overview.title")
	if err != nil {
		return err
	}
	page := OverviewPage{
		Base: b, At: s.o.Pages.options.Now(), Span: spanOr(query.Get("range")), Tables: query.Get("tables") != "no",
	}
	for _, span := range Spans {
		to := addressOf("/admin", spanQuery(span))
		page.Spans = append(page.Spans, Choice{s.say(b, spanWords[span]), to, span == page.Span})
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
	if s.o.Alerts != nil {
		list, err := s.o.Alerts.List(ctx)
		if err != nil {
			return err
		}
		page.WatchAlerts = true
		for _, a := range list.Items {
			if a.State != string(alert.Resolved) {
				page.Alerts = append(page.Alerts, s.firingView(n, page, a))
			}
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

// firingView is an alert in short. One that is pending or silenced is shown, and speaks against nothing yet.
func (s *Site) firingView(n numbers, page *OverviewPage, a api.Alert) FiringView {
	v := FiringView{
		Name: alert.Name(&a), Title: a.Summary,
		Class: alertClasses[a.Severity], Severity: s.say(page.Base, alertWords[a.Severity]),
	}
	switch {
	case a.State == string(alert.Pending):
		v.Class, v.Severity = KindInfo, s.say(page.Base, "overview.alert.pending")
	case a.Silenced:
		v.Class, v.Severity = KindInfo, s.say(page.Base, "overview.alert.silenced")
	}
	if !a.Since.IsZero() {
		v.Since = n.length(since(page.At, a.Since))
	}
	if a.Cause != nil {
		v.Href, v.Cause = "/problems/"+string(a.Cause.Code), a.Cause.Title
	}
	return v
}

// since is how long ago something was; a clock that is behind makes it no time at all.
func since(now, then time.Time) time.Duration { return max(0, now.Sub(then)) }
