package web

import (
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/selftest"
)

// PageReports lists what pages found wrong with browsers.
const PageReports = "admin-reports"

// reportsShown are the newest; a week of them seldom has more.
const reportsShown = 200

// ReportsPage is the list; the template part admin-report-list shows Reports
// on another page too.
type ReportsPage struct {
	Base
	Reports []ReportView
}

// ReportView is one report in words. What the cause is, is said in English, as
// everything that the doctor says.
type ReportView struct {
	Code     string
	At, Last time.Time
	Count    int64
	Title    string
	Severity api.Severity
	Browser  string
	Page, IP string
	Fields   []AuditField
	Findings []ReportedView
	Copy     string
}

// ReportedView is one cause of a report.
type ReportedView struct {
	Cause          api.Cause
	Title, Meaning string
	Evidence       []string
	Remedy         string
	Commands       []string
}

// Critical says whether the cause keeps people out.
func (r ReportView) Critical() bool { return r.Severity != api.Warning }

func (s *Site) reports(v visit) error {
	b, err := s.adminBase(v, "admin.reports.title")
	if err != nil {
		return err
	}
	list, err := s.o.Reports.Reports(v.Context(), reportsShown)
	if err != nil {
		return err
	}
	page := ReportsPage{Base: b, Reports: s.reportViews(b, list)}
	return s.showAdmin(v, PageReports, page, nil)
}

// reportViews puts reports into words.
func (s *Site) reportViews(b Base, list []selftest.Report) []ReportView {
	views := make([]ReportView, 0, len(list))
	for i := range list {
		views = append(views, s.reportView(b, &list[i]))
	}
	return views
}

func (s *Site) reportView(b Base, r *selftest.Report) ReportView {
	told := r.Told()
	v := ReportView{
		Code: r.Code, At: r.At, Last: r.Last, Count: r.Count, Page: r.Page, IP: r.Client.IP,
		Browser: agentWords(s.o.Pages.Words(b.Lang), r.Client.UserAgent), Copy: s.say(b, "common.copy"),
	}
	for i, f := range told.Findings {
		if i == 0 {
			v.Title, v.Severity = f.Title, f.Severity
		}
		v.Findings = append(v.Findings, ReportedView{
			Cause: f.Code, Title: f.Title, Meaning: f.Cause, Evidence: strings.Split(f.Evidence, "\n"), Remedy: f.Remedy,
			Commands: api.Causes[f.Code].Commands,
		})
	}
	for _, f := range []AuditField{
		{Name: "admin.reports.page", Value: r.Page},
		{Name: "admin.audit.field.user_agent", Value: r.Client.UserAgent},
		{Name: "admin.audit.field.ip", Value: r.Client.IP, Only: addressOf("/admin/audit", map[string][]string{"ip": {r.Client.IP}})},
		{Name: "admin.audit.field.request_id", Value: r.Client.RequestID, Copied: true},
	} {
		if f.Value != "" {
			f.Name = s.say(b, f.Name)
			v.Fields = append(v.Fields, f)
		}
	}
	return v
}
