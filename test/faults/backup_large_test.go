package faults

import (
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// withinAMinute is what is promised for 100,000 people each way; only the long form has so many.
const withinAMinute = time.Minute

// TestBackupGoesToTheOtherEngineAndBack: through the pooler too, and is verified on both.
func TestBackupGoesToTheOtherEngineAndBack(t *testing.T) {
	t.Parallel()
	many := rounds(2_000, 100_000)
	at := []*installation{install(t, place{"SQLite", "", ""}), install(t, pooled(t)), install(t, place{"SQLite", "", ""})}
	if r := at[0].Run("bench", "seed", "--users", fmt.Sprint(many)); r.Code != 0 {
		t.Fatal(r.Stderr)
	}
	key := filepath.Join(t.TempDir(), "key")
	public := strings.TrimSpace(at[0].Run("backup", "key", "--out", key).Stdout)
	timed := func(i *installation, args ...string) ground.Result {
		t.Helper()
		began := time.Now()
		r := i.Run(append([]string{"backup"}, args...)...)
		took := time.Since(began)
		t.Logf("%s on %s: %s", args[0], i.at.name, took.Round(10*time.Millisecond))
		if r.Code != 0 {
			t.Fatalf("%v on %s: %d %s%s", args, i.at.name, r.Code, r.Stdout, r.Stderr)
		}
		if took > withinAMinute && many == 100_000 && args[0] != "verify" {
			t.Errorf("%s on %s took %s", args[0], i.at.name, took)
		}
		return r
	}
	for n := range 2 {
		file := filepath.Join(t.TempDir(), "one.backup")
		timed(at[n], "create", "--recipient", public, file)
		timed(at[n+1], "restore", "--keep-sessions", "--identity", key, file)
		if got := at[n+1].people(t); got != many {
			t.Errorf("%d of %d people are on %s", got, many, at[n+1].at.name)
		}
		timed(at[n], "verify", "--identity", key, file)
	}
	direct := install(t, place{"PostgreSQL", at[1].at.direct, at[1].at.direct})
	file := filepath.Join(t.TempDir(), "one.backup")
	timed(direct, "create", "--recipient", public, file)
	timed(direct, "verify", "--in-database", "--identity", key, file)
	db := direct.at.open(t, direct.Instance)
	if n := count(t, db, `SELECT COUNT(*) FROM pg_namespace WHERE nspname LIKE 'aiwfe_verify%'`); n != 0 {
		t.Errorf("%d scratch schemas are left", n)
	}
}

// TestOneServerMakesTheBackupsOfAll: on two nodes one file, told in figures and audit, and not again after a restart.
func TestOneServerMakesTheBackupsOfAll(t *testing.T) {
	t.Parallel()
	url := ground.Postgres(t).NewDatabase(t)
	at, dir := place{"PostgreSQL", url, url}, filepath.Join(t.TempDir(), "backups")
	env := map[string]string{
		"BACKUP_EVERY": "1h", "BACKUP_DIR": dir, "BACKUP_PASSPHRASE": "four words and a dice", "METRICS_TOKEN": "a-token-of-32-bytes-for-metrics-1",
		"JWT_SECRET_KEY": "k9-Tq2vXw7Lr4Zs8Yp1Nd6Hf3Jc5Bg0Ma-signing", "DATA_ENCRYPTION_KEY": "s4-Wm8uRe1Kt6Qo9Zi2Xa5Cv7Bn3Lp0Jh-sealing",
	}
	a, b := serve(t, at, env), serve(t, at, env)
	db := at.open(t, a)
	made := func() int {
		return count(t, db, `SELECT COUNT(*) FROM audit WHERE event = 'backup_made' AND outcome = 'success'`)
	}
	eventually(t, time.Minute, "a backup is made", func() bool { return made() > 0 })
	file := glob(t, filepath.Join(dir, "*.backup"))
	if len(file) != 1 {
		t.Fatalf("there are %v", file)
	}
	if r := b.Run("backup", "verify", file[0]); r.Code != 0 {
		t.Errorf("%d %s%s", r.Code, r.Stdout, r.Stderr)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.URL+"/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+env["METRICS_TOKEN"])
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close() //nolint:errcheck // it is read
	if text := readAll(t, answer.Body); !strings.Contains(text, "\naiwfe_auth_backup_last_success_timestamp_seconds ") {
		t.Errorf("the figures tell of no backup (%s)", answer.Status)
	}
	a.Stop()
	b.Restart()
	// Whoever takes the job over looks at once; the last one is fresh.
	eventually(t, time.Minute, "the job is taken over", func() bool {
		return count(t, db, `SELECT COUNT(*) FROM leases WHERE name = 'backup' AND holder <> '' AND number > 1`) == 1
	})
	if made() != 1 {
		t.Errorf("%d backups were made", made())
	}
}

func readAll(t *testing.T, from io.Reader) string {
	t.Helper()
	text, err := io.ReadAll(from)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
