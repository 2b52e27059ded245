package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/login"
)

// Suspicion is a way in which a row may be flawed. The database sorts out what
// is sound; what is left is judged one by one.
type Suspicion string

// The suspicions.
const (
	SuspectField   Suspicion = "field"
	SuspectAddress Suspicion = "address"
	SuspectHash    Suspicion = "hash"
)

// Suspicions lists them all.
func Suspicions() []Suspicion { return []Suspicion{SuspectField, SuspectAddress, SuspectHash} }

// Bounds of one search: rows at a time, rows in all, and the time.
const (
	suspectPage  = 500
	suspectPages = 20
	suspectTime  = 4 * time.Second
)

// Suspects lists rows that have a flaw of one kind, and says whether the search
// came to its end within its bounds.
func (s *Store) Suspects(
	ctx context.Context, c Suspicion, now time.Time,
) (list []login.RawUser, whole bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, suspectTime)
	defer cancel()
	condition := s.suspicious(c)
	after, more := "", ""
	for range suspectPages {
		query := `SELECT ` + s.rawColumns() + ` FROM users u WHERE (` + condition + `)` + more + ` ORDER BY u.id LIMIT 500`
		args := []any{millis(now)}
		if more != "" {
			args = append(args, after)
		}
		page := 0
		var flawed []login.RawUser
		err := s.read(ctx, "look for flawed rows", func(ctx context.Context, db *sql.DB) error {
			page, flawed = 0, nil
			return each(ctx, db, query, args, func(row scanner) error {
				r, err := scanRaw(row)
				if err != nil {
					return err
				}
				page, after = page+1, string(r.ID)
				if len(r.Flaws()) > 0 {
					flawed = append(flawed, r)
				}
				return nil
			})
		})
		if err != nil {
			if ctx.Err() != nil || errors.Is(err, context.DeadlineExceeded) {
				return append(list, flawed...), false, nil // what was met until then is true all the same
			}
			return list, false, err
		}
		list, more = append(list, flawed...), ` AND u.id > $2`
		if page < suspectPage {
			return list, true, s.twins(ctx, list)
		}
	}
	return list, false, s.twins(ctx, list[:min(len(list), suspectPage)])
}

// suspicious is the condition that lets no flawed row pass, and few sound ones.
func (s *Store) suspicious(c Suspicion) string {
	switch c {
	case SuspectAddress:
		return s.strangeAddress()
	case SuspectHash:
		return s.strangeHash()
	}
	parts := []string{
		`lower(CAST(u.status AS TEXT)) NOT IN ('active', 'pending', 'disabled', 'locked')`,
		`lower(CAST(u.role AS TEXT)) NOT IN ('admin', 'user') AND lower(CAST(u.role AS TEXT)) LIKE '%adm%'`,
		`lower(CAST(u.role AS TEXT)) LIKE '%root%'`, `lower(CAST(u.role AS TEXT)) LIKE '%super%'`,
		`u.second_factor AND NOT EXISTS (SELECT 1 FROM factors f WHERE f.user_id = ` + s.userKey() + ` AND f.pending = 0)`,
	}
	if s.fit.Load().superuser {
		parts = append(parts, `u.is_superuser AND lower(CAST(u.role AS TEXT)) <> 'admin'`)
	}
	for _, column := range needed {
		parts = append(parts, "u."+column+" IS NULL")
	}
	if s.engine == SQLite {
		for _, column := range append(append([]string{}, numeric...), "hashed_password") {
			parts = append(parts, s.oddly(column))
		}
	}
	return strings.Join(parts, " OR ")
}

// atoms are the letters of a local part.
const atoms = "a-z0-9!#$%&'*+/=?^_`{|}~-"

func (s *Store) strangeAddress() string {
	atoms := strings.ReplaceAll(atoms, "'", "''")
	if s.engine == Postgres {
		label := `[a-z0-9]([a-z0-9-]*[a-z0-9])?`
		return `lower(u.email) !~ '^[` + atoms + `]+(\.[` + atoms + `]+)*@` + label + `(\.` + label + `)*$'
			OR u.email LIKE '%xn--%' OR length(u.email) > 200 OR position('@' in u.email) > 60`
	}
	parts := []string{
		`u.email GLOB '*[^A-Z` + strings.TrimSuffix(atoms, "-") + `@.-]*'`, // a letter that there may not be
		`u.email NOT GLOB '?*@?*'`, `u.email GLOB '*@*@*'`, `u.email GLOB '*@*[^A-Za-z0-9.-]*'`,
		`u.email GLOB '*..*'`, `u.email GLOB '.*'`, `u.email GLOB '*.'`, `u.email GLOB '*.@*'`, `u.email GLOB '*@.*'`,
		`u.email GLOB '*@-*'`, `u.email GLOB '*-'`, `u.email GLOB '*@*-.*'`, `u.email GLOB '*@*.-*'`,
		`u.email LIKE '%xn--%'`, `length(u.email) > 200`, `instr(u.email, '@') > 60`,
	}
	return strings.Join(parts, " OR ")
}

func (s *Store) strangeHash() string {
	shut := `lower(CAST(u.status AS TEXT)) NOT IN ('pending', 'disabled', 'locked')
		AND COALESCE(CAST(u.is_active AS TEXT), '1') NOT IN ('0', 'false') AND `
	if s.engine == Postgres {
		return shut + `(u.hashed_password IS NULL OR u.hashed_password !~ '^(\$2[aby]\$(0[4-9]|1[0-4])\$[./A-Za-z0-9]{53}|` + foreignExpression + `|` +
			`\$argon2id\$v=19\$m=([1-9][0-9]{3,4}|1[0-9]{5}|2[0-5][0-9]{4}),t=[1-9],p=[1-9]\$[A-Za-z0-9+/]{21}[AQgw]\$[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048])$')`
	}
	tail := strings.Repeat("[./A-Za-z0-9]", 53)
	end := `,t=[1-9],p=[1-9]$` + strings.Repeat("[A-Za-z0-9+/]", 21) + `[AQgw]$` + strings.Repeat("[A-Za-z0-9+/]", 42) + `[AEIMQUYcgkosw048]`
	good := []string{
		`'$2[aby]$0[4-9]$` + tail + `'`, `'$2[aby]$1[0-4]$` + tail + `'`,
		`'$argon2id$v=19$m=[1-9][0-9][0-9][0-9]` + end + `'`, `'$argon2id$v=19$m=[1-9][0-9][0-9][0-9][0-9]` + end + `'`,
	}
	good = append(good, foreignGlobs()...)
	parts := []string{}
	for _, g := range good {
		parts = append(parts, `u.hashed_password NOT GLOB `+g)
	}
	return shut + `(u.hashed_password IS NULL OR (` + strings.Join(parts, " AND ") + `))`
}
