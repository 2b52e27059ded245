package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// Node is a server that runs on this database, as the others see it.
type Node struct {
	ID, Host, Version string
	// Schema is the version of the schema that it was built for.
	Schema int64
	// StartedAt and SeenAt are by the clock of the database, the only one that
	// all nodes share.
	StartedAt, SeenAt time.Time
	// Ahead is by how much the node's own clock is ahead of the database's.
	Ahead time.Duration
	// Marks are its settings by name: as they stand, or of a secret a mark that
	// can be compared and not read back.
	Marks map[string]string
	// Findings are what it sees of what goes wrong while it runs.
	Findings []api.Finding
}

// Beat keeps the row of a node, and gives the time by the database's clock.
func (s *Store) Beat(ctx context.Context, n Node) (at time.Time, err error) {
	marks, err := json.Marshal(n.Marks)
	if err != nil {
		return at, err
	}
	findings, err := json.Marshal(n.Findings)
	if err != nil {
		return at, err
	}
	err = s.write(ctx, "tell that this node lives", func(ctx context.Context, t *tx) error {
		var ms int64
		err := t.QueryRowContext(ctx, `INSERT INTO nodes (id, host, version, schema, started_ms, seen_ms, ahead_ms, marks, findings)
			VALUES ($1, $2, $3, $4, `+s.clock()+`, `+s.clock()+`, $5, $6, $7)
			ON CONFLICT (id) DO UPDATE SET seen_ms = excluded.seen_ms, ahead_ms = excluded.ahead_ms,
				marks = excluded.marks, findings = excluded.findings RETURNING seen_ms`,
			n.ID, plain(n.Host), plain(n.Version), n.Schema, n.Ahead.Milliseconds(), plain(string(marks)), plain(string(findings))).Scan(&ms)
		at = fromMillis(ms)
		return err
	})
	return at, err
}

// Leave takes the row of a node away that stops.
func (s *Store) Leave(ctx context.Context, id string) error {
	return s.write(ctx, "tell that this node stops", func(ctx context.Context, t *tx) error {
		_, err := t.ExecContext(ctx, `DELETE FROM nodes WHERE id = $1`, id)
		return err
	})
}

// Nodes lists who was seen within fresh, the longest running first, and gives
// the time by the database's clock.
func (s *Store) Nodes(ctx context.Context, fresh time.Duration) (list []Node, at time.Time, err error) {
	err = s.read(ctx, "list the nodes", func(ctx context.Context, db *sql.DB) error {
		list = nil
		var ms int64
		if err := db.QueryRowContext(ctx, `SELECT `+s.clock()).Scan(&ms); err != nil {
			return err
		}
		at = fromMillis(ms)
		return each(ctx, db, `SELECT id, host, version, schema, started_ms, seen_ms, ahead_ms, marks, findings FROM nodes
			WHERE seen_ms >= $1 ORDER BY started_ms, id LIMIT 500`, []any{millis(at.Add(-fresh))}, func(row scanner) error {
			n, err := scanNode(row)
			list = append(list, n)
			return err
		})
	})
	return list, at, err
}

func scanNode(row scanner) (n Node, err error) {
	var (
		started, seen, ahead int64
		marks, findings      string
	)
	if err := row.Scan(&n.ID, &n.Host, &n.Version, &n.Schema, &started, &seen, &ahead, &marks, &findings); err != nil {
		return n, err
	}
	n.StartedAt, n.SeenAt, n.Ahead = fromMillis(started), fromMillis(seen), time.Duration(ahead)*time.Millisecond
	if err := json.Unmarshal([]byte(marks), &n.Marks); err != nil {
		return n, err
	}
	return n, json.Unmarshal([]byte(findings), &n.Findings)
}

// SweepNodes drops the rows of nodes that were not seen for so long.
func (s *Store) SweepNodes(ctx context.Context, age time.Duration) error {
	return s.write(ctx, "drop nodes that are gone", func(ctx context.Context, t *tx) error {
		_, err := t.ExecContext(ctx, `DELETE FROM nodes WHERE seen_ms < `+s.clock()+` - $1`, age.Milliseconds())
		return err
	})
}

// Salt is what the marks of this database are salted with: made by the first
// who asks with create set, and empty before.
func (s *Store) Salt(ctx context.Context, create bool) (salt string, err error) {
	if create {
		err = s.write(ctx, "keep the salt of marks", func(ctx context.Context, t *tx) error {
			_, err := t.ExecContext(ctx, `INSERT INTO facts (name, value) VALUES ('mark_salt', $1) ON CONFLICT (name) DO NOTHING`,
				secret.RandomText(20))
			return err
		})
		if err != nil {
			return "", err
		}
	}
	err = s.read(ctx, "read the salt of marks", func(ctx context.Context, db *sql.DB) error {
		return db.QueryRowContext(ctx, `SELECT COALESCE(MAX(value), '') FROM facts WHERE name = 'mark_salt'`).Scan(&salt)
	})
	return salt, err
}

// clock is the database's own, in milliseconds.
func (s *Store) clock() string {
	if s.engine == SQLite {
		return `CAST(unixepoch('subsec') * 1000 AS INTEGER)`
	}
	return `CAST(EXTRACT(EPOCH FROM statement_timestamp()) * 1000 AS BIGINT)`
}
