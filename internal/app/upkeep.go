package app

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/doctor/inside"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
	"github.com/aiwfe/aiwfe-auth/internal/store"
	"github.com/aiwfe/aiwfe-auth/internal/upkeep"
	"github.com/aiwfe/aiwfe-auth/internal/version"
)

// Chores is one round of maintenance, made at the command line.
type Chores struct {
	Config *config.Config
	// Core is nil where the database cannot be opened, for the reason in Away.
	Core *Core
	Away error
	Log  *slog.Logger
	// Begun is told of each chore before it is done.
	Begun func(title string)
}

// Do makes the chores of a kind, and keeps the report where there is a database
// to keep it in.
func (c Chores) Do(ctx context.Context, kind string) (api.MaintenanceReport, error) {
	s := sources(c.Config, c.Core)
	s.By, s.Away, s.Begun = "command line", cause(c.Away), c.Begun
	o := inside.Options{Config: c.Config, RoundTrip: roundTrip(c.Config)}
	if c.Core != nil && c.Core.Store.Engine() == store.SQLite {
		o.Store = c.Core.Store // its file may not be opened a second time, see inside
	}
	s.Diagnose = func(ctx context.Context) (api.Diagnosis, error) { return examine(ctx, o), nil }
	if c.Core == nil {
		return upkeep.Do(ctx, kind, s), nil
	}
	var err error
	if s.Last, err = c.Core.lastReport(ctx, kind); err != nil {
		return api.MaintenanceReport{}, err
	}
	report := upkeep.Do(ctx, kind, s)
	_, err = c.Core.Store.KeepUpkeep(ctx, store.UpkeepKept{Report: report})
	return report, err
}

// Send sends a report at once, without the outbox, which only a server empties.
func (c Chores) Send(ctx context.Context, report api.MaintenanceReport) error {
	m, err := OpenMail(c.Config, c.Log)
	if err != nil {
		return err
	}
	if m == nil {
		return fmt.Errorf("the report cannot be sent: in %s there is no mail without SMTP_URL", c.Config.Environment)
	}
	subject, text := upkeep.Letter(report)
	e, err := m.Composer.PlainEnvelope(mail.KindMaintenance, c.Config.MaintenanceMail, subject, text)
	if err != nil {
		return err
	}
	if err := m.Sender.Send(ctx, e); err != nil {
		return fmt.Errorf("the report did not leave to %s: %w", c.Config.MaintenanceMail, err)
	}
	return nil
}

// sources are what the chores look at, as far as it needs no running server.
func sources(cfg *config.Config, core *Core) upkeep.Sources {
	s := upkeep.Sources{
		Now: now(), Subject: Issuer(cfg), Version: version.String(), Settings: upkeepSettings(cfg), Build: build(),
		Disks:        func() []upkeep.Disk { return disks(cfg) },
		Certificates: func(ctx context.Context) []upkeep.Certificate { return certificates(ctx, cfg) },
	}
	if core != nil {
		s.Store = core.Store
		s.Keys = core.upkeepKeys
		s.Pools = core.upkeepPools
		s.Chain = core.upkeepChain
		s.Figures = core.upkeepFigures
		s.Backups = core.upkeepBackups
		s.Rehearse = core.upkeepRehearsal
	}
	return s
}

// lastReport is the last of a kind, nil before the first.
func (c *Core) lastReport(ctx context.Context, kind string) (*api.MaintenanceReport, error) {
	list, err := c.Store.UpkeepReports(ctx)
	for _, r := range list {
		if r.Kind == kind {
			return &r, nil
		}
	}
	return nil, err
}

// disks are those that something is kept on.
func disks(cfg *config.Config) (list []upkeep.Disk) {
	add := func(path string, database bool) {
		path = config.Existing(path)
		for i := range list {
			if list[i].Path == path {
				list[i].Database = list[i].Database || database
				return
			}
		}
		d, err := inside.DiskOf(path)
		list = append(list, upkeep.Disk{Path: path, Size: d.Size, Free: d.Free, Database: database, Err: err})
	}
	if cfg.Database.Engine == config.SQLite {
		if file := string(cfg.Database.DSN.Reveal()); file != ":memory:" {
			add(filepath.Dir(file), true)
		}
	}
	if cfg.KeepsInDataDir() {
		add(cfg.DataDir, false)
	}
	return list
}

// upkeepPools are the connections of this process, and for PostgreSQL those of
// the server, which all nodes share.
func (c *Core) upkeepPools(ctx context.Context) (list []upkeep.Pool, err error) {
	for name, p := range c.Store.Pools() {
		list = append(list, upkeep.Pool{
			Name: name, Used: p.InUse, Most: p.Size, Waits: p.Waits, WaitedInAll: p.WaitTime, Setting: "DB_MAX_CONNS",
		})
	}
	if c.Store.Engine() != store.Postgres || c.Store.Pooled() {
		return list, nil // behind a pooler its own limits count, which the doctor looks at
	}
	slots, err := c.Store.Slots(ctx)
	return append(list, upkeep.Pool{
		Name: "connections that PostgreSQL allows", Used: slots.Used, Most: slots.Allowed(), Setting: "max_connections of PostgreSQL",
	}), err
}

const (
	// buildDue is how old a program may grow: a year has four releases of Go's
	// libraries, and something was mended in each.
	buildDue = 180 * 24 * time.Hour
)
