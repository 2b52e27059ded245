package tables

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// isolation is that of one moment, which SQLite has without being asked.
func isolation(db *sql.DB) sql.IsolationLevel {
	if strings.Contains(fmt.Sprintf("%T", db.Driver()), "sqlite") {
		return sql.LevelDefault
	}
	return sql.LevelRepeatableRead
}

func quote(name string) string {
	return `"` + strings.ReplaceAll(name, ".", `"."`) + `"`
}

// goTrueQuery puts the verified second factors beside each account, where the
// version of GoTrue has them.
func goTrueQuery(ctx context.Context, tx *sql.Tx) string {
	var there bool
	_ = tx.QueryRowContext(ctx, `SELECT to_regclass('auth.mfa_factors') IS NOT NULL`).Scan(&there)
	factors := `NULL`
	if there {
		factors = `(SELECT json_agg(json_build_object('factor_type', f.factor_type::text,
			'secret', f.secret, 'friendly_name', f.friendly_name))
			FROM auth.mfa_factors f WHERE f.user_id = u.id AND f.status::text = 'verified')`
	}
	return `SELECT u.*, ` + factors + `::text AS mfa_factors FROM auth.users u ORDER BY u.id`
}
