package store

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"strings"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

// userColumns is what scanUser reads. Rows made by hand may hold NULL where
// ours never do.
const userColumns = `u.id, u.email, COALESCE(u.hashed_password, ''), u.is_active, u.is_verified,
	u.role, u.status, COALESCE(u.name, ''), u.created_at, u.updated_at, u.tokens_after_ms,
	u.second_factor, u.short_password, u.locked_by, u.ui_language`

type scanner interface{ Scan(dest ...any) error }

func scanUser(row scanner, more ...any) (account.User, error) {
	var (
		u                account.User
		active, verified sql.NullBool
		role, status     sql.NullString
		created, updated moment
		after            int64
	)
	dest := append([]any{
		(*string)(&u.ID), &u.Email, &u.Hash, &active, &verified, &role, &status, &u.Name,
		&created, &updated, &after, &u.SecondFactor, &u.ShortPassword, &u.LockedBy, &u.Lang,
	}, more...)
	if err := row.Scan(dest...); err != nil {
		return account.User{}, err
	}
	u.Active, u.Verified = active.Bool, verified.Bool
	// The old system's enumerations may be written in capitals.
	u.Role, u.Status = strings.ToLower(role.String), strings.ToLower(status.String)
	if u.Role != account.RoleAdmin {
		u.Role = account.RoleUser
	}
	u.CreatedAt, u.UpdatedAt, u.TokensAfter = created.Time, updated.Time, fromMillis(after)
	return u, nil
}

// UserByEmail finds an account by its canonical address.
func (s *Store) UserByEmail(ctx context.Context, email string) (account.User, bool, error) {
	return s.user(ctx, `SELECT `+userColumns+` FROM users u WHERE lower(u.email) = $1`, plain(email))
}

// UserByID finds an account by its id; text that is no id of this table finds none.
func (s *Store) UserByID(ctx context.Context, id account.ID) (account.User, bool, error) {
	u, ok, err := s.user(ctx, `SELECT `+userColumns+` FROM users u WHERE u.id = $1`, plain(string(id)))
	if notAnID(err) {
		return account.User{}, false, nil
	}
	return u, ok, err
}

func (s *Store) user(ctx context.Context, query string, arg string) (u account.User, ok bool, err error) {
	err = s.read(ctx, "read the account", func(ctx context.Context, db *sql.DB) error {
		var err error
		u, err = scanUser(db.QueryRowContext(ctx, query, arg))
		ok = err == nil
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	return u, ok, err
}

// CreateUser makes an account; false when the address is taken, the paying
// link is not alive, or an administrator was to be the first and is not.
func (s *Store) CreateUser(ctx context.Context, n login.NewUser) (u account.User, made bool, err error) {
	err = s.write(ctx, "create the account", func(ctx context.Context, t *tx) error {
		made = false
		if n.Taken != nil {
			if ok, err := t.takeLink(ctx, *n.Taken, "", n.Now); err != nil || !ok {
				return err
			}
		}
		if n.Role == account.RoleAdmin {
			if ok, err := t.beAdmin(ctx, n.FirstAdmin); err != nil {
				return err
			} else if !ok {
				return t.undo()
			}
		}
		query, args := s.insertUser(n)
		var id account.ID
		err := t.QueryRowContext(ctx, query, args...).Scan((*string)(&id))
		if errors.Is(err, sql.ErrNoRows) {
			return t.undo()
		}
		if err != nil {
			return err
		}
		if u, err = t.user(ctx, id); err != nil {
			return err
		}
		if n.Link != nil {
			l := *n.Link
			l.User = u.ID
			if err := t.putLink(ctx, l); err != nil {
				return err
			}
		}
		n.Row.User, n.Row.Address = u.ID, u.Email
		made = true
		return t.tell(ctx, n.Now, n.Letters, nil, n.Row)
	})
	if errors.Is(err, errUndone) {
		return account.User{}, false, nil
	}
	return u, made && err == nil, err
}

// beAdmin remembers that there is an administrator, and says whether this may
// be the first. The write comes before the look, so that of two the second
// waits. One made by hand in SQL counts, though nobody wrote that down.
func (t *tx) beAdmin(ctx context.Context, first bool) (bool, error) {
	n, err := t.changed(ctx, `INSERT INTO facts (name, value) VALUES ('admin_ever', '1') ON CONFLICT (name) DO NOTHING`)
	if err != nil || !first || n == 0 {
		return !first, err
	}
	var one bool
	err = t.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM users WHERE lower(CAST(role AS TEXT)) = 'admin')`).Scan(&one)
	return !one, err
}

// insertUser is the statement that fits the table: an adopted one may demand
// an id, or FastAPI-Users' is_superuser. An account without a password has an
// empty hash, not NULL, which adopted tables refuse.
func (s *Store) insertUser(n login.NewUser) (string, []any) {
	column, value := "", ""
	f := s.fit.Load()
	created := n.Created
	if created.IsZero() {
		created = n.Now
	}
	args := []any{
		plain(n.Email), n.Hash, n.Status != account.StatusDisabled, n.Verified,
		f.label("role", n.Role), f.label("status", n.Status), plain(n.Name), s.moment(n.Now), s.moment(created),
	}
	add := func(name string, v any) {
		args = append(args, v)
		column, value = column+", "+name, value+", $"+strconv.Itoa(len(args))
	}
	if n.Short {
		add("short_password", true)
	}
	if n.Lang != "" {
		add("ui_language", n.Lang)
	}
	if f.superuser {
		add("is_superuser", n.Role == account.RoleAdmin)
	}
	if f.id != "" {
		add("id", f.newID())
	}
	if f.reuses {
		column, value = column+", id", value+", "+nextID
	}
	return `INSERT INTO users (email, hashed_password, is_active, is_verified, role, status, name, created_at, updated_at` + column + `)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $9, $8` + value + `)
		ON CONFLICT DO NOTHING RETURNING id`, args
}

// user reads an account inside the transaction; sql.ErrNoRows if there is none.
func (t *tx) user(ctx context.Context, id account.ID) (account.User, error) {
	return scanUser(t.QueryRowContext(ctx, `SELECT `+userColumns+` FROM users u WHERE u.id = $1`, plain(string(id))))
}

// AdminEver says whether an administrator has ever existed here, one made by
// hand included.
func (s *Store) AdminEver(ctx context.Context) (ever bool, err error) {
	err = s.read(ctx, "look for an administrator", func(ctx context.Context, db *sql.DB) error {
		return db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM facts WHERE name = 'admin_ever')
			OR EXISTS (SELECT 1 FROM users WHERE lower(CAST(role AS TEXT)) = 'admin')`).Scan(&ever)
	})
	return ever, err
}

// kindOf is the part of a hash that names its kind: of all but bcrypt, what
// stands before the salt and the key. Ours is found without looking for them.
const kindOf = `CASE WHEN hashed_password LIKE '$2%' THEN substr(hashed_password, 1, 7)
	WHEN hashed_password LIKE '$argon2id$%' AND substr(hashed_password, 31, 1) = '$' THEN substr(hashed_password, 1, 31)
	ELSE rtrim(rtrim(rtrim(hashed_password, replace(hashed_password, '$', '')), '$'), replace(hashed_password, '$', '')) END`

// HashKinds lists the kinds of password hash in the table, such as "$2b$12$".
func (s *Store) HashKinds(ctx context.Context) (kinds []string, err error) {
	err = s.read(ctx, "look at the kinds of password hash", func(ctx context.Context, db *sql.DB) error {
		kinds = nil
		return each(ctx, db, `SELECT DISTINCT `+kindOf+` FROM users WHERE hashed_password LIKE '$%' LIMIT 1000`, nil,
			func(row scanner) error {
				var k string
				err := row.Scan(&k)
				kinds = append(kinds, k)
				return err
			})
	})
	return kinds, err
}
