package store

import (
	"database/sql"
	"embed"
)

// Handles are the connections beneath, for tests that look at the tables.
func (s *Store) Handles() (rw, ro *sql.DB) { return s.rw, s.ro }

// MigrationFiles are the embedded steps of both engines.
func MigrationFiles() embed.FS { return migrations }
