package store_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/store"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

const (
	bcryptHash = "$2b$12$KIXIDhgmyaMMoRmWyAyhyuaFtDIYu5L1XSjNvVcqhHSrm2DgN0m.2"
	alembic    = `CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL,
		CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num));
	INSERT INTO alembic_version VALUES ('3f2a9c1b7d4e');`
)

// oldTable is a users table as another system left it.
type oldTable struct {
	note, schema, columns string
	// admin is who administered the old system.
	admin string
	// clock is set where the rows hold their own times.
	clock bool
}

var oldPostgresTables = []oldTable{
	{
		note: "the guide's system: integer ids, varchar, timestamps without a zone, a table that refers to it",
		schema: `CREATE TABLE users (id SERIAL PRIMARY KEY, email VARCHAR(255) NOT NULL, hashed_password VARCHAR(255) NOT NULL,
				is_active BOOLEAN NOT NULL, is_verified BOOLEAN NOT NULL, role VARCHAR(50) NOT NULL, status VARCHAR(50) NOT NULL,
				created_at TIMESTAMP WITHOUT TIME ZONE NOT NULL, updated_at TIMESTAMP WITHOUT TIME ZONE);
			CREATE UNIQUE INDEX ix_users_email ON users (email);
			CREATE TABLE documents (id SERIAL PRIMARY KEY, owner_id INTEGER NOT NULL REFERENCES users (id));
			INSERT INTO users (email, hashed_password, is_active, is_verified, role, status, created_at) VALUES
				('Admin@AIWFE.com', '$HASH', true, true, 'admin', 'active', '2025-08-07 10:11:12.5'),
				('person@example.com', '$HASH', true, true, 'user', 'active', '2025-08-07 10:11:12.5');
			INSERT INTO documents (owner_id) VALUES (1), (2);`,
		columns: "id, email, hashed_password, is_active, is_verified, role, status, created_at, updated_at",
		admin:   "admin@aiwfe.com", clock: true,
	},
	{
		note: "FastAPI-Users: UUIDs made by Python, is_superuser without a default, neither role nor status",
		schema: `CREATE TABLE users (id UUID PRIMARY KEY, email VARCHAR(320) NOT NULL, hashed_password VARCHAR(1024) NOT NULL,
				is_active BOOLEAN NOT NULL, is_superuser BOOLEAN NOT NULL, is_verified BOOLEAN NOT NULL);
			CREATE UNIQUE INDEX ix_users_email ON users (email);
			INSERT INTO users VALUES
				('8b0f5a52-3c0e-4b6f-9d0e-2f1d6f0c9a11', 'Admin@AIWFE.com', '$HASH', true, true, true),
				('00000000-3c0e-4b6f-9d0e-2f1d6f0c9a12', 'person@example.com', '$HASH', true, false, true);`,
		columns: "id, email, hashed_password, is_active, is_superuser, is_verified",
		admin:   "admin@aiwfe.com",
	},
	{
		note: "enumerations by their names in capitals, one of them short of a value",
		schema: `CREATE TYPE userrole AS ENUM ('ADMIN', 'USER', 'MODERATOR');
			CREATE TYPE "userStatus" AS ENUM ('PENDING', 'ACTIVE', 'SUSPENDED');
			CREATE TABLE users (id SERIAL PRIMARY KEY, email VARCHAR NOT NULL UNIQUE, hashed_password VARCHAR NOT NULL,
				is_active BOOLEAN, is_verified BOOLEAN, role userrole NOT NULL, status "userStatus" NOT NULL,
				created_at TIMESTAMPTZ DEFAULT now(), updated_at TIMESTAMPTZ DEFAULT now());
			INSERT INTO users (email, hashed_password, is_active, is_verified, role, status, created_at) VALUES
				('Admin@AIWFE.com', '$HASH', true, true, 'ADMIN', 'ACTIVE', '2025-08-07 10:11:12.5Z'),
				('person@example.com', '$HASH', true, true, 'USER', 'ACTIVE', '2025-08-07 10:11:12.5Z');`,
		columns: "id, email, hashed_password, is_active, is_verified, role, status, created_at, updated_at",
		admin:   "admin@aiwfe.com", clock: true,
	},
	{
		note: "enumerations by their values",
		schema: `CREATE TYPE role_enum AS ENUM ('user', 'admin');
			CREATE TYPE status_enum AS ENUM ('active', 'pending', 'disabled', 'locked');
			CREATE TABLE users (id BIGSERIAL PRIMARY KEY, email TEXT NOT NULL UNIQUE, hashed_password TEXT NOT NULL,
				is_active BOOLEAN NOT NULL DEFAULT true, is_verified BOOLEAN NOT NULL DEFAULT false,
				role role_enum NOT NULL DEFAULT 'user', status status_enum NOT NULL DEFAULT 'pending',
				created_at TIMESTAMPTZ NOT NULL DEFAULT now(), updated_at TIMESTAMPTZ NOT NULL DEFAULT now());
			INSERT INTO users (email, hashed_password, role, status) VALUES
				('Admin@AIWFE.com', '$HASH', 'admin', 'active'), ('person@example.com', '$HASH', 'user', 'active');`,
		columns: "id, email, hashed_password, is_active, is_verified, role, status, created_at, updated_at",
		admin:   "admin@aiwfe.com",
	},
}

func TestAdoptedTableOnPostgres(t *testing.T) {
	t.Parallel()
	pg := ground.Postgres(t)
	bouncer := ground.PgBouncer(t, pg, "transaction", transactionPool)
	for i, old := range oldPostgresTables {
		t.Run(old.note, func(t *testing.T) {
			url := pg.NewDatabase(t)
			if i%2 == 0 { // every other one, for the steps are the same
				url = bouncer.URL(url)
			}
			adopts(t, open(t, store.Postgres, url), old)
		})
	}
}

// adopts proves that Migrate builds on the old table without touching it.
func adopts(t *testing.T, s *store.Store, old oldTable) {
	t.Helper()
	run(t, s, alembic)
	run(t, s, strings.ReplaceAll(old.schema, "$HASH", bcryptHash))
	look := "SELECT " + old.columns + " FROM users ORDER BY email"
	before := table(t, s, look)

	migrate(t, s)
	if diff := cmp.Diff(before, table(t, s, look)); diff != "" {
		t.Errorf("the rows changed (-before +after):\n%s", diff)
	}
	if got := table(t, s, "SELECT version_num FROM alembic_version"); len(got) != 1 || got[0][0] != "3f2a9c1b7d4e" {
		t.Errorf("alembic_version holds %v", got)
	}

	boss, ok, err := s.UserByEmail(t.Context(), old.admin)
	if err != nil || !ok || !boss.IsAdmin() || boss.Hash != bcryptHash || boss.Refusal() != "" {
		t.Fatalf("the old administrator is found as %+v, %v, %v", boss, ok, err)
	}
	if want := time.Date(2025, 8, 7, 10, 11, 12, 500_000_000, time.UTC); old.clock && !boss.CreatedAt.Equal(want) {
		t.Errorf("it was made at %s, not %s", boss.CreatedAt, want)
	}
	person, ok, err := s.UserByEmail(t.Context(), "person@example.com")
	if err != nil || !ok || person.IsAdmin() {
		t.Fatalf("the old person is found as %+v, %v, %v", person, ok, err)
	}
	begins(t, s, boss)
	begins(t, s, person)
	newOnes(t, s, boss)
	if ever, err := s.AdminEver(t.Context()); err != nil || !ever {
		t.Errorf("the old administrator is not known as such: %v, %v", ever, err)
	}
	n := newUser("second@example.com")
	n.Role, n.FirstAdmin = account.RoleAdmin, true
	if _, made, err := s.CreateUser(t.Context(), n); made || err != nil {
		t.Errorf("a first administrator was made beside the old one: %v, %v", made, err)
	}
	if _, err := s.Migrate(t.Context()); err != nil {
		t.Errorf("migrating again: %v", err)
	}
}

// newOnes proves that accounts can be made, changed and deleted in the table.
func newOnes(t *testing.T, s *store.Store, boss account.User) {
	t.Helper()
	for _, status := range []string{account.StatusActive, account.StatusPending, account.StatusDisabled, account.StatusLocked} {
		for _, role := range []string{account.RoleUser, account.RoleAdmin} {
			n := newUser(role + "-" + status + "@example.com")
			n.Role, n.Status = role, status
			if status == account.StatusPending {
				n.Hash = "" // invited, has no password yet
			}
			u, made, err := s.CreateUser(t.Context(), n)
			if err != nil || !made || u.Role != role || u.Status != status || u.Hash != n.Hash || !u.CreatedAt.Equal(n.Now) {
				t.Fatalf("a new account, %s and %s: %+v, made %v, %v", role, status, u, made, err)
			}
			if len(u.ID) != len(boss.ID) && len(boss.ID) > 5 {
				t.Errorf("its id %q does not look like the old %q", u.ID, boss.ID)
			}
			if status == account.StatusActive {
				begins(t, s, u)
			}
			locked := account.StatusLocked
			got, err := s.ChangeUser(t.Context(), login.Change{ID: u.ID, Now: n.Now, Status: &locked, Role: &n.Role})
			if err != nil || got.User.Status != locked || got.User.Role != role {
				t.Errorf("locking it answers %+v, %v", got, err)
			}
		}
	}
	again := newUser(strings.ToLower(boss.Email))
	if _, made, err := s.CreateUser(t.Context(), again); made || err != nil {
		t.Errorf("the old address was given out again: %v, %v", made, err)
	}
	gone, _, err := s.UserByEmail(t.Context(), "user-active@example.com")
	if err != nil {
		t.Fatal(err)
	}
	r := audit.Succeeded(audit.EventUserDeleted, audit.Client{})
	r.At = noon
	if got, err := s.DeleteUser(t.Context(), gone.ID, r); err != nil || got.Missing || got.LastAdmin {
		t.Errorf("deleting a new one answers %+v, %v", got, err)
	}
	list, err := s.ListUsers(t.Context(), login.UserQuery{Limit: 50})
	if err != nil || len(list) != 9 {
		t.Errorf("%d accounts are listed, not 9, %v", len(list), err)
	}
}

func TestRefusedOldTables(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ schema, want string }{
		"addresses that differ in case": {
			`CREATE TABLE users (id SERIAL PRIMARY KEY, email TEXT UNIQUE, hashed_password TEXT);
			INSERT INTO users (email) VALUES ('Ada@x.org'), ('ada@x.org'), ('bob@x.org'), ('BOB@x.org')`,
			"2 addresses stand more than once in the users table",
		},
		"no password column": {
			`CREATE TABLE users (id SERIAL PRIMARY KEY, email TEXT, password TEXT)`,
			"without a column hashed_password, so it cannot be adopted",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := openPostgres(t)
			run(t, s, c.schema)
			_, err := s.Migrate(t.Context())
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("answered with %v, not with %q", err, c.want)
			}
			if got := table(t, s, "SELECT relname FROM pg_class WHERE relname IN ('sessions', 'goose_db_version')"); len(got) != 0 {
				t.Errorf("the refused database was migrated: %v", got)
			}
		})
	}
}

// The guide makes its administrator by hand, with a hash made elsewhere.
func TestAccountInsertedByHandIsFound(t *testing.T) {
	t.Parallel()
	s := migrate(t, openPostgres(t))
	run(t, s, `INSERT INTO users (email, hashed_password, is_active, is_verified, role, status, created_at, updated_at)
		VALUES ('admin@aiwfe.com', '`+bcryptHash+`', true, true, 'admin', 'active', NOW(), NOW());`)
	run(t, s, `INSERT INTO users (email, hashed_password) VALUES ('Bare@AIWFE.com', '`+bcryptHash+`')`)
	for address, admin := range map[string]bool{"admin@aiwfe.com": true, "bare@aiwfe.com": false} {
		u, ok, err := s.UserByEmail(t.Context(), address)
		if err != nil || !ok || u.IsAdmin() != admin || u.Hash != bcryptHash || u.Refusal() != "" {
			t.Fatalf("%s is found as %+v, %v, %v", address, u, ok, err)
		}
		begins(t, s, u)
	}
	n := newUser("second@example.com")
	n.Role, n.FirstAdmin = account.RoleAdmin, true
	if _, made, err := s.CreateUser(t.Context(), n); made || err != nil {
		t.Errorf("a first administrator was made beside the one made by hand: %v, %v", made, err)
	}
}
