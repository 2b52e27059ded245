package prove

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"os"
	"path/filepath"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/app"
	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// box is one sandboxed copy: a folder, an embedded database, a server on
// loopback and a proxy before it.
type box struct {
	folder    string
	cfg       *config.Config // the real one
	authority *authority

	proxy *proxy
	stop  []func() error // in the order in which they were begun
}

// copied are the settings that a copy takes over: what says how the product
// behaves. Addresses, secrets and folders are made anew.
var copied = []string{
	"ENVIRONMENT", "ACCESS_TOKEN_TTL", "SESSION_IDLE", "SESSION_MAX", "SESSION_LIMIT", "SESSION_LIMIT_POLICY", "SESSION_CHECK",
	"REFRESH_GRACE", "CSRF_TTL", "LEGACY_TOKENS", "LEGACY_TOKENS_UNTIL", "LOGIN_LIMIT_ACCOUNT", "LOGIN_LIMIT_ADDRESS", "REGISTRATION",
	"MFA_REQUIRED_ROLES", "REAUTH_WINDOW", "TRUST_DEVICE", "PASSWORD_HASH", "PASSWORD_UPGRADE", "ERROR_COMPAT", "HSTS_INCLUDE_SUBDOMAINS",
}

// settings are those of a healthy copy.
func (b *box) settings() (map[string]string, error) {
	env := map[string]string{}
	for _, s := range b.cfg.Settings() {
		for _, name := range copied {
			if s.Name == name && s.Value != "" && s.Origin != "default" {
				env[name] = s.Value
			}
		}
	}
	listen, err := freeAddress()
	if err != nil {
		return nil, err
	}
	b.proxy = newProxy(listen)
	maps.Copy(env, map[string]string{
		"LISTEN_ADDR": listen, "PUBLIC_URL": b.proxy.url, "TRUSTED_PROXIES": "127.0.0.1/32", "DATA_DIR": filepath.Join(b.folder, "data"),
		"JWT_SECRET_KEY": secret.RandomText(30), "DATA_ENCRYPTION_KEY": secret.RandomText(30), "LOG_LEVEL": "error", "SHUTDOWN_DELAY": "0s",
	})
	return env, nil
}

// freeAddress is a port of loopback that nobody has at this moment.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("no port is free: %w", err)
	}
	return l.Addr().String(), l.Close()
}

// load reads settings as if they stood in the environment. Nothing of the real
// environment is read.
func load(env map[string]string) (*config.Config, error) {
	var list []string
	for name, value := range env {
		list = append(list, name+"="+value)
	}
	return config.Load(config.Sources{Env: list})
}

// examine makes the copy, breaks it and lets the doctor look.
func (b *box) examine(ctx context.Context, f Fault) (d api.Diagnosis, err error) {
	env, err := b.settings()
	if err != nil {
		return d, err
	}
	if err := os.MkdirAll(env["DATA_DIR"], 0o700); err != nil {
		return d, fmt.Errorf("make the folder of the copy: %w", err)
	}
	healthy, err := load(env)
	if err != nil {
		return d, fmt.Errorf("the copy of the settings is not sound: %w", err)
	}
	if err := b.fill(ctx, healthy, f); err != nil {
		return d, err
	}
	if f.settings != nil {
		f.settings(b, env)
	}
	cfg, problem := load(env)
	if problem == nil {
		if err := b.serve(ctx, cfg); err != nil {
			return d, err
		}
	}
	if err := b.proxy.start(b.authority, f); err != nil {
		return d, err
	}
	b.stop = append(b.stop, b.proxy.close)
	return app.Examine(ctx, cfg, problem), nil
}

// fill makes the database with an administrator, then breaks its rows.
func (b *box) fill(ctx context.Context, cfg *config.Config, f Fault) error {
	store, err := app.OpenStore(ctx, cfg, quiet())
	if err != nil {
		return err
	}
	_, err = store.Migrate(ctx)
	store.Close()
	if err != nil {
		return err
	}
	core, err := app.Open(ctx, cfg, quiet(), app.Hooks{})
	if err != nil {
		return err
	}
	who := login.Invitee{Email: "ada@example.com", Role: account.RoleAdmin}
	_, err = core.Login.CreateWithPassword(ctx, login.Host(), who, "Wq7-"+secret.RandomText(15))
	core.Close()
	if err != nil || f.rows == nil {
		return err
	}
	db, err := sql.Open("sqlite", string(cfg.Database.DSN.Reveal()))
	if err != nil {
		return err
	}
	return errors.Join(f.rows(ctx, db), db.Close())
}

// serve starts the server within this process.
func (b *box) serve(ctx context.Context, cfg *config.Config) error {
	s, err := app.NewServer(ctx, cfg, quiet())
	if err != nil {
		return fmt.Errorf("the server of the copy does not start: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx, io.Discard) }()
	b.stop = append(b.stop, func() error { cancel(); return <-ended })
	return nil
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// close ends everything, the last begun first.
func (b *box) close() (err error) {
	for i := len(b.stop) - 1; i >= 0; i-- {
		err = errors.Join(err, b.stop[i]())
	}
	return err
}
