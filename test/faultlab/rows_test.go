package faultlab

import (
	"cmp"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// rowGrounds are the engines on which rows are spoilt.
const (
	onSQLite   = "SQLite"
	onPostgres = "PostgreSQL"
	onPooler   = "pgbouncer"
)

// spoilt is a server with two accounts, one of which somebody changed by hand.
func spoilt(t *testing.T, engine string, start bool, statements ...string) *ground.Instance {
	t.Helper()
	env := map[string]string{}
	var pg *ground.PG
	address := ""
	if engine != onSQLite {
		pg = ground.Postgres(t)
		address = pg.NewDatabase(t)
		env["DATABASE_URL"] = address
		if engine == onPooler {
			env["DATABASE_URL"] = ground.PgBouncer(t, pg, "transaction", 4).URL(address)
		}
	}
	s := ground.Unstarted(t, env)
	if start {
		s = ground.Server(t, env)
	}
	for _, who := range []string{"root@example.com", "ada@example.com"} {
		role := map[bool]string{true: "admin", false: "user"}[who == "root@example.com"]
		if res := s.RunInput(rowPassword+"\n", "user", "create", "--email", who, "--role", role, "--password-stdin"); res.Code != 0 {
			t.Fatal(res.Stderr)
		}
	}
	if address == "" {
		inFile(t, s, statements...)
	} else {
		super(t, pg, address, statements...)
	}
	return s
}

const rowPassword = "three green lanterns"

// row is one way to spoil Ada's row.
type row struct {
	fault       string // D25 where it is empty
	how, ground string
	cause       api.Cause
	sql         []string
	// mended says that repair puts it right without a new password; linked that
	// it gives a link.
	mended, linked bool
	// tries says that a server runs, so that a sign-in is tried.
	tries bool
}

const (
	ofAda  = " WHERE email = 'ada@example.com'"
	bcrypt = "$2b$04$abcdefghijklmnopqrstuuN9qo8uLOickgx2ZMRZoMyeIjZAgcfl7"
)

func set(column, value string) string { return "UPDATE users SET " + column + " = " + value + ofAda }

// rows are ways in which rows made by hand or restored go wrong.
var rows = []row{
	{fault: "G5", how: "no hash", ground: onSQLite, cause: "row_unusable_hash", sql: []string{set("hashed_password", "NULL")}, linked: true, tries: true},
	{how: "an empty hash", ground: onPostgres, cause: "row_unusable_hash", sql: []string{set("hashed_password", "''")}, linked: true},
	{how: "the password in plain text", ground: onSQLite, cause: "row_unusable_hash", sql: []string{set("hashed_password", "'three green lanterns'")}, linked: true},
	{how: "MD5", ground: onPostgres, cause: "row_unusable_hash", sql: []string{set("hashed_password", "md5('x')")}, linked: true, tries: true},
	{how: "a bcrypt hash cut off", ground: onPooler, cause: "row_unusable_hash", sql: []string{set("hashed_password", "'"+bcrypt[:50]+"'")}, linked: true},
	{fault: "G5", how: "a bcrypt hash whose dollars a shell ate", ground: onSQLite, cause: "row_unusable_hash", sql: []string{set("hashed_password", "'"+strings.ReplaceAll(bcrypt, "$", "")+"'")}, linked: true},
	{fault: "G5", how: "a prefix that no bcrypt has", ground: onPostgres, cause: "row_unusable_hash", sql: []string{set("hashed_password", "'$2x"+bcrypt[3:]+"'")}, linked: true},
	{how: "argon2id of impossible parameters", ground: onPostgres, cause: "row_unusable_hash", sql: []string{set("hashed_password", "replace(hashed_password, 'm=19456', 'm=4')")}, linked: true},
	{how: "an argon2id hash cut off", ground: onSQLite, cause: "row_unusable_hash", sql: []string{set("hashed_password", "substr(hashed_password, 1, 64)")}, linked: true},
	{how: "Python's bytes as text", ground: onPostgres, cause: "row_unusable_hash", sql: []string{set("hashed_password", "'b''' || hashed_password || ''''")}, mended: true},
	{how: "a hash padded with blanks", ground: onSQLite, cause: "row_unusable_hash", sql: []string{set("hashed_password", "hashed_password || '   '")}, mended: true},
	{how: "bcrypt of cost 17", ground: onSQLite, cause: "row_expensive_hash", sql: []string{set("hashed_password", "'$2b$17"+bcrypt[6:]+"'")}, linked: true, tries: true},
	{how: "argon2id of a gigabyte", ground: onPostgres, cause: "row_expensive_hash", sql: []string{set("hashed_password", "replace(hashed_password, 'm=19456', 'm=1048576')")}, linked: true},
	{how: "status NULL", ground: onPostgres, cause: "row_null_field", sql: []string{"ALTER TABLE users ALTER status DROP NOT NULL", set("status", "NULL")}, mended: true},
	{how: "is_active NULL", ground: onPooler, cause: "row_null_field", sql: []string{"ALTER TABLE users ALTER is_active DROP NOT NULL", set("is_active", "NULL")}, mended: true},
	{how: "tokens_after_ms NULL", ground: onPostgres, cause: "row_null_field", sql: []string{"ALTER TABLE users ALTER tokens_after_ms DROP NOT NULL", set("tokens_after_ms", "NULL")}, mended: true},
	{how: "a status with a blank", ground: onSQLite, cause: "row_bad_status", sql: []string{set("status", "'active '")}, mended: true},
	{how: "a status of another system", ground: onPostgres, cause: "row_bad_status", sql: []string{set("status", "'enabled'")}, mended: true},
	{how: "an address with a blank", ground: onSQLite, cause: "row_address_unreachable", sql: []string{set("email", "' ada@example.com'")}, mended: true},
	{how: "a host name that is not in ASCII", ground: onPostgres, cause: "row_address_unreachable", sql: []string{set("email", "'ada@bücher.example'")}},
	{how: "capitals that the database does not lower", ground: onSQLite, cause: "row_address_unreachable", sql: []string{set("email", "'ÁDA@example.com'")}},
	{how: "an address twice, once with a blank", ground: onPostgres, cause: "row_duplicate_address", sql: []string{"INSERT INTO users (email, hashed_password) SELECT 'ada@example.com ', hashed_password FROM users" + ofAda}},
	{how: "an address twice, and no index", ground: onSQLite, cause: "row_duplicate_address", sql: []string{"DROP INDEX users_email_lower", "INSERT INTO users (email, hashed_password) SELECT 'Ada@Example.com', hashed_password FROM users" + ofAda}},
	{how: "yes and no as words", ground: onSQLite, cause: "row_unreadable_field", sql: []string{set("is_active", "'yes'")}, mended: true},
	{how: "a hash as bytes", ground: onSQLite, cause: "row_unreadable_field", sql: []string{set("hashed_password", "CAST(hashed_password AS BLOB)")}, mended: true},
	{how: "a second factor demanded and gone", ground: onPostgres, cause: "row_second_factor_missing", sql: []string{set("second_factor", "true")}},
	{how: "an administrator in another word", ground: onSQLite, cause: "row_bad_role", sql: []string{set("role", "'administrator'")}},
	{how: "accounts deleted without what hangs on them", ground: onSQLite, cause: "row_orphan", sql: []string{
		"PRAGMA foreign_keys = off", "INSERT INTO devices (id, user_id, name, kind, ip, created_ms, seen_ms) VALUES ('d', 77, '', '', '', 1, 1)",
	}},
}

func rowInjections() (list []injection) {
	for _, r := range rows {
		list = append(list, injection{
			fault: cmp.Or(r.fault, "D25"), how: r.how + " (" + r.ground + ")", cause: r.cause,
			examine: func(t *testing.T) api.Diagnosis {
				// The doctor's findings do not depend on a running server; whether a
				// person can sign in does.
				s := spoilt(t, r.ground, r.mended || r.tries || api.Causes[r.cause].Severity == api.Warning, r.sql...)
				if r.mended || r.tries {
					r.signsIn(t, s, false)
				}
				d := doctor(t, s)
				r.mends(t, s)
				return d
			},
		})
	}
	return list
}

// mends looks whether repair does what it should, after which the doctor must
// be content.
func (r row) mends(t *testing.T, s *ground.Instance) {
	t.Helper()
	if strings.Contains(strings.Join(r.sql, ""), "DROP INDEX") {
		return // no verb makes an index
	}
	res := s.Run("user", "repair", "--all", "--json")
	var out struct {
		Items []struct {
			Link    string
			Changed []string
		}
	}
	if err := json.Unmarshal([]byte(res.Stdout), &out); err != nil {
		t.Fatalf("%v: %s %s", err, res.Stdout, res.Stderr)
	}
	mended, linked := false, false
	for _, i := range out.Items {
		mended, linked = mended || len(i.Changed) > 0, linked || i.Link != ""
	}
	if r.mended && (!mended || linked) || r.linked && !linked {
		t.Errorf("repair did: %s", res.Stdout)
	}
	if r.mended {
		expect(t, doctor(t, s))
		r.signsIn(t, s, true)
	}
}

// signsIn tries whether Ada can sign in: only what really keeps her out is a
// finding.
func (r row) signsIn(t *testing.T, s *ground.Instance, want bool) {
	t.Helper()
	res, err := http.PostForm(s.URL+"/api/v1/auth/jwt/login", url.Values{"username": {"ada@example.com"}, "password": {rowPassword}})
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if (res.StatusCode == http.StatusOK) != want {
		t.Errorf("the sign-in answers %d", res.StatusCode)
	}
}
