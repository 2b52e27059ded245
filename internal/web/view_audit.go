package web

import (
	"net/url"
	"strconv"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
)

// AuditFilter is what the address of the page asks for, as it was typed.
type AuditFilter struct {
	User, Event, Outcome, IP, RequestID string
	// Since and Until are moments in UTC; Range is 1h, 24h or 7d instead of both.
	Since, Until, Range string
	// Before is the row where the page before this one ended.
	Before string
}

// AuditPage lists rows of the audit.
type AuditPage struct {
	Base
	Filter           AuditFilter
	Error            *FormError
	Events, Outcomes []Option
	Ranges           []Choice
	// InUse names the filters in words.
	InUse []string
	Rows  []AuditRow
	Count string
	// Older is the page after this one; empty on the last.
	Older string
	// Newest is the row after which the live tail begins; Oldest is when the
	// audit begins, told where nothing was found.
	Newest int64
	Oldest time.Time
	// MayFollow is set where new rows would appear on this page.
	MayFollow bool
	// Stream, CSV and JSONL are addresses of the API with the same filters.
	Stream, CSV, JSONL string
}

// AuditRow is one row in words. What is empty is not shown.
type AuditRow struct {
	ID         int64
	At         time.Time
	Event      string
	Outcome    string // success or refused
	OutcomeTag string
	// Who is whom it concerns, and By who decided where that is somebody else.
	Who, By string
	// From is where it came from, Why the reason, What the detail.
	From, Why, What string
	Count           int64
	Fields          []AuditField
	Copy            string
}

// AuditField is one member of a row, with the way to others that have the same.
type AuditField struct {
	Name, Value string
	// Only is the page of all rows with this value, Open what it names.
	Only, Open string
	// Copied is set on what is worth copying.
	Copied bool
}

// Refused says how it ended.
func (r AuditRow) Refused() bool { return r.Outcome == audit.Refused }

// Advanced says whether a filter of the folded part is in use.
func (p AuditPage) Advanced() bool {
	f := p.Filter
	return f.IP != "" || f.RequestID != "" || f.Since != "" || f.Until != "" || p.Error != nil
}

func (f AuditFilter) values() url.Values {
	return url.Values{
		"user": {f.User}, "event": {f.Event}, "outcome": {f.Outcome}, "ip": {f.IP}, "request_id": {f.RequestID},
		"since": {f.Since}, "until": {f.Until}, "range": {f.Range},
	}
}

// with is the page with one parameter more.
func (f AuditFilter) with(name, value string) string {
	values := f.values()
	values.Set(name, value)
	return addressOf("/admin/audit", values)
}

// inRange is the page with another span of time.
func (f AuditFilter) inRange(name string) string {
	f.Since, f.Until, f.Range = "", "", name
	return addressOf("/admin/audit", f.values())
}

// First is the page with the newest rows.
func (f AuditFilter) First() string { return addressOf("/admin/audit", f.values()) }

// fillLinks gives the API's addresses the filters of the page. A span of time
// becomes the moment at which it begins.
func (p *AuditPage) fillLinks(q audit.Query) {
	values := p.Filter.values()
	values.Del("range")
	for name, t := range map[string]time.Time{"since": q.Since, "until": q.Until} {
		if values.Del(name); !t.IsZero() {
			values.Set(name, t.UTC().Format(time.RFC3339))
		}
	}
	const api = "/api/v1/admin/audit/"
	p.Stream = addressOf(api+"stream", values)
	values.Set("format", "csv")
	p.CSV = addressOf(api+"export", values)
	values.Set("format", "jsonl")
	p.JSONL = addressOf(api+"export", values)
}

// auditView puts a row into words; name finds what to call an account.
func (s *Site) auditView(b Base, r *audit.Row, name func(account.ID) string) AuditRow {
	v := AuditRow{
		ID: r.ID, At: r.At, Event: s.eventName(b, r.Event),
		Outcome: r.Outcome, OutcomeTag: s.sayOr(b, outcomeWords[r.Outcome], r.Outcome),
		Who: r.Address, From: r.Client.IP, Why: r.Reason, What: r.Detail, Count: r.Count, Copy: s.say(b, "common.copy"),
	}
	if v.Who == "" && r.User != "" {
		v.Who = name(r.User)
	}
	if r.Actor != "" && r.Actor != r.User {
		v.By = s.actorName(b, r.Actor, name)
	}
	if v.From == "local" {
		v.From = s.say(b, "admin.audit.local")
	}
	v.Fields = s.auditFields(b, r)
	return v
}

func (s *Site) actorName(b Base, id account.ID, name func(account.ID) string) string {
	if id == "host" {
		return s.say(b, "admin.audit.host")
	}
	return name(id)
}

// auditFields are all members of a row that hold something.
func (s *Site) auditFields(b Base, r *audit.Row) []AuditField {
	only := func(name, value string) string { return addressOf("/admin/audit", url.Values{name: {value}}) }
	user := func(id account.ID) string {
		if id == "" || id == "host" {
			return ""
		}
		return userPath(id)
	}
	count := ""
	if r.Count > 1 {
		count = strconv.FormatInt(r.Count, 10)
	}
	problem := ""
	if r.Code != "" {
		problem = "/problems/" + string(r.Code)
	}
	var list []AuditField
	for _, f := range []AuditField{
		{Name: "admin.audit.field.id", Value: strconv.FormatInt(r.ID, 10)},
		{Name: "admin.audit.field.at", Value: r.At.UTC().Format("2006-01-02 15:04:05.000")},
		{Name: "admin.audit.field.event", Value: string(r.Event), Only: only("event", string(r.Event))},
		{Name: "admin.audit.field.code", Value: string(r.Code), Open: problem},
		{Name: "admin.audit.field.reason", Value: r.Reason},
		{Name: "admin.audit.field.actor_id", Value: string(r.Actor), Open: user(r.Actor)},
		{Name: "admin.audit.field.user_id", Value: string(r.User), Only: only("user", string(r.User)), Open: user(r.User)},
		{Name: "admin.audit.field.address", Value: r.Address, Only: only("user", r.Address)},
		{Name: "admin.audit.field.session_id", Value: r.Session},
		{Name: "admin.audit.field.device_id", Value: r.Device},
		{Name: "admin.audit.field.ip", Value: r.Client.IP, Only: only("ip", r.Client.IP)},
		{Name: "admin.audit.field.user_agent", Value: r.Client.UserAgent},
		{Name: "admin.audit.field.request_id", Value: r.Client.RequestID, Only: only("request_id", r.Client.RequestID), Copied: true},
		{Name: "admin.audit.field.detail", Value: r.Detail},
		{Name: "admin.audit.field.count", Value: count},
	} {
		if f.Value != "" {
			f.Name = s.say(b, f.Name)
			list = append(list, f)
		}
	}
	return list
}
