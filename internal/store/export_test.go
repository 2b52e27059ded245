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

// AuditStatement and UsersStatement are what lists ask, SweepStatements what a sweep does.
var (
	AuditStatement = auditStatement
	UsersStatement = usersStatement
)

// LookStatement is what a search asks first.
func (s *Store) LookStatement(q login.UserQuery) (string, []any) { return s.lookStatement(q) }

// PartsStatement asks the index.
func (s *Store) PartsStatement(q login.UserQuery) (string, []any) { return s.partsStatement(q) }

// FewLeft says whether the list is read in place of the index, for there is not more of it.
func (s *Store) FewLeft(ctx context.Context, q login.UserQuery) (bool, error) {
	return s.fewLeft(ctx, q)
}

// ListIsNearer says so by what a look has found.
var ListIsNearer = listIsNearer

// SweepStatements are the steps of a sweep.
func SweepStatements() (all []string) {
	for _, step := range sweeps(Keep{}) {
		all = append(all, step.query)
	}
	return all
}
