package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/aiwfe/aiwfe-auth/internal/selftest"
)

const reportColumns = `code, at_ms, last_ms, count, findings, page, network, ip, user_agent, request_id, tally`

// KeepReport keeps a report of a browser, or counts it with the one like it.
func (s *Store) KeepReport(ctx context.Context, r selftest.Report, most selftest.Bounds) (code string, err error) {
	findings, err := json.Marshal(r.Findings)
	if err != nil {
		return "", fmt.Errorf("keep the report: %w", err)
	}
	err = s.write(ctx, "keep the report", func(ctx context.Context, t *tx) error {
		code = ""
		err := t.QueryRowContext(ctx, `UPDATE browser_reports SET count = count + 1, last_ms = $2 WHERE tally = $1 RETURNING code`,
			r.Tally, millis(r.Last)).Scan(&code)
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		full, err := t.fullOfReports(ctx, r, most, &code)
		if full || err != nil {
			return err
		}
		// Two at once find each other here, as they found nothing above.
		return t.QueryRowContext(ctx, `INSERT INTO browser_reports AS b (`+reportColumns+`, causes)
			VALUES ($1, $2, $3, 1, $4, $5, $6, $7, $8, $9, $10, $11)
			ON CONFLICT (tally) DO UPDATE SET count = b.count + 1, last_ms = excluded.last_ms RETURNING code`,
			r.Code, millis(r.At), millis(r.Last), plain(string(findings)), plain(r.Page), plain(r.Network), plain(r.Client.IP),
			plain(r.Client.UserAgent), plain(r.Client.RequestID), r.Tally, causesOf(r)).Scan(&code)
	})
	if doubled(err) {
		return "", selftest.ErrCodeTaken
	}
	return code, err
}

// fullOfReports says whether a network has no room for another report; the
// newest like it stands for it then. Where there are too many in all, the
// oldest goes.
func (t *tx) fullOfReports(ctx context.Context, r selftest.Report, most selftest.Bounds, code *string) (bool, error) {
	var ofNetwork, all int
	err := t.QueryRowContext(ctx, `SELECT COUNT(*), (SELECT COUNT(*) FROM browser_reports) FROM browser_reports WHERE network = $1`,
		plain(r.Network)).Scan(&ofNetwork, &all)
	if err != nil {
		return false, err
	}
	if ofNetwork >= most.Network {
		err := t.QueryRowContext(ctx, `SELECT code FROM browser_reports WHERE network = $1 AND causes = $2
			ORDER BY last_ms DESC, code LIMIT 1`, plain(r.Network), causesOf(r)).Scan(code)
		if errors.Is(err, sql.ErrNoRows) {
			err = nil
		}
		return true, err
	}
	if all >= most.All {
		_, err = t.ExecContext(ctx, `DELETE FROM browser_reports WHERE code IN
			(SELECT code FROM browser_reports ORDER BY last_ms, code LIMIT $1)`, all-most.All+1)
	}
	return false, err
}

func causesOf(r selftest.Report) string {
	names := make([]string, len(r.Findings))
	for i, f := range r.Findings {
		names[i] = string(f.Cause)
	}
	return strings.Join(names, " ")
}

// Report finds one by its code; false when there is none, or none any more.
func (s *Store) Report(ctx context.Context, code string) (r selftest.Report, ok bool, err error) {
	err = s.read(ctx, "find the report", func(ctx context.Context, db *sql.DB) error {
		r, err = scanReport(db.QueryRowContext(ctx, `SELECT `+reportColumns+` FROM browser_reports WHERE code = $1`, plain(code)))
		ok = err == nil
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	return r, ok, err
}

// Reports are the newest ones.
func (s *Store) Reports(ctx context.Context, limit int) (list []selftest.Report, err error) {
	err = s.read(ctx, "list the reports", func(ctx context.Context, db *sql.DB) error {
		list = nil
		return each(ctx, db, `SELECT `+reportColumns+` FROM browser_reports ORDER BY last_ms DESC, code LIMIT $1`, []any{limit},
			func(row scanner) error {
				r, err := scanReport(row)
				list = append(list, r)
				return err
			})
	})
	return list, err
}

func scanReport(row scanner) (r selftest.Report, err error) {
	var (
		at, last int64
		findings string
	)
	err = row.Scan(&r.Code, &at, &last, &r.Count, &findings, &r.Page, &r.Network, &r.Client.IP, &r.Client.UserAgent,
		&r.Client.RequestID, &r.Tally)
	if err != nil {
		return r, err
	}
	r.At, r.Last = fromMillis(at), fromMillis(last)
	return r, json.Unmarshal([]byte(findings), &r.Findings)
}
