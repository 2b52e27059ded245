package app

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
	"github.com/aiwfe/aiwfe-auth/internal/doctor/bundle"
	"github.com/aiwfe/aiwfe-auth/internal/store"
	"github.com/aiwfe/aiwfe-auth/internal/valkey"
)

// bundleLimit bounds each of the peers that a bundle asks.
const bundleLimit = 8 * time.Second

// Bundle writes what a support ticket needs to a file: the diagnosis, and what
// the deployment is made of. What cannot be had is told in its place, for a
// bundle is wanted most when something is broken.
func Bundle(ctx context.Context, cfg *config.Config, d api.Diagnosis, path string) error {
	if _, err := os.Lstat(path); err == nil {
		return errors.New(path + " is there already; name a file that is not")
	}
	b := bundle.New(now(), cfg.Hidden())
	var text strings.Builder
	doctor.Write(&text, d)
	doctor.WriteChecks(&text, d)
	b.Text("diagnosis.txt", "What the doctor says, in words.", text.String())
	for _, part := range []struct {
		name, holds string
		value       any
	}{
		{"diagnosis.json", "The same for programs.", d},
		{"settings.json", "Every setting with who set it; of a secret only whether it is set.", bundledSettings(cfg)},
		{"build.json", "The version, and the modules it is built from.", buildFacts()},
		{"machine.json", "System, processors and the limits of the container.", machineFacts(cfg)},
		{"database.json", "Engine, schema, and counts of what is in it, with no row of anybody.", databaseFacts(ctx, cfg)},
		{"valkey.json", "What INFO of Valkey says, as far as it bears on us.", valkeyFacts(ctx, cfg)},
	} {
		if err := b.JSON(part.name, part.holds, part.value); err != nil {
			return err
		}
	}
	return b.Save(path)
}

// bundledSettings leave out the fingerprints, too: that of a weak password
// could be found by trying.
func bundledSettings(cfg *config.Config) []config.Setting {
	list := cfg.Settings()
	for i, s := range list {
		list[i].Meaning = ""
		if before, _, ok := strings.Cut(s.Value, ", fingerprint "); ok {
			list[i].Value = before
			if strings.HasSuffix(s.Name, "_KEYS") {
				list[i].Value = "set, " + strconv.Itoa(strings.Count(s.Value, "fingerprint")) + " of them"
			}
		}
	}
	return list
}

// databaseFacts asks a connection of its own.
func databaseFacts(ctx context.Context, cfg *config.Config) map[string]any {
	facts := map[string]any{"address": cfg.Database.Masked, "engine": cfg.Database.Engine, "db_max_conns": cfg.DBMaxConns}
	if cfg.Database.Engine == "" {
		return facts
	}
	if file := string(cfg.Database.DSN.Reveal()); cfg.Database.Engine == store.SQLite {
		if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
			facts["problem"] = "there is no database yet"
			return facts
		}
	}
	ctx, cancel := context.WithTimeout(ctx, bundleLimit)
	defer cancel()
	db, err := store.Open(ctx, store.Options{
		Engine: cfg.Database.Engine, DSN: string(cfg.Database.DSN.Reveal()), MaxConns: 2, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		facts["problem"] = cause(err).Error()
		return facts
	}
	defer db.Close()
	facts["pooler"] = db.Pooled()
	put := func(name string, value any, err error) {
		if err != nil {
			value = "could not be had: " + cause(err).Error()
		}
		facts[name] = value
	}
	version, err := db.Version(ctx)
	put("version", version, err)
	at, pending, err := db.Schema(ctx)
	put("schema", map[string]int64{"version": at, "pending": int64(pending)}, err)
	if at > 0 { // else looking at the list would make the ledger
		steps, err := db.Migrations(ctx)
		put("migrations", steps, err)
	}
	census, err := db.Census(ctx, now())
	put("counts", census, err)
	refusals, err := db.Refusals(ctx, now().Add(-refusalsOf))
	put("refusals_of_7_days", refusals, err)
	nodes, _, err := db.Nodes(ctx, 7*24*time.Hour)
	put("nodes", bundledNodes(nodes), err)
	put("pools_of_this_examination", db.Pools(), nil)
	return facts
}

const refusalsOf = 7 * 24 * time.Hour

// bundledNodes leave out the marks of the secrets.
func bundledNodes(list []store.Node) []map[string]any {
	out := []map[string]any{}
	for _, n := range list {
		out = append(out, map[string]any{
			"host": n.Host, "version": n.Version, "schema": n.Schema, "started": n.StartedAt, "seen": n.SeenAt,
			"clock_ahead": n.Ahead.String(), "findings": n.Findings,
		})
	}
	return out
}

func valkeyFacts(ctx context.Context, cfg *config.Config) map[string]any {
	if cfg.RedisURL.Empty() {
		return map[string]any{"set": false}
	}
	ctx, cancel := context.WithTimeout(ctx, bundleLimit)
	defer cancel()
	t, err := valkey.Parse(cfg.RedisURL)
	if err != nil {
		return map[string]any{"set": true, "problem": err.Error()}
	}
	facts := map[string]any{"set": true, "address": t.String()}
	if err = valkey.Reach(ctx, t); err == nil {
		var info valkey.Info
		if info, err = askInfo(ctx, t); err == nil {
			facts["info"] = info.Subset()
		}
	}
	if err != nil {
		facts["problem"] = cmp.Or(err.Error(), "no answer")
	}
	return facts
}

func askInfo(ctx context.Context, t valkey.Target) (valkey.Info, error) {
	c, err := valkey.Open(ctx, t)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	return c.Info(ctx)
}
