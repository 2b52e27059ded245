package upkeep

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

// chore looks at one thing.
type chore struct {
	name, title string
	// needsStore is set where there is nothing to see without the database.
	needsStore bool
	look       func(ctx context.Context, s *Sources, r *result)
}

// result is what a chore found. It is well until somebody says otherwise.
type result struct {
	api.Chore
	report *api.MaintenanceReport
}

// list is what is done, by kind.
func list(kind string) []chore {
	switch kind {
	case api.MaintenanceDaily:
		return daily()
	case api.MaintenanceWeekly:
		return weekly()
	case api.MaintenanceMonthly:
		return monthly()
	}
	return nil
}

// Limits of one chore: one that hangs must not keep the others from being told.
// Those that read everything, all rows of the audit or a whole backup, have more.
const (
	limit     = 2 * time.Minute
	longLimit = 20 * time.Minute
)

// Do makes the chores of a kind, one after another, and reports on them.
func Do(ctx context.Context, kind string, s Sources) api.MaintenanceReport {
	began := time.Now()
	report := api.MaintenanceReport{
		Kind: kind, At: s.Now.UTC().Truncate(time.Millisecond), Version: s.Version, Subject: s.Subject, By: s.By,
		Chores: []api.Chore{},
	}
	for _, c := range list(kind) {
		if s.Begun != nil {
			s.Begun(c.title)
		}
		report.Chores = append(report.Chores, c.do(ctx, &s, &report))
	}
	slices.SortStableFunc(report.Chores, func(a, b api.Chore) int { return rank(a.Verdict) - rank(b.Verdict) })
	for _, c := range report.Chores {
		if c.Verdict == api.ChoreToDo {
			report.ToDo++
		}
	}
	report.Well = report.ToDo == 0
	report.Seconds = time.Since(began).Round(time.Millisecond).Seconds()
	return report
}

func (c chore) do(ctx context.Context, s *Sources, report *api.MaintenanceReport) api.Chore {
	bound := limit
	if c.name == "audit_chain" || c.name == "recovery_rehearsal" {
		bound = longLimit
	}
	ctx, cancel := context.WithTimeout(ctx, bound)
	defer cancel()
	r := &result{report: report, Chore: api.Chore{
		Chore: c.name, Title: c.title, Verdict: api.ChoreWell, Evidence: []string{}, Commands: []string{},
	}}
	if c.needsStore && s.Store == nil {
		r.unknown("the database cannot be asked")
	} else {
		c.guarded(ctx, s, r)
	}
	for i, line := range r.Evidence {
		r.Evidence[i] = clean(line)
	}
	r.Said = clean(r.Said)
	return r.Chore
}

// guarded keeps a fault of one chore from ending the server that makes it.
func (c chore) guarded(ctx context.Context, s *Sources, r *result) {
	defer func() {
		if p := recover(); p != nil {
			r.unknown("it broke off, which is a fault of this program: %v", p)
		}
	}()
	c.look(ctx, s, r)
}

// rank is the order of a report: what is to be done first.
func rank(verdict string) int {
	return slices.Index([]string{api.ChoreToDo, api.ChoreUnknown, api.ChoreNote, api.ChoreWell}, verdict)
}

func (r *result) say(format string, args ...any) { r.Said = fmt.Sprintf(format, args...) }

// see adds a line to what the verdict rests on.
func (r *result) see(format string, args ...any) {
	r.Evidence = append(r.Evidence, fmt.Sprintf(format, args...))
}

// toDo says what is to be done, and by which commands.
func (r *result) toDo(remedy string, commands ...string) {
	r.Verdict = api.ChoreToDo
	r.advise(remedy, commands...)
}

// note is worth knowing; what must be done is not taken back by it.
func (r *result) note(remedy string, commands ...string) {
	if r.Verdict == api.ChoreWell {
		r.Verdict = api.ChoreNote
		r.advise(remedy, commands...)
	}
}

func (r *result) advise(remedy string, commands ...string) {
	if r.Remedy == "" {
		r.Remedy = remedy
	}
	for _, c := range commands {
		if !slices.Contains(r.Commands, c) {
			r.Commands = append(r.Commands, c)
		}
	}
}

// unknown could not be looked at. That is no reason to be calm, and nothing
// that somebody must do by itself: what lies behind it is a finding of its own.
func (r *result) unknown(format string, args ...any) {
	r.Verdict = api.ChoreUnknown
	r.say(format, args...)
}

// missing is something that there is not here, or that cannot be seen while the
// database is away.
func (r *result) missing(s *Sources, said, remedy string) {
	if s.Away != nil {
		r.unknown("the database cannot be asked")
		return
	}
	r.say("%s", said)
	r.note(remedy)
}

// failed is unknown for the reason of an error; true if there was one.
func (r *result) failed(what string, err error) bool {
	if err != nil {
		r.unknown("%s could not be asked: %v", what, err)
	}
	return err != nil
}

// most is how many things of a kind are listed one by one.
const most = 8

// listed shows some of many.
func (r *result) listed(lines []string) {
	for i, line := range lines {
		if i == most {
			r.see("and %d more", len(lines)-most)
			return
		}
		r.see("%s", line)
	}
}
