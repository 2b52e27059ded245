package web

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
)

// auditPerPage rows are shown at a time.
const auditPerPage = 50

// ranges are the spans of time that one press asks for, and how to call them.
var ranges = map[string]struct {
	span time.Duration
	key  string
}{
	"1h":  {time.Hour, "admin.audit.range.1h"},
	"24h": {24 * time.Hour, "admin.audit.range.24h"},
	"7d":  {7 * 24 * time.Hour, "admin.audit.range.7d"},
}

// outcomeWords are how to call an outcome.
var outcomeWords = map[string]string{
	audit.Success: "admin.audit.outcome.success",
	audit.Refused: "admin.audit.outcome.refused",
}

func (s *Site) audit(v visit) error {
	b, err := s.adminBase(v, "admin.audit.title")
	if err != nil {
		return err
	}
	page := AuditPage{Base: b, Filter: readFilter(v.HTTP().URL.Query())}
	s.fillFilter(&page)
	query, f := s.auditQuery(v.Context(), &page)
	if f != nil {
		v.Fault(f)
		page.Error = s.adminFault(b, f)
		page.Error.Summary = s.say(b, "admin.audit.wrong")
		return s.showAdmin(v, PageAudit, page, f)
	}
	query.Limit = auditPerPage + 1
	rows, err := s.o.Audit.AuditRows(v.Context(), query)
	if err != nil {
		return err
	}
	if len(rows) > auditPerPage {
		rows = rows[:auditPerPage]
		page.Older = page.Filter.with("before", strconv.FormatInt(rows[auditPerPage-1].ID, 10))
	}
	page.Rows = s.auditViews(v.Context(), b, rows)
	page.Count = s.countRows(b, len(rows), page.Older != "")
	page.fillLinks(query)
	return s.showEnds(v, page, query)
}

// showEnds adds the ends of the whole audit: where the live tail begins, and
// what there would be to find, where nothing was found.
func (s *Site) showEnds(v visit, page AuditPage, query audit.Query) error {
	newest, err := s.o.Audit.AuditRows(v.Context(), audit.Query{Limit: 1})
	if err != nil {
		return err
	}
	if len(newest) > 0 {
		page.Newest = newest[0].ID
	}
	if len(page.Rows) == 0 {
		oldest, err := s.o.Audit.AuditRows(v.Context(), audit.Query{Limit: 1, OldestFirst: true})
		if err != nil {
			return err
		}
		if len(oldest) > 0 {
			page.Oldest = oldest[0].At
		}
	}
	page.MayFollow = query.Before == 0 && query.Until.IsZero()
	return s.showAdmin(v, PageAudit, page, nil)
}

func (s *Site) countRows(b Base, n int, more bool) string {
	switch {
	case n == 0:
		return s.say(b, "admin.audit.count.none")
	case more:
		return s.say(b, "admin.audit.count.more", "n", n)
	}
	return s.say(b, "admin.audit.count", "n", n)
}

// readFilter keeps what the address asks for as it was typed.
func readFilter(asked url.Values) AuditFilter {
	f := AuditFilter{
		User: strings.TrimSpace(asked.Get("user")), Event: asked.Get("event"), Outcome: asked.Get("outcome"),
		IP: strings.TrimSpace(asked.Get("ip")), RequestID: strings.TrimSpace(asked.Get("request_id")),
		Since: asked.Get("since"), Until: asked.Get("until"), Range: asked.Get("range"), Before: asked.Get("before"),
	}
	if f.User == "" {
		f.User = strings.TrimSpace(asked.Get("user_id"))
	}
	if _, known := ranges[f.Range]; !known || f.Since != "" || f.Until != "" {
		f.Range = ""
	}
	if !slices.Contains(audit.Events, audit.Event(f.Event)) {
		f.Event = ""
	}
	if f.Outcome != audit.Success && f.Outcome != audit.Refused {
		f.Outcome = ""
	}
	return f
}

// auditQuery is what the filter asks of the store.
func (s *Site) auditQuery(ctx context.Context, page *AuditPage) (audit.Query, *fault.Error) {
	f := &page.Filter
	q := audit.Query{Event: audit.Event(f.Event), Outcome: f.Outcome, IP: f.IP, RequestID: f.RequestID}
	var err error
	if f.User != "" {
		if q.Who, err = s.o.Login.Who(ctx, f.User); err != nil {
			return q, fault.From(err)
		}
	}
	for _, one := range []struct {
		name string
		text *string
		to   *time.Time
	}{{"/since", &f.Since, &q.Since}, {"/until", &f.Until, &q.Until}} {
		if *one.to, err = readMoment(*one.text); err != nil {
			return q, fault.Invalid(one.name, "not_a_time", s.say(page.Base, "admin.audit.wrong.time"))
		}
		if !one.to.IsZero() {
			*one.text = one.to.UTC().Format(momentField)
		}
	}
	if r, ok := ranges[f.Range]; ok {
		q.Since = s.o.Pages.options.Now().Add(-r.span)
	}
	if n, err := strconv.ParseInt(f.Before, 10, 64); err == nil && n > 0 {
		q.Before = n
	}
	return q, nil
}

// momentField is the form in which a field for a moment keeps it.
const momentField = "2006-01-02T15:04:05"

// readMoment reads a time as the field of a form gives it, or RFC 3339.
func readMoment(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{"2006-01-02T15:04", momentField} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return time.Parse(time.RFC3339, text)
}

// fillFilter fills in the choices of the form, and names the filters in use.
func (s *Site) fillFilter(page *AuditPage) {
	b := page.Base
	for _, e := range audit.Events {
		page.Events = append(page.Events, Option{string(e), s.eventName(b, e), page.Filter.Event == string(e)})
	}
	for _, o := range []string{audit.Success, audit.Refused} {
		page.Outcomes = append(page.Outcomes, Option{o, s.say(b, outcomeWords[o]), page.Filter.Outcome == o})
	}
	for _, r := range []string{"1h", "24h", "7d"} {
		page.Ranges = append(page.Ranges, Choice{s.say(b, ranges[r].key), page.Filter.inRange(r), page.Filter.Range == r})
	}
	free := page.Filter.Range == "" && page.Filter.Since == "" && page.Filter.Until == ""
	page.Ranges = append(page.Ranges, Choice{s.say(b, "admin.audit.range.all"), page.Filter.inRange(""), free})
	page.InUse = s.inUse(b, page.Filter)
}

// inUse names the filters, each with what it asks for.
func (s *Site) inUse(b Base, f AuditFilter) (list []string) {
	add := func(key, value string) {
		if value != "" {
			list = append(list, s.o.Pages.Words(b.Lang).Text("common.pair", "label", s.say(b, key), "value", value))
		}
	}
	add("admin.audit.who", f.User)
	if f.Event != "" {
		add("admin.audit.event", s.eventName(b, audit.Event(f.Event)))
	}
	if f.Outcome != "" {
		add("admin.audit.outcome", s.say(b, outcomeWords[f.Outcome]))
	}
	add("admin.audit.ip", f.IP)
	add("admin.audit.request", f.RequestID)
	add("admin.audit.since", f.Since)
	add("admin.audit.until", f.Until)
	if f.Range != "" {
		add("admin.audit.range", s.say(b, ranges[f.Range].key))
	}
	return list
}

func (s *Site) eventName(b Base, e audit.Event) string {
	return s.sayOr(b, "admin.event."+string(e), strings.ReplaceAll(string(e), "_", " "))
}

// auditViews puts rows into words. Accounts that a row knows by their id alone
// are looked up once each.
func (s *Site) auditViews(ctx context.Context, b Base, rows []audit.Row) []AuditRow {
	names := map[account.ID]string{}
	name := func(id account.ID) string {
		if text, known := names[id]; known {
			return text
		}
		text := s.say(b, "admin.audit.account", "id", string(id))
		if u, err := s.o.Login.Find(ctx, id); err == nil { // deleted since, or out of reach: the id is enough
			text = u.Email
		}
		names[id] = text
		return text
	}
	list := make([]AuditRow, 0, len(rows))
	for i := range rows {
		list = append(list, s.auditView(b, &rows[i], name))
	}
	return list
}
