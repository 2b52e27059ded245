package inside

import (
	"context"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

var noon = time.Date(2026, 11, 10, 12, 0, 0, 0, time.UTC)

func TestChangesOfTheSigningKey(t *testing.T) {
	now, before, other := secret.FromString(signing), secret.FromString(sealing), secret.FromString("x"+signing)
	at := func(ago time.Duration, v secret.Value) step { return step{v.Fingerprint(), noon.Add(-ago)} }
	for _, row := range []struct {
		name     string
		steps    []step
		previous []secret.Value
		says     string
	}{
		{"always the same", []step{at(time.Hour, now)}, nil, ""},
		{"another server signs", []step{at(time.Hour, other)}, nil, "signs with another key"},
		{"another server signs, with a key that is accepted", []step{at(time.Hour, before)}, []secret.Value{before}, ""},
		{"changed a minute ago", []step{at(time.Hour, before), at(time.Minute, now)}, nil, "now: 1"},
		{"changed a minute ago, as one should", []step{at(time.Hour, before), at(time.Minute, now)}, []secret.Value{before}, ""},
		{"changed yesterday", []step{at(50*time.Hour, before), at(20*time.Hour, now)}, nil, ""},
		{"new at each start", []step{at(9*time.Hour, before), at(6*time.Hour, other), at(3*time.Hour, now)}, nil, "now: 2"},
		{"two nodes with a key each", []step{at(9*time.Hour, now), at(6*time.Hour, other), at(5*time.Hour, now), at(4*time.Hour, other), at(3*time.Hour, now)}, nil, "now: 2"},
	} {
		in := &inside{cfg: &config.Config{JWTSecretKey: now, JWTPreviousSecretKeys: row.previous, AccessTokenTTL: time.Hour}}
		in.Now = func() time.Time { return noon }
		gone := map[string]bool{before.Fingerprint(): true, other.Fingerprint(): true}
		if evidence, _ := in.judgeKeys(row.steps, gone); evidence != "" && len(row.steps) > 1 {
			t.Errorf("%s, and the others were retired: %q", row.name, evidence)
		}
		evidence, _ := in.judgeKeys(row.steps, nil)
		if (evidence == "") != (row.says == "") || !strings.Contains(evidence, row.says) {
			t.Errorf("%s: %q, want %q", row.name, evidence, row.says)
		}
	}
}

func TestPasskeysOfAnotherHost(t *testing.T) {
	steps := []step{{"old.example.com", noon}, {"new.example.com", noon.Add(24 * time.Hour)}}
	made := []time.Time{noon.Add(48 * time.Hour), noon.Add(time.Hour), noon.Add(-time.Hour)} // the last one before anybody took notes
	for host, want := range map[string]int{"new.example.com": 1, "old.example.com": 1, "third.example.com": 2} {
		if lost, where := strangers(steps, made, host); lost != want || where == host || where == "" {
			t.Errorf("%s: %d are lost, of %q", host, lost, where)
		}
	}
	if lost, _ := strangers(steps[:1], made, "old.example.com"); lost != 0 {
		t.Errorf("%d are lost without a change", lost)
	}
}

func memory(t *testing.T) *store.Store {
	t.Helper()
	db, err := store.Open(context.Background(), store.Options{Engine: store.SQLite, DSN: filepath.Join(t.TempDir(), "a.db"), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	if _, err := db.Migrate(context.Background()); err != nil {
		t.Fatal(err)
	}
	return db
}

func TestMarksTellKeysApart(t *testing.T) {
	db := memory(t)
	load := func(changes ...string) *config.Config {
		c, err := config.Load(config.Sources{Env: append(changes, "PUBLIC_URL=http://localhost:1", "JWT_SECRET_KEY="+signing)})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	ours, other := "DATA_ENCRYPTION_KEY="+sealing, "DATA_ENCRYPTION_KEY=x"+sealing
	for _, start := range []struct {
		name    string
		cfg     *config.Config
		foreign bool
	}{
		{"first", load(ours), false},
		{"again", load(ours), false},
		{"another key", load(other), true},
		{"another key again", load(other), true}, // it must not have been forgotten
		{"the first one again", load(ours), false},
		{"a rotation", load(other, "DATA_ENCRYPTION_PREVIOUS_KEYS="+sealing), false},
		{"the previous key dropped", load(other), false},
		{"the first one comes back", load(ours), true},
	} {
		foreign, err := LeaveMarks(context.Background(), db, start.cfg, noon)
		if err != nil || foreign != start.foreign {
			t.Errorf("%s: foreign %t, %v", start.name, foreign, err)
		}
	}
	if err := AdoptKey(context.Background(), db, load(ours)); err != nil {
		t.Fatal(err)
	}
	if foreign, err := LeaveMarks(context.Background(), db, load(ours), noon); foreign || err != nil {
		t.Errorf("after it was adopted: foreign %t, %v", foreign, err)
	}
	text, err := db.Fact(context.Background(), factSigning)
	if steps := parseSteps(text); err != nil || len(steps) != 1 || strings.Contains(text, signing[:6]) {
		t.Errorf("of one key that signs there are the steps %s, %v", text, err)
	}
}
