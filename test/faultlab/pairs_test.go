package faultlab

import (
	dbsql "database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/stdlib"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// change is a fault as a change of a description: several of them fit into one
// deployment.
type change struct {
	cause api.Cause
	how   string
	do    func(t *testing.T, d *deployment)
}

// together are ten faults of which any two can be there at once.
var together = []change{
	{"redis_evicts", "Redis with allkeys-lru", func(_ *testing.T, d *deployment) {
		d.redis = append(d.redis, "--maxmemory", "50mb", "--maxmemory-policy", "allkeys-lru")
	}},
	{"redis_wrong_instance", "the Redis of another deployment", func(_ *testing.T, d *deployment) {
		d.before = append(d.before, func(_ *testing.T, r *running) {
			r.redis.Do([]string{"SET", "aiwfe:deployment", "abcdefgh https://staging.example.com"})
		})
	}},
	{"smtp_unreachable", "SMTP_URL with the port of nobody", func(t *testing.T, d *deployment) {
		d.env["SMTP_URL"] = fmt.Sprintf("smtp://127.0.0.1:%d?starttls=none", ground.FreePort(t))
	}},
	{"certificate_expires_soon", "the certificate of nginx ends in two days", func(_ *testing.T, d *deployment) {
		d.validity = ground.Validity{From: -48 * time.Hour, To: 48 * time.Hour}
	}},
	{"row_unusable_hash", "a password in plain text", func(_ *testing.T, d *deployment) {
		d.before = append(d.before, statement(`INSERT INTO users (email, hashed_password, is_verified) VALUES ('bob@example.com', 'hunter2', TRUE)`))
	}},
	{"no_usable_admin", "the only administrator is disabled", func(_ *testing.T, d *deployment) {
		d.before = append(d.before, statement(`UPDATE users SET status = 'disabled', is_active = FALSE WHERE role = 'admin'`))
	}},
	{"proxy_strips_csrf_header", "nginx empties X-CSRF-TOKEN", func(_ *testing.T, d *deployment) {
		d.proxy.location += `proxy_set_header X-CSRF-TOKEN "";` + "\n"
	}},
	{"proxy_limits_body", "nginx takes 4 KiB", func(_ *testing.T, d *deployment) {
		d.proxy.server += "\nclient_max_body_size 4k;"
	}},
	{"client_address_spoofable", "nginx lets X-Forwarded-For of the client stand", func(_ *testing.T, d *deployment) {
		d.proxy.client = ""
	}},
	{"proxy_rewrites_host", "nginx asks by the name of the upstream", func(_ *testing.T, d *deployment) {
		d.proxy.host = ""
	}},
}

// statement runs SQL on the database before the server starts.
func statement(text string) func(*testing.T, *running) {
	return func(t *testing.T, r *running) {
		t.Helper()
		db := r.open(t)
		if _, err := db.ExecContext(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
}

// open is the database itself, past any pooler.
func (r *running) open(t *testing.T) *dbsql.DB {
	t.Helper()
	connector, err := stdlib.GetDefaultDriver().(*stdlib.Driver).OpenConnector(r.dsn)
	if err != nil {
		t.Fatal(err)
	}
	db := dbsql.OpenDB(connector)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// sample is how many of the 45 pairs are tried where AIWFE_TEST_FULL is not set.
const sample = 8

// TestPairsAreBothNamed: two faults at once are two findings, and nothing else.
// AIWFE_SEED repeats a choice of pairs.
func TestPairsAreBothNamed(t *testing.T) {
	for _, p := range pairs(t) {
		t.Run(p[0].how+", "+p[1].how, func(t *testing.T) {
			t.Parallel()
			d := whole(t)
			p[0].do(t, d)
			p[1].do(t, d)
			found := d.start(t).examine(t)
			both := []api.Cause{p[0].cause, p[1].cause}
			if len(found.Findings) > 0 && found.Findings[0].Code == p[1].cause {
				both[0], both[1] = both[1], both[0] // either may be the graver one
			}
			expect(t, found, both...)
		})
	}
}

func pairs(t *testing.T) (list [][2]change) {
	t.Helper()
	for i, a := range together {
		for _, b := range together[i+1:] {
			list = append(list, [2]change{a, b})
		}
	}
	if os.Getenv("AIWFE_TEST_FULL") != "" {
		return list
	}
	seed := uint64(time.Now().UnixNano()) //nolint:gosec // which pairs, not a secret
	if text := os.Getenv("AIWFE_SEED"); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("to repeat this choice: AIWFE_SEED=%d", seed)
	rand.New(rand.NewPCG(seed, 0)).Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] }) //nolint:gosec // as above
	return list[:sample]
}

// TestEachOfThePairsAlone: what is named in a pair must not need the other.
func TestEachOfThePairsAlone(t *testing.T) {
	for _, c := range together {
		t.Run(c.how, func(t *testing.T) {
			t.Parallel()
			d := whole(t)
			c.do(t, d)
			expect(t, d.start(t).examine(t), c.cause)
		})
	}
}
