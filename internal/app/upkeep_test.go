package app

import (
	"io"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/store"
	"github.com/aiwfe/aiwfe-auth/internal/upkeep"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// openOn is a core on a database, with settings beside those of tests.
func openOn(t *testing.T, env ...string) *Core {
	t.Helper()
	cfg, err := config.Load(config.Sources{Env: append([]string{"ENVIRONMENT=test", "DATA_DIR=" + filepath.Join(t.TempDir(), "data")}, env...)})
	if err != nil {
		t.Fatal(err)
	}
	c, err := Open(t.Context(), cfg, slog.New(slog.NewTextHandler(io.Discard, nil)), Hooks{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// verdicts makes the chores of every kind at a moment, by their names.
func verdicts(t *testing.T, c *Core, at time.Time) map[string]api.Chore {
	t.Helper()
	all := map[string]api.Chore{}
	for _, kind := range api.MaintenanceKinds {
		s := sources(c.Config, c)
		s.Now = at
		for _, one := range upkeep.Do(t.Context(), kind, s).Chores {
			all[one.Chore] = one
		}
	}
	return all
}

// TestChoresOnRealDatabases makes them where all is well and then where nothing
// is, on both engines: what the SQL says comes to a verdict.
func TestChoresOnRealDatabases(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { choresOn(t, openOn(t)) })
	t.Run("postgres", func(t *testing.T) {
		choresOn(t, openOn(t, "DATABASE_URL="+ground.Postgres(t).NewDatabase(t)))
	})
}

func choresOn(t *testing.T, c *Core) {
	for name, one := range verdicts(t, c, time.Now()) {
		if one.Verdict == api.ChoreToDo || one.Verdict == api.ChoreUnknown && name != "doctor" {
			t.Errorf("on a new installation %s is %+v", name, one)
		}
	}
	who := login.Invitee{Email: "root@example.com", Name: "Root", Role: account.RoleAdmin}
	root, err := c.Login.CreateWithPassword(t.Context(), login.Host(), who, "three green lanterns")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.Login.Invite(t.Context(), login.Host(), login.Invitee{Email: "late@example.com", Role: account.RoleUser}); err != nil {
		t.Fatal(err)
	}
	if err := c.Store.UseKeys(t.Context(), map[string]string{store.KeyJWT: c.Config.JWTSecretKey.Fingerprint()}); err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	seen := func(e audit.Event, ip string, at time.Time) audit.Row {
		r := audit.Succeeded(e, audit.Client{IP: ip, UserAgent: "test", RequestID: "r"})
		r.At, r.User = at, root.ID
		return r
	}
	guess := seen(audit.EventLogin, "203.0.113.9", now)
	guess.User, guess.Address, guess.Outcome, guess.Code, guess.Count = "", root.Email, audit.Refused, api.CodeInvalidCredentials, 80
	reset := seen(audit.EventFactorsReset, "local", now)
	reset.Actor = "host"
	if err := c.Store.Record(t.Context(), seen(audit.EventLogin, "192.0.2.1", now.Add(-72*time.Hour)), seen(audit.EventLogin, "203.0.113.9", now),
		seen(audit.EventTokenMade, "192.0.2.1", now), reset, guess); err != nil {
		t.Fatal(err)
	}
	got := verdicts(t, c, now.Add(time.Minute))
	for _, name := range []string{"admins", "admin_sign_ins", "besieged", "factors_removed", "admins_without_factor"} {
		if one := got[name]; one.Verdict != api.ChoreToDo || len(one.Evidence) == 0 {
			t.Errorf("%s is %+v", name, one)
		}
	}
	if one := got["tokens_made"]; one.Verdict != api.ChoreNote || len(one.Evidence) != 1 {
		t.Errorf("tokens_made is %+v", one)
	}
	got = verdicts(t, c, now.Add(400*24*time.Hour))
	for name, want := range map[string]string{
		"invitations": api.ChoreToDo, "rotation": api.ChoreToDo, "program_age": api.ChoreToDo, "unused_accounts": api.ChoreNote,
		"admins": api.ChoreWell, "besieged": api.ChoreWell,
	} {
		if got[name].Verdict != want {
			t.Errorf("a year later %s is %+v", name, got[name])
		}
	}
	if !slices.Contains(got["unused_accounts"].Evidence, root.Email) {
		t.Errorf("nobody used is %v", got["unused_accounts"].Evidence)
	}
}

// TestMonthlyMaintenanceFollowsTheWholeAudit, and names a row that was changed.
func TestMonthlyMaintenanceFollowsTheWholeAudit(t *testing.T) {
	c := openOn(t)
	auditsOf(t, c)
	record(t, c, 20)
	until(t, "the rows have a place", func() bool { return place(t, c) == 20 })
	if one := verdicts(t, c, time.Now())["audit_chain"]; one.Verdict != api.ChoreWell || !strings.HasPrefix(one.Said, "20 rows") {
		t.Errorf("of a whole audit: %+v", one)
	}
	sqlite(t, c, `UPDATE audit SET ip = '203.0.113.5' WHERE seq = 7`)
	if one := verdicts(t, c, time.Now())["audit_chain"]; one.Verdict != api.ChoreToDo || !strings.Contains(one.Said, "row 7") {
		t.Errorf("of a changed row: %+v", one)
	}
}

func TestWideSettingsAreTold(t *testing.T) {
	load := func(env ...string) *config.Config {
		t.Helper()
		cfg, err := config.Load(config.Sources{Env: append([]string{"ENVIRONMENT=test", "DATA_DIR=" + t.TempDir()}, env...)})
		if err != nil {
			t.Fatal(err)
		}
		return cfg
	}
	fine := load("TRUSTED_PROXIES=10.0.0.0/8,192.0.2.7,fd00::/8", "CORS_ORIGINS=https://app.example.com,http://localhost:3000")
	if list := wideSettings(fine); len(list) != 0 {
		t.Errorf("fine ones are %+v", list)
	}
	for _, env := range []string{"TRUSTED_PROXIES=8.0.0.0/8", "CORS_ORIGINS=http://app.example.com", "LOGIN_LIMIT_ACCOUNT=100/1m"} {
		if list := wideSettings(load(env)); len(list) != 1 || list[0].Why == "" {
			t.Errorf("%s: %+v", env, list)
		}
	}
}

// TestRecoveryIsRehearsedOnRealDatabases: nothing of it stays, and no backup is
// noted that is not kept.
func TestRecoveryIsRehearsedOnRealDatabases(t *testing.T) {
	for name, env := range map[string][]string{"sqlite": nil, "postgres": {"DATABASE_URL=" + ground.Postgres(t).NewDatabase(t)}} {
		t.Run(name, func(t *testing.T) {
			c := openOn(t, env...)
			who := login.Invitee{Email: "root@example.com", Name: "Root", Role: account.RoleAdmin}
			if _, err := c.Login.CreateWithPassword(t.Context(), login.Host(), who, "three green lanterns"); err != nil {
				t.Fatal(err)
			}
			one := verdicts(t, c, time.Now())["recovery_rehearsal"]
			if one.Verdict != api.ChoreWell || len(one.Evidence) != 1 || !strings.Contains(one.Evidence[0], "1 account") {
				t.Errorf("the rehearsal came to %+v", one)
			}
			for _, pattern := range []string{"rehearsal-*", "verify-*"} {
				if left, err := filepath.Glob(filepath.Join(c.Config.DataDir, pattern)); err != nil || len(left) > 0 {
					t.Errorf("it left %v, %v", left, err)
				}
			}
			if b, err := c.upkeepBackups(t.Context()); err != nil || !b.Last.IsZero() {
				t.Errorf("it counts as %+v, %v", b, err)
			}
			if _, err := c.Backup(t.Context(), BackupAs{}); err != nil {
				t.Fatal(err)
			}
			if one := verdicts(t, c, time.Now())["backup"]; one.Verdict != api.ChoreWell {
				t.Errorf("after a backup: %+v", one)
			}
			if one := verdicts(t, c, time.Now().Add(72*time.Hour))["backup"]; one.Verdict != api.ChoreToDo {
				t.Errorf("three days after a backup: %+v", one)
			}
		})
	}
	failed := rehearsed(upkeep.Rehearsal{}, VerifyReport{Steps: []Step{{Name: "it can be restored", Text: "no room", OK: false}}})
	if failed.Trouble != "it can be restored: no room" {
		t.Errorf("a failure is told as %q", failed.Trouble)
	}
}
