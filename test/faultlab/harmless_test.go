package faultlab

import (
	"context"
	"crypto/sha256"
	dbsql "database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// ownRows are what the doctor and the running server may write while somebody
// looks: facts about the installation, the row of a node, traces of refused
// requests, and the bucket and the tally of the address that the doctor asks
// from.
var ownRows = map[string]string{
	"facts":    "all that says something about the installation and about no person",
	"nodes":    "the server's own row, which it keeps every few seconds",
	"traces":   "the probes that the server refused",
	"attempts": "the probes count against the address that they come from",
	"audit":    "the probes that the server refused, counted in one row for each kind",

	"audit_chain":       "where the server has put its own rows",
	"audit_checkpoints": "what it signs of that every quarter of an hour",
	"key_uses":          "which keys the server uses, noted every few seconds",
	"leases":            "the jobs that it has, renewed as long as it lives",
	"figures":           "what the server counts of its requests by the minute",
}

// TestExaminationWritesOnlyItsOwnRows holds every table against itself, before
// and after.
func TestExaminationWritesOnlyItsOwnRows(t *testing.T) {
	r := whole(t).start(t)
	expect(t, r.examine(t)) // makes the facts and the marker
	db := r.open(t)
	before := dump(t, db)
	if len(before) < 10 || before["users"] == "" {
		t.Fatalf("the tables are %v", before)
	}
	for range 3 {
		expect(t, r.examine(t))
		expect(t, r.examine(t, "--url", r.url))
	}
	after := dump(t, db)
	for name := range ownRows {
		delete(before, name)
		delete(after, name)
	}
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("the doctor changed tables (-before +after):\n%s", diff)
	}
	if keys := strings.Fields(r.redis.Ask("KEYS", "*")); !slices.Equal(keys, []string{"[aiwfe:deployment]"}) {
		t.Errorf("Valkey holds %v", keys)
	}
}

// dump is a hash of each table, with the number of its rows.
func dump(t *testing.T, db *dbsql.DB) map[string]string {
	t.Helper()
	all := map[string]string{}
	rows, err := db.QueryContext(t.Context(), `SELECT tablename FROM pg_tables WHERE schemaname = 'public'`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	for _, name := range names {
		var text dbsql.NullString
		var n int
		query := fmt.Sprintf(`SELECT string_agg(x::text, E'\n' ORDER BY x::text), COUNT(*) FROM %s x`, name) //nolint:gosec // a table of the test
		if err := db.QueryRowContext(t.Context(), query).Scan(&text, &n); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		sum := sha256.Sum256([]byte(text.String))
		all[name] = fmt.Sprintf("%d rows, %s", n, hex.EncodeToString(sum[:8]))
	}
	return all
}

// TestExaminationUnderLoadFailsNoRequest looks ten times while sixteen people
// sign in and use their sessions.
func TestExaminationUnderLoadFailsNoRequest(t *testing.T) {
	d := whole(t)
	d.env["LOGIN_LIMIT_ADDRESS"] = "100000/1m" // all sixteen come from one address
	r := d.start(t)
	// Two accounts: one has only so many sessions at a time.
	guest, regular := "guest@example.com", "regular@example.com"
	for _, email := range []string{guest, regular} {
		if res := r.nodes[0].RunInput(passwordOfAda+"\n", "user", "create", "--email", email, "--password-stdin"); res.Code != 0 {
			t.Fatal(res.Stderr)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	var asked atomic.Int64
	var wait sync.WaitGroup
	failed := make(chan error, 16)
	doors := make(chan struct{}, 2)
	for i := range cap(failed) {
		email, stay := guest, i%2 == 0
		if stay {
			email = regular
		}
		wait.Go(func() {
			if err := r.visit(ctx, r.transport(t), email, stay, doors, &asked); err != nil && ctx.Err() == nil {
				failed <- err
			}
		})
	}
	waitFor(t, func() bool { return asked.Load() > 50 || len(failed) > 0 })
	for i := range 10 {
		before := asked.Load()
		args := [][]string{nil, {"--url", r.url}}[i%2]
		bounded(t, r.examine(t, args...))
		if asked.Load() == before {
			t.Error("nobody asked anything while the doctor looked")
		}
	}
	stop()
	wait.Wait()
	close(failed)
	for err := range failed {
		t.Errorf("a request failed while the doctor looked: %v", err)
	}
}

// visit signs in, uses the session twenty times, and begins anew; who stays uses
// one session to the end, so that somebody asks also while all others wait for a
// password to be hashed. Two sign in at a time: a server that is asked to hash
// more passwords than it has processors for refuses some, doctor or no doctor.
func (r *running) visit(ctx context.Context, transport http.RoundTripper, email string, stay bool, doors chan struct{},
	asked *atomic.Int64,
) error {
	body, err := json.Marshal(map[string]string{"email": email, "password": passwordOfAda})
	if err != nil {
		return err
	}
	for ctx.Err() == nil {
		jar, err := cookiejar.New(nil)
		if err != nil {
			return err
		}
		client := &http.Client{Jar: jar, Transport: transport}
		var form struct {
			Token string `json:"csrf_token"`
		}
		var any map[string]any
		if err := tryJSON(ctx, client, "GET", r.url+"/api/v1/auth/csrf-token", "", "", &form); err != nil {
			return err
		}
		doors <- struct{}{}
		err = tryJSON(ctx, client, "POST", r.url+"/api/v1/auth/jwt/login", form.Token, string(body), &any)
		<-doors
		if err != nil {
			return err
		}
		for n := 0; n < 20 || stay && ctx.Err() == nil; n++ {
			if err := tryJSON(ctx, client, "GET", r.url+"/api/v1/auth/status", "", "", &any); err != nil {
				return err
			}
			asked.Add(1)
		}
	}
	return nil
}
