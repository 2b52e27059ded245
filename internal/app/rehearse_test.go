package app

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/doctor/inside"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

func TestRoundTripNamesTheStepThatFails(t *testing.T) {
	open := func(migrated bool) *store.Store {
		db, err := store.Open(context.Background(), store.Options{
			Engine: store.SQLite, DSN: filepath.Join(t.TempDir(), "a.db"), Log: slog.New(slog.DiscardHandler),
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(db.Close)
		if migrated {
			if _, err := db.Migrate(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
		return db
	}
	whole, empty := open(true), open(false)
	for name, row := range map[string]struct {
		db     *store.Store
		change func(*config.Config)
		want   api.Cause
	}{
		"sound": {whole, func(*config.Config) {}, ""},
		"with the old form of tokens": {whole, func(c *config.Config) {
			c.LegacyTokens, c.LegacyTokensUntil = true, time.Now().Add(time.Hour)
		}, ""},
		"with the old form, over":   {whole, func(c *config.Config) { c.LegacyTokens, c.LegacyTokensUntil = true, time.Now().Add(-time.Hour) }, ""},
		"a signing key too short":   {whole, func(c *config.Config) { c.JWTSecretKey = secret.FromString("short") }, "token_round_trip_fails"},
		"tokens that live no time":  {whole, func(c *config.Config) { c.AccessTokenTTL = 0 }, "token_round_trip_fails"},
		"CSRF tokens without life":  {whole, func(c *config.Config) { c.CSRFTTL = 0 }, "csrf_round_trip_fails"},
		"a database without tables": {empty, func(*config.Config) {}, "session_cannot_begin"},
	} {
		cfg, err := config.Load(config.Sources{Env: []string{
			"PUBLIC_URL=http://localhost:1", "JWT_SECRET_KEY=kP3v9sXq7LmZt2RbW8yNcE5uHaJd4GfTo6iVx1QrSpDk0wBn",
			"DATA_ENCRYPTION_KEY=Yh7Qe2LwZr9TmXk4VbNc8JsPd5GfUa3RtEo6iHv1SqDy0xBu",
		}})
		if err != nil {
			t.Fatal(err)
		}
		row.change(cfg)
		got := api.Cause("")
		if trip, ok := errors.AsType[*inside.TripError](roundTrip(cfg)(t.Context(), row.db)); ok {
			got = trip.Cause
		}
		if got != row.want {
			t.Errorf("%s: %q, want %q", name, got, row.want)
		}
	}
}
