package store

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"strings"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/moving"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// Importing is a Store for people of another system, which seals the keys of
// their authenticator apps and writes audit rows like Row.
type Importing struct {
	S     *Store
	Seals *secret.Sealer
	Row   audit.Row
}

// importing is one batch in its transaction.
type importing struct {
	*tx
	*Importing
	moving.Batch
	// met are the rows that were imported before, by key, taken whose addresses
	// are somebody's here.
	met   map[string]met
	taken map[string]account.ID
}

type met struct {
	user  account.ID
	marks moving.Marks
}

// Import writes a batch, with an audit row for each account. A dry run does the
// same and does not commit.
func (i *Importing) Import(ctx context.Context, b moving.Batch) (out []moving.Outcome, err error) {
	err = i.S.write(ctx, "import people", func(ctx context.Context, t *tx) error {
		out = make([]moving.Outcome, len(b.Rows))
		one := &importing{tx: t, Importing: i, Batch: b, met: map[string]met{}, taken: map[string]account.ID{}}
		if err := one.look(ctx); err != nil {
			return err
		}
		for n, row := range b.Rows {
			var err error
			if out[n], err = one.put(ctx, row); err != nil {
				return err
			}
		}
		if b.DryRun {
			return t.undo()
		}
		return nil
	})
	if errors.Is(err, errUndone) {
		err = nil
	}
	return out, err
}

// look finds out for the whole batch who is here already.
func (b *importing) look(ctx context.Context) error {
	keys, addresses := make([]any, 0, len(b.Rows)), make([]any, 0, len(b.Rows))
	for _, r := range b.Rows {
		keys, addresses = append(keys, r.Key), append(addresses, plain(r.Address))
	}
	err := each(ctx, b.tx, `SELECT key, user_id, marks FROM imported WHERE key IN (`+places(len(keys))+`)`, keys,
		func(row scanner) error {
			var key []byte
			var m met
			err := row.Scan(&key, (*string)(&m.user), (*[]byte)(&m.marks))
			b.met[string(key)] = m
			return err
		})
	if err != nil {
		return err
	}
	query := `SELECT id, lower(email) FROM users WHERE lower(email) IN (` + places(len(addresses)) + `)`
	return each(ctx, b.tx, query, addresses,
		func(row scanner) error {
			var id, email string
			err := row.Scan(&id, &email)
			b.taken[email] = account.ID(id)
			return err
		})
}

func places(n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("$" + strconv.Itoa(i+1))
	}
	return b.String()
}

// put writes one person, or says why not.
func (b *importing) put(ctx context.Context, n *moving.Newcomer) (moving.Outcome, error) {
	m, before := b.met[string(n.Key)]
	if before {
		return b.again(ctx, n, m)
	}
	if _, taken := b.taken[n.Address]; taken {
		return moving.Outcome{What: moving.Taken}, nil
	}
	if n.Role == account.RoleAdmin {
		if _, err := b.beAdmin(ctx, false); err != nil {
			return moving.Outcome{}, err
		}
	}
	query, args := b.S.insertUser(login.NewUser{
		Now: b.Now, Created: n.Created, Email: n.Address, Name: n.Name, Hash: n.Hash, Role: n.Role, Status: n.Status,
		Verified: n.Verified,
	})
	var id account.ID
	err := b.QueryRowContext(ctx, query, args...).Scan((*string)(&id))
	if errors.Is(err, sql.ErrNoRows) { // made at this very moment
		return moving.Outcome{What: moving.Taken}, nil
	}
	if err != nil {
		return moving.Outcome{}, err
	}
	if err := b.factors(ctx, id, n); err != nil {
		return moving.Outcome{}, err
	}
	_, err = b.ExecContext(ctx, `INSERT INTO imported (key, source, user_id, marks, at_ms) VALUES ($1, $2, $3, $4, $5)`,
		n.Key, plain(b.Source), string(id), []byte(n.Marks), millis(b.Now))
	if err != nil {
		return moving.Outcome{}, err
	}
	row := b.Row
	row.At, row.Event, row.User, row.Address = b.Now, audit.EventUserImported, id, n.Address
	row.Detail = "from " + b.Source + ", role " + n.Role + ", status " + n.Status
	out := moving.Outcome{What: moving.Imported, User: id, Waits: n.Hash == "" && n.Status == account.StatusPending}
	return out, b.record(ctx, row)
}

// factors keeps authenticator apps, sealed as those that were set up here.
func (b *importing) factors(ctx context.Context, id account.ID, n *moving.Newcomer) error {
	for _, f := range n.Factors {
		one := login.Factor{
			ID: "fac_" + secret.RandomText(10), User: id, Kind: login.FactorTOTP, Name: "Authenticator app", CreatedAt: b.Now,
		}
		one.Data = b.Seals.Seal(f.Seed.Reveal(), "totp", one.ID, string(id))
		if err := b.insertFactor(ctx, one); err != nil {
			return err
		}
	}
	if len(n.Factors) == 0 {
		return nil
	}
	_, err := b.ExecContext(ctx, `UPDATE users SET second_factor = $2 WHERE id = $1`, string(id), true)
	return err
}
