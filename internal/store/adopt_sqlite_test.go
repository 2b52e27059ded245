package store_test

import (
	"testing"

	"github.com/aiwfe/aiwfe-auth/internal/store"
)

var oldSQLiteTables = []oldTable{
	{
		note: "SQLAlchemy's UUID type: 32 characters without hyphens, times as text",
		schema: `CREATE TABLE users (id CHAR(32) NOT NULL, email VARCHAR(320) NOT NULL, hashed_password VARCHAR(1024) NOT NULL,
				is_active BOOLEAN NOT NULL, is_superuser BOOLEAN NOT NULL, is_verified BOOLEAN NOT NULL,
				created_at DATETIME, updated_at DATETIME, PRIMARY KEY (id));
			CREATE UNIQUE INDEX ix_users_email ON users (email);
			INSERT INTO users VALUES
				('8b0f5a523c0e4b6f9d0e2f1d6f0c9a11', 'Admin@AIWFE.com', '$HASH', 1, 1, 1, '2025-08-07 10:11:12.500000', NULL),
				('000000003c0e4b6f9d0e2f1d6f0c9a12', 'person@example.com', '$HASH', 1, 0, 1, '2025-08-07 10:11:12.500000', NULL);`,
		columns: "id, email, hashed_password, is_active, is_superuser, is_verified, CAST(created_at AS TEXT), updated_at",
		admin:   "admin@aiwfe.com", clock: true,
	},
	{
		note: "FastAPI-Users' GUID type: 36 characters",
		schema: `CREATE TABLE users (id CHAR(36) NOT NULL PRIMARY KEY, email VARCHAR(320) NOT NULL, hashed_password VARCHAR(1024) NOT NULL,
				is_active BOOLEAN NOT NULL, is_superuser BOOLEAN NOT NULL, is_verified BOOLEAN NOT NULL);
			INSERT INTO users VALUES
				('8b0f5a52-3c0e-4b6f-9d0e-2f1d6f0c9a11', 'Admin@AIWFE.com', '$HASH', 1, 1, 1),
				('00000000-3c0e-4b6f-9d0e-2f1d6f0c9a12', 'person@example.com', '$HASH', 1, 0, 1);`,
		columns: "id, email, hashed_password, is_active, is_superuser, is_verified",
		admin:   "admin@aiwfe.com",
	},
	{
		note: "integer ids, enumerations as text in capitals",
		schema: `CREATE TABLE users (id INTEGER NOT NULL, email VARCHAR(255) NOT NULL, hashed_password VARCHAR(255) NOT NULL,
				is_active BOOLEAN NOT NULL, is_verified BOOLEAN NOT NULL, role VARCHAR(5) NOT NULL, status VARCHAR(9) NOT NULL,
				created_at DATETIME NOT NULL, updated_at DATETIME NOT NULL, PRIMARY KEY (id), UNIQUE (email));
			INSERT INTO users VALUES
				(1, 'Admin@AIWFE.com', '$HASH', 1, 1, 'ADMIN', 'ACTIVE', '2025-08-07 10:11:12.500000', '2025-08-07 10:11:12.500000'),
				(2, 'person@example.com', '$HASH', 1, 1, 'USER', 'ACTIVE', '2025-08-07 10:11:12.500000', '2025-08-07 10:11:12.500000');`,
		columns: "id, email, hashed_password, is_active, is_verified, role, status, CAST(created_at AS TEXT), CAST(updated_at AS TEXT)",
		admin:   "admin@aiwfe.com", clock: true,
	},
}

func TestAdoptedTableOnSQLite(t *testing.T) {
	t.Parallel()
	for _, old := range oldSQLiteTables {
		t.Run(old.note, func(t *testing.T) { adopts(t, openSQLite(t), old) })
	}
	t.Run("in memory", func(t *testing.T) { adopts(t, open(t, store.SQLite, ":memory:"), oldSQLiteTables[0]) })
}
