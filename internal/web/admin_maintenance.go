package web

import (
	"context"

	"github.com/aiwfe/aiwfe-auth/api"
)

// Upkeep knows what was done to keep the installation well.
type Upkeep interface {
	// Maintenance is the schedule and the last report of each kind.
	Maintenance(ctx context.Context) (api.Maintenance, error)
}

func (s *Site) maintenance(v visit) error {
	if s.o.Upkeep == nil {
		return noDoctor()
	}
	m, err := s.o.Upkeep.Maintenance(v.Context())
	if err != nil {
		return err
	}
	b, err := s.adminBase(v, "admin.maintenance.title")
	if err != nil {
		return err
	}
	page := MaintenancePage{Base: b, Zone: m.Zone}
	for _, plan := range m.Plans {
		view := MaintenanceView{Kind: plan.Kind, Name: s.say(b, maintenanceWords[plan.Kind])}
		if plan.NextAt != nil {
			view.Next = *plan.NextAt
		}
		for _, r := range m.Reports {
			if r.Kind == plan.Kind {
				s.showReport(b, &view, r)
			}
		}
		page.Kinds = append(page.Kinds, view)
	}
	return s.showAdmin(v, PageMaintenance, page, nil)
}

func (s *Site) showReport(b Base, view *MaintenanceView, r api.MaintenanceReport) {
	view.Done, view.At = true, r.At
	view.Verdict, view.Class = s.say(b, "admin.maintenance.nothing"), "chip-success"
	if r.ToDo > 0 {
		view.Verdict, view.Class = s.say(b, "admin.maintenance.things", "count", r.ToDo), "chip-danger"
	}
	for _, c := range r.Chores {
		one := ChoreView{
			Name: c.Chore, Title: c.Title, Said: c.Said, Remedy: c.Remedy, Evidence: c.Evidence, Commands: c.Commands,
			State: s.say(b, choreWords[c.Verdict]), Class: choreClasses[c.Verdict],
		}
		if c.Verdict == api.ChoreToDo {
			view.ToDo = append(view.ToDo, one)
		} else {
			view.Rest = append(view.Rest, one)
		}
	}
}
