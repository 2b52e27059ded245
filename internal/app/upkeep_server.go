package app

import (
	"context"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
	"github.com/aiwfe/aiwfe-auth/internal/store"
	"github.com/aiwfe/aiwfe-auth/internal/upkeep"
)

// keeper is the one of the running server.
func (s *Server) keeper() *keeper {
	return &keeper{
		Core: s.Core, schedule: s.schedule, do: s.chores, letters: s.reportLetters,
		now: func(held *store.Held) time.Time {
			if held == nil {
				return now()
			}
			return held.At
		},
	}
}

func (s *Server) schedule() upkeep.Schedule {
	cfg := s.live().Config
	return upkeep.Schedule{Kinds: cfg.MaintenanceSchedule, Zone: cfg.MaintenanceTimeZone, Seed: Issuer(cfg)}
}

// chores makes those of a kind as this server is set now.
func (s *Server) chores(ctx context.Context, kind string, at time.Time) (api.MaintenanceReport, error) {
	view := s.live()
	from := sources(view.Config, view.Core)
	from.Now, from.By = at, "server "+s.node.row.ID
	from.Diagnose = func(ctx context.Context) (api.Diagnosis, error) { return s.rounds.Examine(ctx, true) }
	var err error
	if from.Last, err = s.lastReport(ctx, kind); err != nil {
		return api.MaintenanceReport{}, err
	}
	return upkeep.Do(ctx, kind, from), nil
}

// reportLetters is the letter of a report, where somebody wants it and there is mail.
func (s *Server) reportLetters(r api.MaintenanceReport) ([]mail.Letter, error) {
	to := s.live().Config.MaintenanceMail
	if to == "" || s.Mail == nil {
		return nil, nil
	}
	subject, text := upkeep.Letter(r)
	l, err := s.Mail.Composer.Plain(mail.KindMaintenance, to, subject, text)
	if err != nil {
		return nil, err
	}
	return []mail.Letter{l}, nil
}

// Maintenance is the schedule and the last report of each kind.
func (s *Server) Maintenance(ctx context.Context) (api.Maintenance, error) {
	schedule := s.schedule()
	out := api.Maintenance{Zone: schedule.Zone.String(), Plans: schedule.Plans(now())}
	reports, err := s.Store.UpkeepReports(ctx)
	out.Reports = append([]api.MaintenanceReport{}, reports...)
	return out, err
}
