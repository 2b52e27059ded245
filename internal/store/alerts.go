package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/alert"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
)

var _ alert.Store = (*Store)(nil)

// mostAlerts bounds a book; labels are hosts, names of certificates and causes.
const mostAlerts = 1000

// AlertBook gives all alerts, and the silences that are not over at now.
func (s *Store) AlertBook(ctx context.Context, now time.Time) (b alert.Book, err error) {
	err = s.read(ctx, "read the alerts", func(ctx context.Context, db *sql.DB) error {
		b = alert.Book{}
		err := each(ctx, db, `SELECT rule, label, id, state, severity, says, cause, evidence, since_ms, fired_ms, well_ms, resolved_ms,
			told, told_ms, flaps FROM alerts ORDER BY rule, label LIMIT $1`, []any{mostAlerts}, func(row scanner) error {
			a, err := scanAlert(row)
			b.Alerts = append(b.Alerts, a)
			return err
		})
		if err != nil {
			return err
		}
		return each(ctx, db, `SELECT id, rule, label, until_ms, reason, by_id, at_ms, ended_ms FROM alert_silences
			WHERE until_ms > $1 AND ended_ms = 0 ORDER BY until_ms, id LIMIT $2`, []any{millis(now), mostAlerts}, func(row scanner) error {
			var (
				one              alert.Silence
				until, at, ended int64
			)
			err := row.Scan(&one.ID, &one.Rule, &one.Label, &until, &one.Reason, &one.By, &at, &ended)
			one.Until, one.At, one.EndedAt = fromMillis(until), fromMillis(at), fromMillis(ended)
			b.Silences = append(b.Silences, one)
			return err
		})
	})
	return b, err
}

func scanAlert(row scanner) (a alert.Alert, err error) {
	var since, fired, well, resolved, told int64
	err = row.Scan(&a.Rule, &a.Label, &a.ID, &a.State, &a.Severity, &a.Says, &a.Cause, &a.Evidence, &since, &fired, &well, &resolved,
		&a.Told, &told, &a.Flaps)
	a.Since, a.FiredAt, a.WellSince = fromMillis(since), fromMillis(fired), fromMillis(well)
	a.ResolvedAt, a.ToldAt = fromMillis(resolved), fromMillis(told)
	return a, err
}

// KeepAlerts writes what was judged and what receivers are to be told of it, all
// or nothing, and only while the lease is held: of two nodes that judge, the one
// that slept writes nothing.
func (s *Store) KeepAlerts(ctx context.Context, held Held, c alert.Change, letters []mail.Letter, out []alert.Outgoing) error {
	return s.write(ctx, "keep the alerts", func(ctx context.Context, t *tx) error {
		if err := t.hold(ctx, &held); err != nil {
			return err
		}
		for i := range c.Put {
			if err := t.putAlert(ctx, &c.Put[i]); err != nil {
				return err
			}
		}
		for _, k := range c.Drop {
			if _, err := t.ExecContext(ctx, `DELETE FROM alerts WHERE rule = $1 AND label = $2`, k.Rule, plain(k.Label)); err != nil {
				return err
			}
		}
		if c.Notice == nil {
			return nil
		}
		if err := t.post(ctx, c.Notice.At, letters); err != nil {
			return err
		}
		for _, o := range out { // due at once, whatever the clock of whoever sends it says
			_, err := t.ExecContext(ctx, `INSERT INTO alert_notices (id, receiver, body, created_ms, next_ms) VALUES ($1, $2, $3, $4, 0)`,
				o.ID, o.Receiver, plain(string(o.Body)), millis(c.Notice.At))
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func (t *tx) putAlert(ctx context.Context, a *alert.Alert) error {
	_, err := t.ExecContext(ctx, `INSERT INTO alerts (rule, label, id, state, severity, says, cause, evidence, since_ms, fired_ms, well_ms,
			resolved_ms, told, told_ms, flaps)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
		ON CONFLICT (rule, label) DO UPDATE SET id = excluded.id, state = excluded.state, severity = excluded.severity,
			says = excluded.says, cause = excluded.cause, evidence = excluded.evidence, since_ms = excluded.since_ms,
			fired_ms = excluded.fired_ms, well_ms = excluded.well_ms, resolved_ms = excluded.resolved_ms,
			told = excluded.told, told_ms = excluded.told_ms, flaps = excluded.flaps`,
		a.Rule, plain(a.Label), a.ID, string(a.State), string(a.Severity), plain(a.Says), string(a.Cause), plain(a.Evidence),
		millis(a.Since), millis(a.FiredAt), millis(a.WellSince), millis(a.ResolvedAt), a.Told, millis(a.ToldAt), a.Flaps)
	return err
}

// KeepSilence writes a silence with its audit row.
func (s *Store) KeepSilence(ctx context.Context, one alert.Silence, row audit.Row) error {
	return s.write(ctx, "keep the silence", func(ctx context.Context, t *tx) error {
		_, err := t.ExecContext(ctx, `INSERT INTO alert_silences (id, rule, label, until_ms, reason, by_id, at_ms)
			VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			one.ID, one.Rule, plain(one.Label), millis(one.Until), plain(one.Reason), plain(string(one.By)), millis(one.At))
		if err != nil {
			return err
		}
		return t.record(ctx, row)
	})
}

// EndSilence ends one before its time. Of two who do so at once one does.
func (s *Store) EndSilence(ctx context.Context, id string, at time.Time, row audit.Row) (ended bool, err error) {
	err = s.write(ctx, "end the silence", func(ctx context.Context, t *tx) error {
		n, err := t.changed(ctx, `UPDATE alert_silences SET ended_ms = $2 WHERE id = $1 AND ended_ms = 0 AND until_ms > $2`, plain(id), millis(at))
		ended = n == 1
		if err != nil || !ended {
			return err
		}
		return t.record(ctx, row)
	})
	return ended && err == nil, err
}
