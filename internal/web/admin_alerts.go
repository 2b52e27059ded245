package web

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/alert"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
)

// Alerts lists alerts, and keeps them quiet.
type Alerts interface {
	List(ctx context.Context) (api.AlertList, error)
	Silence(ctx context.Context, who alert.Actor, in api.NewAlertSilence) (api.AlertSilence, error)
	Unsilence(ctx context.Context, who alert.Actor, id string) error
	Test(ctx context.Context, who alert.Actor, to string) ([]api.AlertTested, error)
}

// silenceSpans are what the form offers, in minutes.
var silenceSpans = []struct {
	minutes int
	key     string
}{
	{60, "admin.alerts.span.hour"},
	{240, "admin.alerts.span.hours"},
	{1440, "admin.alerts.span.day"},
	{10080, "admin.alerts.span.week"},
	{43200, "admin.alerts.span.month"},
}

func (s *Site) alerts(v visit) error { return s.alertsPage(v, httpkit.Form{}, nil, nil) }

// decider is the administrator, with a proof that is recent enough.
func (s *Site) decider(v visit) (alert.Actor, error) {
	return alert.Actor{ID: v.person.User().ID, Client: v.Client.Client}, s.o.Login.Recent(v.person)
}

func (s *Site) alertSilence(v visit, form httpkit.Form) error {
	who, err := s.decider(v)
	if err != nil {
		return err
	}
	rule, label, _ := strings.Cut(form["alert"], " ")
	minutes, _ := strconv.Atoi(form["minutes"]) // what is no number is refused as 0 is
	_, err = s.o.Alerts.Silence(v.Context(), who, api.NewAlertSilence{Rule: rule, Label: label, Minutes: minutes, Reason: form["reason"]})
	if err != nil {
		return err
	}
	return redirect(v.Request, "/admin/alerts?notice=silenced")
}

func (s *Site) alertUnsilence(v visit, form httpkit.Form) error {
	who, err := s.decider(v)
	if err == nil {
		err = s.o.Alerts.Unsilence(v.Context(), who, form["id"])
	}
	if err != nil {
		return err
	}
	return redirect(v.Request, "/admin/alerts?notice=unsilenced")
}

func (s *Site) alertTest(v visit, form httpkit.Form) error {
	who, err := s.decider(v)
	if err != nil {
		return err
	}
	results, err := s.o.Alerts.Test(v.Context(), who, "")
	if err != nil {
		return err
	}
	return s.alertsPage(v, form, results, nil)
}

func (s *Site) alertsAgain(v visit, form httpkit.Form, f *fault.Error) error {
	if f.Code == api.CodeReauthRequired {
		return f // the page that asks who it is leads back
	}
	return s.alertsPage(v, form, nil, f)
}

func (s *Site) alertsPage(v visit, form httpkit.Form, tested []api.AlertTested, f *fault.Error) error {
	list, err := s.o.Alerts.List(v.Context())
	if err != nil {
		return err
	}
	b, err := s.adminBase(v, "admin.alerts.title")
	if err != nil {
		return err
	}
	page := AlertsPage{
		Base: b, Silences: list.Silences, Rules: list.Rules, Receivers: strings.Join(list.Receivers, ", "), Tested: tested, Reason: form["reason"],
	}
	for _, one := range list.Items {
		view := s.alertView(b, one)
		switch one.State {
		case string(alert.Firing):
			page.Firing = append(page.Firing, view)
		case string(alert.Pending):
			page.Pending = append(page.Pending, view)
		default:
			page.Resolved = append(page.Resolved, view)
		}
	}
	page.Alerts, page.Spans = s.silenceChoices(b, list, form)
	if f != nil {
		page.Error = s.adminFault(b, f)
	}
	return s.showAdmin(v, PageAlerts, page, f)
}

func (s *Site) alertView(b Base, a api.Alert) AlertView {
	v := AlertView{Alert: a, Name: alert.Name(&a), Word: s.say(b, alertWords[a.Severity]), Class: alertClasses[a.Severity]}
	if a.State == string(alert.Resolved) {
		v.Word, v.Class = s.say(b, "admin.alerts.resolved"), "success"
	}
	return v
}

// silenceChoices are what fires or may soon, then each rule, then all.
func (s *Site) silenceChoices(b Base, list api.AlertList, form httpkit.Form) (what, spans []Option) {
	add := func(value, label string) {
		if !slices.ContainsFunc(what, func(o Option) bool { return o.Value == value }) {
			what = append(what, Option{Value: value, Label: label, Chosen: form["alert"] == value})
		}
	}
	for _, one := range list.Items {
		if one.State != string(alert.Resolved) {
			add(alert.Name(&one), alert.Name(&one))
		}
	}
	for _, r := range list.Rules {
		add(r.Name, r.Name)
	}
	add(alert.Everything, s.say(b, "admin.alerts.everything"))
	for _, span := range silenceSpans {
		minutes := strconv.Itoa(span.minutes)
		spans = append(spans, Option{Value: minutes, Label: s.say(b, span.key), Chosen: form["minutes"] == minutes})
	}
	return what, spans
}

// alertsItem is the entry of the bar, with a badge where something fires.
func (s *Site) alertsItem(b Base, item NavItem) NavItem {
	if s.o.Firing != nil {
		if item.Count = s.o.Firing(); item.Count > 0 {
			item.Counted = s.say(b, "admin.alerts.badge", "count", item.Count)
		}
	}
	return item
}
