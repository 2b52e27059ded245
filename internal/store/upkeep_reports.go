package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
)

// The last report of each kind is a fact about the installation. There are
// three, so they need no table and no sweep.
const maintenanceFact = "maintenance_"

// UpkeepKept is a report to be kept.
type UpkeepKept struct {
	Report api.MaintenanceReport
	// Under is the lease that it was made under, and Due the moment that it
	// answers for: a report made since then stands, and this one goes. Both are
	// zero for one that somebody asked for.
	Under *Held
	Due   time.Time
	// Letters are sent if the report is kept.
	Letters []mail.Letter
}

// KeepUpkeep keeps a report and its letters, or neither: of two nodes that made
// the same chores, one is heard.
func (s *Store) KeepUpkeep(ctx context.Context, k UpkeepKept) (kept bool, err error) {
	text, err := json.Marshal(k.Report)
	if err != nil {
		return false, fmt.Errorf("the report cannot be written: %w", err)
	}
	name := maintenanceFact + k.Report.Kind
	err = s.write(ctx, "keep the report", func(ctx context.Context, t *tx) error {
		kept = false
		if err := t.hold(ctx, k.Under); err != nil {
			return err
		}
		if err := t.lockName(ctx, name); err != nil {
			return err
		}
		var old string
		if err := t.QueryRowContext(ctx, `SELECT value FROM facts WHERE name = $1`, name).Scan(&old); err != nil {
			return err
		}
		if last, ok := parseReport(old); ok && !k.Due.IsZero() && !last.At.Before(k.Due) {
			return nil
		}
		kept = true
		if _, err := t.ExecContext(ctx, `UPDATE facts SET value = $2 WHERE name = $1`, name, string(text)); err != nil {
			return err
		}
		return t.post(ctx, k.Report.At, k.Letters)
	})
	return kept && err == nil, err
}

// UpkeepReports gives the last report of each kind, in their order.
func (s *Store) UpkeepReports(ctx context.Context) (list []api.MaintenanceReport, err error) {
	err = s.read(ctx, "read the reports", func(ctx context.Context, db *sql.DB) error {
		list = nil
		for _, kind := range api.MaintenanceKinds {
			var text string
			err := db.QueryRowContext(ctx, `SELECT value FROM facts WHERE name = $1`, maintenanceFact+kind).Scan(&text)
			if err != nil && !errors.Is(err, sql.ErrNoRows) {
				return err
			}
			if r, ok := parseReport(text); ok {
				list = append(list, r)
			}
		}
		return nil
	})
	return list, err
}

// parseReport reads one that was kept; what another version wrote and this one
// cannot read is none.
func parseReport(text string) (r api.MaintenanceReport, ok bool) {
	return r, text != "" && json.Unmarshal([]byte(text), &r) == nil
}
