package store

import (
	"context"
	"database/sql"
	"embed"

	"github.com/aiwfe/aiwfe-auth/internal/cache"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

// Handles are the connections beneath, for tests that look at the tables.
func (s *Store) Handles() (rw, ro *sql.DB) { return s.rw, s.ro }

// Forget has the store know of no session.
func (s *Store) Forget() { s.points.known = cache.By[string, *printed](knownMost) }

// MigrationFiles are the embedded steps of both engines.
func MigrationFiles() embed.FS { return migrations }

// AuditStatement and UsersStatement are what lists ask, LookStatement and WeighStatement what a search asks first.
var (
	AuditStatement = auditStatement
	UsersStatement = usersStatement
	LookStatement  = lookStatement
	WeighStatement = weighStatement
)

// PartsStatement asks the index.
func (s *Store) PartsStatement(q login.UserQuery) (string, []any) { return s.partsStatement(q) }

// ListIsNearer says whether the list is read in place of the index.
func (s *Store) ListIsNearer(ctx context.Context, q login.UserQuery) (bool, error) {
	return s.listIsNearer(ctx, q)
}

// SweepStatements are the steps of a sweep.
func SweepStatements() (all []string) {
	for _, step := range sweeps(Keep{}) {
		all = append(all, step.query)
	}
	return all
}
