package web

import (
	"context"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
)

// Doctor examines the running server.
type Doctor interface {
	// Last is the last diagnosis, nil before the first.
	Last() *api.Diagnosis
	// Examine looks now; deep asks the public address and other machines too.
	Examine(ctx context.Context, deep bool) (api.Diagnosis, error)
}

// doctor shows what the doctor found when it looked last.
func (s *Site) doctor(v visit) error { return s.doctorPage(v, nil) }

func (s *Site) doctorAgain(v visit, _ httpkit.Form, f *fault.Error) error { return s.doctorPage(v, f) }

// doctorLook looks now, which takes a few seconds.
func (s *Site) doctorLook(v visit, _ httpkit.Form) error {
	if s.o.Doctor == nil {
		return noDoctor()
	}
	if _, err := s.o.Doctor.Examine(v.Context(), true); err != nil {
		return err
	}
	return redirect(v.Request, "/admin/doctor?notice=looked")
}

func noDoctor() error {
	return fault.New(api.CodeNotFound, "no_such_route", "There is nothing at this address.")
}

func (s *Site) doctorPage(v visit, f *fault.Error) error {
	if s.o.Doctor == nil {
		return noDoctor()
	}
	last := s.o.Doctor.Last()
	if last == nil {
		first, err := s.o.Doctor.Examine(v.Context(), false)
		if err != nil {
			return err
		}
		last = &first
	}
	b, err := s.adminBase(v, "admin.doctor.title")
	if err != nil {
		return err
	}
	page := DoctorPage{Base: b, At: last.At, Looked: s.say(b, "admin.doctor.looked", "checks", len(last.Checks), "seconds", last.Seconds)}
	for _, one := range last.Findings {
		page.Findings = append(page.Findings, s.findingView(b, one))
	}
	for _, n := range last.Notes {
		page.Notes = append(page.Notes, n.Text)
	}
	for _, c := range last.Checks {
		page.Checks = append(page.Checks, CheckView{
			Title: c.Title, Said: c.Said, State: s.say(b, checkWords[c.State]), Class: checkClasses[c.State],
		})
	}
	if f != nil {
		page.Error = s.adminFault(b, f)
	}
	return s.showAdmin(v, PageDoctor, page, f)
}

func (s *Site) findingView(b Base, f api.Finding) FindingView {
	return FindingView{
		Code: string(f.Code), Title: f.Title, Cause: f.Cause, Evidence: strings.Split(f.Evidence, "\n"), Expected: f.Expected,
		Setting: f.Setting, Remedy: strings.Split(f.Remedy, "\n"), Commands: api.Causes[f.Code].Commands, Blocks: f.Blocks,
		Severity: s.say(b, severityWords[f.Severity]), Class: severityClasses[f.Severity],
	}
}

// doctorItem is the entry of the bar, with a badge where something is wrong.
func (s *Site) doctorItem(b Base, item NavItem) NavItem {
	if s.o.Doctor == nil {
		return item
	}
	if last := s.o.Doctor.Last(); last != nil && len(last.Findings) > 0 {
		item.Count = len(last.Findings)
		item.Counted = s.say(b, "admin.doctor.badge", "count", item.Count)
	}
	return item
}
