package store

import (
	"database/sql"
	"embed"
)

// Handles are the connections beneath, for tests that look at the tables.
func (s *Store) Handles() (rw, ro *sql.DB) { return s.rw, s.ro }

// MigrationFiles are the embedded steps of both engines.
func MigrationFiles() embed.FS { return migrations }

// AuditStatement and UsersStatement are what lists ask, SweepStatements what a sweep does.
var (
	AuditStatement = auditStatement
	UsersStatement = usersStatement
)

// SweepStatements are the steps of a sweep.
func SweepStatements() (all []string) {
	for _, step := range sweeps(Keep{}) {
		all = append(all, step.query)
	}
	return all
}
