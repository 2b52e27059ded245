// Package app builds the running program from a configuration. It is the only
// package that knows all others.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/i18n"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/passkey"
	"github.com/aiwfe/aiwfe-auth/internal/password"
	"github.com/aiwfe/aiwfe-auth/internal/ratelimit"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/selftest"
	"github.com/aiwfe/aiwfe-auth/internal/session"
	"github.com/aiwfe/aiwfe-auth/internal/store"
	"github.com/aiwfe/aiwfe-auth/internal/token"
	"github.com/aiwfe/aiwfe-auth/internal/valkey"
)

// Core is what the server and the command line share: the open database and
// the sign-in flow over it.
type Core struct {
	Config    *config.Config
	Log       *slog.Logger
	Store     *store.Store
	Login     *login.Service
	Sessions  *session.Service
	Passwords *password.Hasher
	Tokens    *token.Tokens
	// Mail writes letters and sends them; nil where there is no mail.
	Mail      *Mail
	passkeys  *passkey.Service
	words     *i18n.Catalog
	addresses ratelimit.Limiter
	// ceremonies are the options for passkeys, ten for each sign-in.
	ceremonies ratelimit.Limiter
	// selfTests are of the sign-in page, ten for each sign-in.
	selfTests ratelimit.Limiter
	// shared leads to Valkey; nil where there is none.
	shared *valkey.Link
	hooks  Hooks
	policy *password.Policy
	seals  *secret.Sealer
	// Audit has the keys of the audit's chain; nil where they cannot be opened.
	Audit *audit.Keys
	// ships are the places elsewhere that the audit is sent to.
	ships map[string]destination
	keys  *keyring
	// turned asks this process to look at its keys anew.
	turned chan struct{}
	// Reports keeps what pages found wrong with browsers.
	Reports *selftest.Service
	// node is the id of this server, and lease how long it may be silent before
	// another does its jobs.
	node  string
	lease time.Duration
}

// Hooks are told what happens, for the metrics. All may be nil.
type Hooks struct {
	Heard  func(audit.Row)
	Tally  func(audit.Row)
	Hashed func(algorithm string, d time.Duration)
	// HashWaited is told how long a hash waited for a worker.
	HashWaited func(d time.Duration)
	// Asked is told of every question to the database, and how it ended.
	Asked func(context.Context, store.Asked)
	// Followed is told of each password that was hashed or checked.
	Followed func(ctx context.Context, began time.Time)
	// Mailed is told of each letter that was sent, or not.
	Mailed func(began time.Time, err error)
	// Revoked is told of each revocation, of any node. It must not wait.
	Revoked func(session.Revocation)
	// Linked is told when Valkey begins or ceases to serve. It must not wait.
	Linked func()
}

// Audience is the aud claim of our access tokens.
const Audience = "aiwfe"

// Open connects the database and builds the sign-in flow. The schema must be
// up to date, which Open sees to in development and test.
func Open(ctx context.Context, cfg *config.Config, log *slog.Logger, hooks Hooks) (*Core, error) {
	if _, err := EnsureKeys(cfg); err != nil {
		return nil, err
	}
	db, err := OpenStore(ctx, cfg, log)
	if err != nil {
		return nil, err
	}
	c := &Core{Config: cfg, Log: log, Store: db, node: secret.RandomText(10), lease: leaseTime, turned: make(chan struct{}, 1)}
	if err := c.schema(ctx); err != nil {
		db.Close()
		return nil, err
	}
	err = c.build(ctx, hooks)
	if err == nil {
		err = c.openAudit(ctx)
	}
	if err != nil {
		db.Close()
		return nil, err
	}
	return c, nil
}

// EnsureKeys reads or makes the keys that nobody set, and tells which files it
// made.
func EnsureKeys(cfg *config.Config) ([]string, error) {
	made, err := cfg.EnsureSecrets()
	if err != nil {
		return nil, fmt.Errorf("the keys in DATA_DIR %s cannot be used: %w", cfg.DataDir, err)
	}
	return made, nil
}

// Close ends what Open began.
func (c *Core) Close() {
	c.leaveLink()
	c.Passwords.Close()
	c.Store.Close()
}

// OpenStore connects the database. One that is just starting is waited for.
func OpenStore(ctx context.Context, cfg *config.Config, log *slog.Logger) (*store.Store, error) {
	o := store.Options{Engine: cfg.Database.Engine, DSN: string(cfg.Database.DSN.Reveal()), MaxConns: cfg.DBMaxConns, Log: log}
	for try := 1; ; try++ {
		db, err := store.Open(ctx, o)
		if err == nil {
			return db, nil
		}
		if try == waitTries || !fault.Is(err, api.CodeDatabaseUnavailable) || cfg.Database.Engine == store.SQLite {
			return nil, fmt.Errorf("the database %s cannot be opened: %w", cfg.Database.Masked, door(err))
		}
		if try == 1 {
			log.Warn("waiting for the database", "database", cfg.Database.Masked, "error", door(err))
		}
		select {
		case <-time.After(waitPause):
		case <-ctx.Done():
			return nil, fmt.Errorf("stopped while waiting for the database %s: %w", cfg.Database.Masked, door(err))
		}
	}
}

// A database is waited for about five seconds at start; whoever supervises the
// program starts it again after that.
const (
	waitTries = 10
	waitPause = 500 * time.Millisecond
)

// cause is the private part of a fault: at the console it is what helps.
func cause(err error) error {
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Cause != nil {
		return f.Cause
	}
	return err
}

// door is the cause of a database that did not let anybody in.
func door(err error) error { return store.Unconnected(cause(err)) }

// schema migrates in development and test, and elsewhere refuses to run on a
// schema that is behind: there, a migration is somebody's decision.
func (c *Core) schema(ctx context.Context) error {
	_, pending, err := c.Store.Schema(ctx)
	if err != nil || pending == 0 {
		return err
	}
	if !c.Config.Environment.Relaxed() {
		return fmt.Errorf("the database %s lacks %d migrations; run them first: aiwfe-auth migrate up",
			c.Config.Database.Masked, pending)
	}
	done, err := c.Store.Migrate(ctx)
	for _, m := range done {
		c.Log.Info("migrated", "version", m.Version, "name", m.Name)
	}
	return err
}

func (c *Core) build(ctx context.Context, hooks Hooks) error {
	cfg := c.Config
	c.hooks = hooks
	var err error
	if c.keys, err = c.keyring(ctx, cfg, false); err != nil {
		return err
	}
	c.seals = c.keys.sealer
	if c.Passwords, err = password.New(password.Options{
		Algorithm: cfg.PasswordHash, Upgrade: cfg.PasswordUpgrade, Workers: cores(), Observe: hooks.Hashed, Waited: hooks.HashWaited,
		Followed: hooks.Followed,
	}); err != nil {
		return err
	}
	c.policy, err = password.NewPolicy(password.PolicyOptions{
		Algorithm: cfg.PasswordHash, ProductNames: []string{"aiwfe-auth", "aiwfe", "auth", cfg.ProductName, cfg.PublicURL.Hostname()},
	})
	if err != nil {
		return err
	}
	if c.Sessions, err = session.New(session.Options{
		Store: c.Store, Idle: cfg.SessionIdle, Max: cfg.SessionMax, Strict: cfg.SessionCheck == "strict", Now: time.Now, Log: c.Log,
		Keys: c.keysTurned, Heard: hooks.Revoked,
	}); err != nil {
		return err
	}
	if err := c.buildLink(hooks.Linked); err != nil {
		return err
	}
	c.Store.OnRevoke(c.revoked)
	if hooks.Asked != nil {
		c.Store.OnAsked(hooks.Asked)
	}
	if err := c.buildWords(); err != nil {
		return err
	}
	if err := c.buildMail(c.seals); err != nil {
		return err
	}
	if err := c.buildPasskeys(); err != nil {
		return err
	}
	c.addresses = c.limiter("address", cfg.LoginLimitAddress.N)
	c.ceremonies = c.limiter("ceremony", 10*cfg.LoginLimitAddress.N)
	c.selfTests = c.limiter("selftest", 10*cfg.LoginLimitAddress.N)
	if c.Reports, err = selftest.New(selftest.Options{Store: c.Store, Now: time.Now, Log: c.Log}); err != nil {
		return err
	}
	return c.buildLogin()
}

// buildPasskeys gives passkeys the product's name. It is what the browser says while
// one is made; those that exist are bound to the host alone, whatever it is called.
func (c *Core) buildPasskeys() error {
	var err error
	c.passkeys, err = passkey.New(passkey.Options{PublicURL: c.Config.PublicURL, Product: c.Config.ProductName, Now: time.Now})
	return err
}

// buildLogin makes what the settings say that a running server can change.
func (c *Core) buildLogin() error {
	cfg := c.Config
	var err error
	if c.Tokens, err = newTokens(cfg, c.keys.refused); err != nil {
		return err
	}
	o := login.Options{
		Store: c.Store, Attempts: c.Store, Passwords: c.Passwords, Policy: c.policy, Sessions: c.Sessions, Tokens: c.Tokens,
		Keys: login.Keys{
			Attempts: c.keys.derived[forAttempts], Devices: c.keys.derived[forDevices], Refresh: c.keys.derived[forRefresh],
		},
		AccountLimit: cfg.LoginLimitAccount.N, AccountWindow: cfg.LoginLimitAccount.Per, Addresses: c.addresses, Ceremonies: c.ceremonies,
		SessionLimit: cfg.SessionLimit, Evict: cfg.SessionLimitPolicy == "evict", Grace: cfg.RefreshGrace,
		Lanes: lanes(cores(), cfg.LoginLimitAccount.N), Registration: cfg.Registration, Now: time.Now, Log: c.Log, Heard: c.hooks.Heard, Tally: c.hooks.Tally,
		Passkeys: c.passkeys, Seals: c.seals, PublicURL: Issuer(cfg), Product: cfg.ProductName, VerifyAddresses: !cfg.SMTPURL.Empty(),
		FactorRoles: cfg.MFARequiredRoles, Recent: cfg.ReauthWindow, Trust: cfg.TrustDevice,
	}
	if c.Mail != nil {
		o.Letters = c.Mail.Composer
	}
	c.Login, err = login.New(o)
	return err
}

// lanes is how many guesses at one account run at once: enough to keep the
// processors busy while others of them wait for the database, and no more than
// half of what the account is allowed, so that right passwords in flight do not
// shut each other out.
func lanes(cores, limit int) int { return max(1, min(3*cores, limit/2)) }

// NewTokens makes the token reader and maker; token inspect needs no database.
func NewTokens(cfg *config.Config) (*token.Tokens, error) { return newTokens(cfg, nil) }

func newTokens(cfg *config.Config, refused map[string]bool) (*token.Tokens, error) {
	o := token.Options{
		Issuer: Issuer(cfg), Audience: Audience, Key: cfg.JWTSecretKey, Previous: cfg.JWTPreviousSecretKeys, Refused: refused,
		TTL: cfg.AccessTokenTTL, Now: time.Now,
	}
	if cfg.LegacyTokens {
		o.LegacyUntil = cfg.LegacyTokensUntil
	}
	return token.New(o)
}

// TokenRefusal says why a token that verifies does not count, or "".
func (c *Core) TokenRefusal(ctx context.Context, raw string) (string, error) {
	_, err := c.Login.ByToken(ctx, raw, login.Client{})
	f, ok := errors.AsType[*fault.Error](err)
	switch {
	case err == nil:
		return "", nil
	case ok && api.Codes[f.Code].Status == http.StatusUnauthorized:
		return f.Reason, nil
	}
	return "", err
}
