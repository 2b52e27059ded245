package faults

import (
	"database/sql"
	"fmt"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// Whenever somebody who rotates is killed, everybody stays signed in, and the next one ends it.
func TestRotationThatIsKilledLeavesAWorkingServer(t *testing.T) {
	t.Parallel()
	s := serve(t, place{}, map[string]string{"LOG_LEVEL": "info"})
	c := newBrowser(t, s)
	person(t, c, ada)
	one := signIn(t, newCaller(s), ada)
	signIn(t, c, ada)
	for i := range rounds(6, 40) {
		key := []string{"jwt", "data"}[i%2]
		kill(t, s, time.Duration(i)*400*time.Millisecond/2, "keys", "rotate", key)
		if i%3 == 2 {
			s.Kill9()
			s.Start()
		}
		want(t, "a token of before", c.status(one.AccessToken), http.StatusOK, "")
		want(t, "a cookie of before", c.call("POST", "/api/v1/auth/jwt/refresh", "", map[string]string{}), http.StatusOK, "")
		want(t, "a new session", newCaller(s).status(signIn(t, newCaller(s), ada).AccessToken), http.StatusOK, "")
	}
	for _, key := range []string{"jwt", "data"} {
		if r := s.Run("keys", "rotate", key); r.Code != 0 {
			t.Errorf("the rotation is not ended: %s%s", r.Stdout, r.Stderr)
		}
	}
	want(t, "a token of before it all", c.status(one.AccessToken), http.StatusOK, "")
}

// kill runs a verb and kills it after a while.
func kill(t *testing.T, s *ground.Instance, after time.Duration, args ...string) {
	t.Helper()
	p := s.Begin(args...)
	time.Sleep(after) // the moment is what is varied
	if err := p.Kill(); err != nil {
		t.Fatal(err)
	}
}

// Seeds are sealed anew while whoever does it is killed: each opens before, meanwhile and after, and is what it was.
func TestNothingIsLostWhenSealingAnewIsKilled(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"SQLite", "PostgreSQL"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			at := place{}
			if kind != "SQLite" {
				url := ground.Postgres(t).NewDatabase(t)
				at = place{kind, url, url}
			}
			s := serve(t, at, map[string]string{"LOG_LEVEL": "info"})
			person(t, newCaller(s), ada)
			db := at.open(t, s)
			seeds := sealSeeds(t, s, db, 3000)
			old := keyFile(t, s, "data-encryption-key")
			for i := range rounds(4, 20) {
				kill(t, s, time.Duration(1200+i*100)*time.Millisecond, "keys", "rotate", "data")
				s.Kill9()
				compareSeeds(t, s, db, seeds)
				s.Start()
			}
			if r := s.Run("keys", "rotate", "data"); r.Code != 0 {
				t.Fatalf("%s%s", r.Stdout, r.Stderr)
			}
			current := ring(t, s)[:1]
			eventually(t, time.Minute, "all of it opens with the present key alone", func() bool { return open(db, seeds, current) == len(seeds) })
			if keyFile(t, s, "data-encryption-key") == old {
				t.Error("the key is still the old one")
			}
		})
	}
}

// ring is the keys at hand, the current one first.
func ring(t *testing.T, s *ground.Instance) (keys []secret.Value) {
	t.Helper()
	keys = append(keys, secret.FromString(keyFile(t, s, "data-encryption-key")))
	for _, k := range besides(t, filepath.Join(s.DataDir, "data-encryption-key.beside")) {
		keys = append(keys, secret.FromString(k))
	}
	return keys
}

func sealSeeds(t *testing.T, s *ground.Instance, db *sql.DB, n int) map[string]string {
	t.Helper()
	seals, err := secret.NewSealer(ring(t, s)[0])
	if err != nil {
		t.Fatal(err)
	}
	var user string
	if err := db.QueryRowContext(t.Context(), `SELECT CAST(id AS TEXT) FROM users`).Scan(&user); err != nil {
		t.Fatal(err)
	}
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	seeds := map[string]string{}
	for i := range n {
		id, seed := fmt.Sprintf("fac_%05d", i), secret.RandomText(20)
		seeds[id+" "+user] = seed
		if _, err := tx.ExecContext(t.Context(), `INSERT INTO factors (id, user_id, kind, name, pending, data, created_ms)
			VALUES ($1, CAST($2 AS BIGINT), 'totp', '', 1, $3, 1)`, id, user, seals.Seal([]byte(seed), "totp", id, user)); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	return seeds
}

func compareSeeds(t *testing.T, s *ground.Instance, db *sql.DB, seeds map[string]string) {
	t.Helper()
	if n := open(db, seeds, ring(t, s)); n != len(seeds) {
		t.Fatalf("%d of %d seeds open and are what they were", n, len(seeds))
	}
}

// open counts the seeds that open with the keys and are what they were.
func open(db *sql.DB, seeds map[string]string, keys []secret.Value) (n int) {
	seals, err := secret.NewSealer(keys[0], keys[1:]...)
	if err != nil {
		return -1
	}
	rows, err := db.Query(`SELECT id, CAST(user_id AS TEXT), data FROM factors WHERE kind = 'totp'`)
	if err != nil {
		return -1
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var id, user string
		var data []byte
		if rows.Scan(&id, &user, &data) != nil {
			return -1
		}
		if v, err := seals.Open(data, "totp", id, user); err == nil && string(v.Reveal()) == seeds[id+" "+user] {
			n++
		}
	}
	if rows.Err() != nil {
		return -1
	}
	return n
}
