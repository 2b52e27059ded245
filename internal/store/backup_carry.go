package store

import (
	"strconv"
	"strings"
)

// Carried is what the database knew that is replaced, and the backup does not:
// without it a code that was used would be good again, and somebody who was shut
// out would be let in.
type Carried struct {
	// Codes are backup codes that were used since, Shut accounts that were
	// disabled or locked since, Keys those that were found to be compromised.
	Codes, Shut, Keys int64
	codes             []usedCode
	shut              []shutUser
	keys              []lostKey
	root              int64
}

type lostKey struct {
	purpose, print  string
	first, last, at int64
}

type usedCode struct {
	user string
	hash []byte
	at   int64
}

type shutUser struct {
	user, status string
	active       bool
}

// carry reads it before everything is taken away.
func (l *loading) carry(r Restoring) (*Carried, error) {
	c := &Carried{}
	if !r.Replace || r.Exact {
		return c, nil
	}
	if r.Undo { // of what may be undone, this is not
		return c, l.carryKeys(c)
	}
	err := each(l.ctx, l.Tx, `SELECT CAST(user_id AS TEXT), hash, used_ms FROM backup_codes WHERE used_ms > 0`, nil, func(row scanner) error {
		var u usedCode
		err := row.Scan(&u.user, &u.hash, &u.at)
		c.codes = append(c.codes, u)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := l.carryKeys(c); err != nil {
		return nil, err
	}
	return c, each(l.ctx, l.Tx, `SELECT CAST(id AS TEXT), CAST(status AS TEXT), is_active FROM users
		WHERE NOT is_active OR lower(CAST(status AS TEXT)) IN ('disabled', 'locked')`, nil, func(row scanner) error {
		var u shutUser
		err := row.Scan(&u.user, &u.status, &u.active)
		c.shut = append(c.shut, u)
		return err
	})
}

// carryKeys reads which keys are known to others: no restore makes them secret.
func (l *loading) carryKeys(c *Carried) error {
	if columnsOf(l.target, "audit_roots") != nil {
		var err error
		if _, c.root, err = l.newestRoot(l.ctx); err != nil {
			return err
		}
	}
	if columnsOf(l.target, "key_uses") == nil { // a schema of before
		return nil
	}
	return each(l.ctx, l.Tx, `SELECT purpose, fingerprint, first_ms, last_ms, state_ms FROM key_uses
		WHERE state = 'compromised'`, nil, func(row scanner) error {
		var k lostKey
		err := row.Scan(&k.purpose, &k.print, &k.first, &k.last, &k.at)
		c.keys = append(c.keys, k)
		return err
	})
}

// applyCarried writes it over what came back.
func (l *loading) applyCarried(c *Carried, r Restoring) error {
	for _, u := range c.codes {
		n, err := l.changed(l.ctx, `UPDATE backup_codes SET used_ms = $3 WHERE CAST(user_id AS TEXT) = $1 AND hash = $2 AND used_ms = 0`,
			u.user, u.hash, u.at)
		if err != nil {
			return err
		}
		c.Codes += n
	}
	for _, k := range c.keys { // what came back may be sealed with it: it ends once that is sealed anew
		n, err := l.changed(l.ctx, `INSERT INTO key_uses AS k (purpose, fingerprint, first_ms, last_ms, state, state_ms, ended_ms)
			VALUES ($1, $2, $3, $4, 'compromised', $5, 0) ON CONFLICT (purpose, fingerprint) DO UPDATE
			SET state = 'compromised', state_ms = excluded.state_ms, ended_ms = 0 WHERE k.state <> 'compromised'`,
			k.purpose, k.print, k.first, k.last, k.at)
		if err != nil {
			return err
		}
		c.Keys += n
	}
	if err := l.carryRoot(c.root); err != nil {
		return err
	}
	for _, u := range c.shut {
		n, err := l.changed(l.ctx, `UPDATE users SET is_active = $2, status = $3, updated_at = $4
			WHERE CAST(id AS TEXT) = $1 AND is_active AND lower(CAST(status AS TEXT)) = 'active'`,
			u.user, u.active, l.s.fit.Load().label("status", strings.ToLower(u.status)), l.s.moment(r.Now))
		if err != nil {
			return err
		}
		c.Shut += n
	}
	l.done.Carried = *c
	return nil
}

// carryRoot keeps the highest number that a root of the audit had, which was seen
// elsewhere: no other root may have it.
func (l *loading) carryRoot(highest int64) error {
	if highest == 0 {
		return nil
	}
	_, here, err := l.newestRoot(l.ctx)
	if err != nil || here >= highest {
		return err
	}
	_, err = l.ExecContext(l.ctx, `INSERT INTO facts (name, value) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value`, AuditRootFact, strconv.FormatInt(highest, 10))
	return err
}
