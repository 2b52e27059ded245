package app

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/csrf"
	"github.com/aiwfe/aiwfe-auth/internal/doctor/inside"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/store"
	"github.com/aiwfe/aiwfe-auth/internal/token"
)

// roundTrip tries what a login needs with these settings on this database. It
// leaves nothing behind.
func roundTrip(cfg *config.Config) func(context.Context, *store.Store) error {
	return func(ctx context.Context, db *store.Store) error {
		if err := tokenTrip(cfg); err != nil {
			return &inside.TripError{Cause: "token_round_trip_fails", Err: err}
		}
		if err := csrfTrip(ctx, cfg, db); err != nil {
			return &inside.TripError{Cause: "csrf_round_trip_fails", Err: err}
		}
		if err := db.Rehearse(ctx, now()); err != nil {
			return &inside.TripError{Cause: "session_cannot_begin", Err: cause(err)}
		}
		return nil
	}
}

// tokenTrip signs an access token and reads it, in each form that is on.
func tokenTrip(cfg *config.Config) error {
	tokens, err := NewTokens(cfg)
	if err != nil {
		return err
	}
	made, _, err := tokens.Make(token.Claims{Subject: "1", SessionID: "ses_rehearsal"}, time.Time{})
	if err != nil {
		return fmt.Errorf("sign an access token: %w", err)
	}
	if read, err := tokens.Parse(made); err != nil || read.Claims.SessionID != "ses_rehearsal" {
		return fmt.Errorf("read the access token that was just signed: %w", err)
	}
	if !cfg.LegacyTokens || !now().Before(cfg.LegacyTokensUntil) {
		return nil
	}
	old, err := oldForm(cfg.JWTSecretKey)
	if err != nil {
		return err
	}
	if _, err := tokens.Parse(old); err != nil {
		return fmt.Errorf("read a token of the old form signed with JWT_SECRET_KEY: %w", err)
	}
	return nil
}

// oldForm is a token as the earlier system made it.
func oldForm(key secret.Value) (string, error) {
	claims, err := json.Marshal(map[string]any{"sub": "rehearsal@example.com", "id": 1, "exp": now().Add(50 * time.Minute).Unix()})
	if err != nil {
		return "", err
	}
	text := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." +
		base64.RawURLEncoding.EncodeToString(claims)
	m := hmac.New(sha256.New, key.Reveal())
	m.Write([]byte(text))
	return text + "." + base64.RawURLEncoding.EncodeToString(m.Sum(nil)), nil
}

// csrfTrip makes a CSRF token and checks it, for the browser that it belongs to
// and for another one.
func csrfTrip(ctx context.Context, cfg *config.Config, db *store.Store) error {
	core := &Core{Config: cfg, Store: db, Log: slog.New(slog.DiscardHandler)}
	var err error
	if core.keys, err = core.keyring(ctx, cfg, false); err != nil { // of the database the next step tells
		core.keys = &keyring{derived: derive(cfg.DataEncryptionKey)}
	}
	tokens, err := core.csrfTokens()
	if err != nil {
		return err
	}
	made := tokens.Make(csrf.Browser("rehearsal"))
	if err := tokens.Verify(made, csrf.Browser("rehearsal")); err != nil {
		return fmt.Errorf("check the CSRF token that was just made: %w", err)
	}
	if tokens.Verify(made, csrf.Browser("somebody else")) == nil {
		return errors.New("a CSRF token of another browser is accepted")
	}
	return nil
}
