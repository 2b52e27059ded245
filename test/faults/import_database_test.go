package faults

import (
	"database/sql"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// The databases of the other systems are read as they stand, SQLite and PostgreSQL.
func TestPeopleAreReadOutOfTheDatabaseOfTheOtherSystem(t *testing.T) {
	t.Parallel()
	theirs := ground.Postgres(t).NewDatabase(t)
	s := serve(t, place{name: "SQLite"}, map[string]string{"IMPORT_DATABASE_URL": theirs})
	old := place{name: "PostgreSQL", url: theirs, direct: theirs}.open(t, s)
	for _, statement := range []string{
		`CREATE SCHEMA auth`,
		`CREATE TYPE auth.factor_type AS ENUM ('totp', 'phone')`, `CREATE TYPE auth.factor_status AS ENUM ('unverified', 'verified')`,
		`CREATE TABLE auth.users (id uuid PRIMARY KEY, email varchar, encrypted_password varchar, email_confirmed_at timestamptz, banned_until timestamptz,
			raw_app_meta_data jsonb, raw_user_meta_data jsonb, is_super_admin bool, created_at timestamptz, deleted_at timestamptz, is_anonymous bool)`,
		`CREATE TABLE auth.mfa_factors (id uuid PRIMARY KEY, user_id uuid, friendly_name text, factor_type auth.factor_type, status auth.factor_status, secret text)`,
		`INSERT INTO auth.users VALUES
			('11111111-0000-4000-8000-000000000001', 'ada@gt.example', '` + movedHash + `', now(), NULL, '{"providers":["email"]}', '{"full_name":"Ada"}', NULL, now(), NULL, false),
			('11111111-0000-4000-8000-000000000002', 'otp@gt.example', '` + movedHash + `', now(), NULL, '{}', NULL, NULL, now(), NULL, false),
			('11111111-0000-4000-8000-000000000003', 'sealed@gt.example', '` + movedHash + `', now(), NULL, '{}', '{}', NULL, now(), NULL, false),
			('11111111-0000-4000-8000-000000000004', 'banned@gt.example', '` + movedHash + `', now(), now() + interval '100 years', '{}', '{}', NULL, now(), NULL, false)`,
		`INSERT INTO auth.mfa_factors VALUES
			('22222222-0000-4000-8000-000000000001', '11111111-0000-4000-8000-000000000002', 'phone', 'totp', 'verified', 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'),
			('22222222-0000-4000-8000-000000000002', '11111111-0000-4000-8000-000000000001', 'phone', 'totp', 'unverified', 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'),
			('22222222-0000-4000-8000-000000000003', '11111111-0000-4000-8000-000000000003', 'phone', 'totp', 'verified', '{"key_id":"x","alg":"aes-gcm-hkdf","data":"x","nonce":"x"}')`,
		`CREATE TABLE "user" (id uuid PRIMARY KEY, email varchar, hashed_password varchar, is_active bool, is_superuser bool, is_verified bool)`,
		`INSERT INTO "user" VALUES ('33333333-0000-4000-8000-000000000001', 'eve@fa.example', '` + movedHash + `', true, false, true),
			('33333333-0000-4000-8000-000000000002', 'off@fa.example', '` + movedHash + `', false, false, true)`,
	} {
		if _, err := old.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	lite := filepath.Join(t.TempDir(), "old.db")
	db, err := sql.Open("sqlite", lite)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), `CREATE TABLE users (id CHAR(36) PRIMARY KEY, email VARCHAR(320), hashed_password VARCHAR(1024), is_active BOOLEAN, is_superuser BOOLEAN, is_verified BOOLEAN,
			role VARCHAR(9), status VARCHAR(9), created_at DATETIME);
		INSERT INTO users VALUES ('44444444-0000-4000-8000-000000000001', 'bob@lite.example', '`+movedHash+`', 1, 0, 1, 'USER', 'ACTIVE', '2025-08-07 10:11:12.500000')`); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args           []string
		code, imported int
	}{
		{[]string{"import", "gotrue", "--json"}, 1, 3}, // and one whose key is sealed there
		{[]string{"import", "fastapi-users", "--json"}, 0, 2},
		{[]string{"import", "fastapi-users", "sqlite:///" + lite, "--source", "lite", "--json"}, 0, 1},
		{[]string{"import", "fastapi-users", lite, "--source", "lite", "--json"}, 0, 0},
	} {
		r := s.Run(c.args...)
		if want := fmt.Sprintf(`"imported": %d,`, c.imported); r.Code != c.code || !strings.Contains(r.Stdout, want) {
			t.Errorf("%q ends with %d, want %d and %s: %s%s", c.args, r.Code, c.code, want, r.Stdout, r.Stderr)
		}
	}
	for email, want := range map[string]int{
		"ada@gt.example": http.StatusOK, "eve@fa.example": http.StatusOK, "bob@lite.example": http.StatusOK,
		"banned@gt.example": http.StatusUnauthorized, "off@fa.example": http.StatusUnauthorized, "sealed@gt.example": http.StatusUnauthorized,
	} {
		if a := newCaller(s).login(email, movedPassword); a.status != want {
			t.Errorf("%s is told %d, want %d: %s", email, a.status, want, a.body)
		}
	}
	if n := count(t, place{}.open(t, s), `SELECT COUNT(*) FROM users WHERE second_factor`); n != 1 {
		t.Errorf("%d accounts have a second factor, want 1", n)
	}
}
