package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/session"
)

var _ login.RawStore = (*Store)(nil)

// needed are the columns that every sign-in reads and that must not be NULL.
// The hash may be: then the account has no password.
var needed = []string{
	"email", "status", "is_active", "tokens_after_ms", "second_factor", "short_password", "locked_by", "ui_language",
}

// numeric are those that SQLite must hold as numbers.
var numeric = []string{"is_active", "tokens_after_ms", "second_factor", "short_password"}

// userKey is users.id as the other tables hold it: SQLite keeps it there as
// text, and would pass by their indexes if it had to convert them.
func (s *Store) userKey() string {
	if s.engine == SQLite {
		return "CAST(u.id AS TEXT)"
	}
	return "u.id"
}

// rawColumns is what scanRaw reads; $1 is the moment.
func (s *Store) rawColumns() string {
	key := s.userKey()
	superuser := "NULL"
	if s.fit.Load().superuser {
		superuser = "u.is_superuser"
	}
	cols := []string{
		"CAST(u.id AS TEXT)", "CAST(u.email AS TEXT)", "lower(CAST(u.email AS TEXT))", "CAST(u.hashed_password AS TEXT)",
		"CAST(u.role AS TEXT)", "CAST(u.status AS TEXT)", "CAST(" + superuser + " AS TEXT)",
		`EXISTS (SELECT 1 FROM factors f WHERE f.user_id = ` + key + ` AND f.pending = 0)
			OR EXISTS (SELECT 1 FROM backup_codes b WHERE b.user_id = ` + key + ` AND b.used_ms = 0)`,
		`EXISTS (SELECT 1 FROM factors f WHERE f.user_id = ` + key + ` AND f.pending = 0
				AND f.kind = 'webauthn' AND f.second_only = 0)
			OR EXISTS (SELECT 1 FROM links l WHERE l.user_id = ` + key + ` AND l.used_ms = 0
				AND l.expires_ms > $1 AND l.kind IN ('reset', 'invite'))`,
	}
	for _, c := range needed {
		cols = append(cols, "u."+c+" IS NULL")
	}
	for _, c := range numeric {
		cols = append(cols, "CAST(u."+c+" AS TEXT)")
	}
	for _, c := range append(slices.Clone(numeric), "hashed_password") {
		cols = append(cols, s.oddly(c))
	}
	return strings.Join(cols, ", ")
}

// oddly is true where SQLite holds a value of another type than its column's.
func (s *Store) oddly(column string) string {
	switch {
	case s.engine != SQLite:
		return "false"
	case column == "hashed_password":
		return "typeof(u.hashed_password) = 'blob'"
	}
	return "typeof(u." + column + ") NOT IN ('integer', 'null')"
}

func scanRaw(row scanner) (r login.RawUser, err error) {
	var email, lowered, hash, role, status, superuser sql.NullString
	null := make([]bool, len(needed))
	texts := make([]sql.NullString, len(numeric))
	odd := make([]bool, len(numeric)+1)
	dest := []any{(*string)(&r.ID), &email, &lowered, &hash, &role, &status, &superuser, &r.Factors, &r.Other}
	for i := range null {
		dest = append(dest, &null[i])
	}
	for i := range texts {
		dest = append(dest, &texts[i])
	}
	for i := range odd {
		dest = append(dest, &odd[i])
	}
	if err := row.Scan(dest...); err != nil {
		return r, err
	}
	for field, from := range map[**string]sql.NullString{
		&r.Email: email, &r.Lowered: lowered, &r.Hash: hash, &r.Role: role, &r.Status: status,
	} {
		if from.Valid {
			*field = &from.String
		}
	}
	for i, name := range needed {
		if null[i] {
			r.Null = append(r.Null, name)
		}
	}
	r.Odd = map[string]string{}
	for i, name := range append(slices.Clone(numeric), "hashed_password") {
		if odd[i] && i < len(texts) {
			r.Odd[name] = texts[i].String
		} else if odd[i] {
			r.Odd[name] = hash.String
		}
	}
	yes := func(s sql.NullString) bool {
		return s.Valid && (s.String == "true" || s.String == "t" || s.String == "1")
	}
	r.Active, r.Demands, r.Superuser = yes(texts[0]), yes(texts[2]), yes(superuser)
	return r, nil
}

// RawUsers reads rows as they stand.
func (s *Store) RawUsers(
	ctx context.Context, id account.ID, address string, now time.Time,
) (list []login.RawUser, err error) {
	where, arg := "CAST(u.id AS TEXT) = $2", string(id)
	switch {
	case id == "" && address == "":
		all := map[account.ID]bool{}
		for _, c := range Suspicions() {
			some, _, err := s.Suspects(ctx, c, now)
			if err != nil {
				return nil, err
			}
			for _, one := range some {
				if !all[one.ID] {
					list = append(list, one)
				}
				all[one.ID] = true
			}
		}
		return list, nil
	case id == "":
		where, arg = "(u.email = $2 OR lower(trim(CAST(u.email AS TEXT))) = lower(trim($2)))", address
		if canonical, err := account.Canonical(address); err == nil {
			where, arg = "(lower(trim(CAST(u.email AS TEXT))) = $2)", canonical
			found, err := s.raw(ctx, "u.email = $2", address, now)
			if err != nil || len(found) > 0 {
				return found, err
			}
		}
	}
	return s.raw(ctx, where, arg, now)
}

func (s *Store) raw(ctx context.Context, where, arg string, now time.Time) (list []login.RawUser, err error) {
	err = s.read(ctx, "read the row of the account", func(ctx context.Context, db *sql.DB) error {
		list = nil
		return each(ctx, db, `SELECT `+s.rawColumns()+` FROM users u WHERE `+where+` ORDER BY u.id LIMIT 20`, []any{millis(now), plain(arg)},
			func(row scanner) error {
				r, err := scanRaw(row)
				list = append(list, r)
				return err
			})
	})
	if err != nil {
		return nil, err
	}
	return list, s.twins(ctx, list)
}

// twins finds, for rows whose address is never looked up, the row that is found
// in their place.
func (s *Store) twins(ctx context.Context, list []login.RawUser) error {
	for i, r := range list {
		if r.Email == nil || r.Lowered == nil {
			continue
		}
		canonical, err := account.Canonical(*r.Email)
		if err != nil || canonical == *r.Lowered {
			continue
		}
		err = s.read(ctx, "look for the address in another row", func(ctx context.Context, db *sql.DB) error {
			err := db.QueryRowContext(ctx, `SELECT CAST(id AS TEXT) FROM users WHERE lower(email) = $1 LIMIT 1`, plain(canonical)).
				Scan((*string)(&list[i].Twin))
			if errors.Is(err, sql.ErrNoRows) {
				return nil
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// MendUser writes columns of one row and what goes with it, or nothing.
func (s *Store) MendUser(ctx context.Context, m login.Mend) (written bool, err error) {
	err = s.write(ctx, "mend the account", func(ctx context.Context, t *tx) error {
		written = false
		f := s.fit.Load()
		var set conditions
		hash := set.arg(nullText(m.IfHash))
		key := set.arg(string(m.ID))
		set.add("updated_at = " + set.arg(s.moment(m.Now)))
		for name, value := range m.Columns {
			if text, ok := value.(string); ok {
				value = f.label(name, text)
			}
			set.add(name + " = " + set.arg(value))
		}
		same := "hashed_password IS NOT DISTINCT FROM " + hash
		if s.engine == SQLite {
			same = "CAST(hashed_password AS TEXT) IS " + hash
		}
		n, err := t.changed(ctx, `UPDATE users SET `+strings.Join(set.parts, ", ")+` WHERE CAST(id AS TEXT) = `+key+` AND `+same, set.args...)
		if err != nil || n == 0 {
			return err
		}
		written = true
		if m.Link != nil {
			if err := t.putLink(ctx, *m.Link); err != nil {
				return err
			}
		}
		if err := t.revoke(ctx, session.RevokedUser, string(m.ID)); err != nil {
			return err
		}
		return t.record(ctx, m.Row)
	})
	return written && err == nil, err
}

func nullText(s *string) sql.NullString {
	if s == nil {
		return sql.NullString{}
	}
	return sql.NullString{String: *s, Valid: true}
}
