package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

// setupFile is where the link is kept until it is used.
func setupFile(cfg *config.Config) string { return filepath.Join(cfg.DataDir, "setup-link") }

// SetupLink gives the one-time link for the first administrator and keeps it
// in DATA_DIR, readable by its owner alone; "" when one has existed.
func (c *Core) SetupLink(ctx context.Context) (string, error) {
	file := setupFile(c.Config)
	kept, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("the file with the set-up link cannot be read: %w", err)
	}
	_, token, _ := strings.Cut(strings.TrimSpace(string(kept)), "token=")
	token, err = c.Login.SetupToken(ctx, token)
	if err != nil {
		return "", err
	}
	if token == "" {
		if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("the used set-up link cannot be removed: %w", err)
		}
		return "", nil
	}
	link := Issuer(c.Config) + login.LinkPath(login.LinkSetup, token)
	if strings.TrimSpace(string(kept)) == link {
		return link, nil
	}
	if err := os.MkdirAll(c.Config.DataDir, 0o700); err != nil {
		return "", fmt.Errorf("DATA_DIR cannot be made: %w", err)
	}
	if err := os.WriteFile(file, []byte(link+"\n"), 0o600); err != nil {
		return "", fmt.Errorf("the set-up link cannot be kept: %w", err)
	}
	return link, os.Chmod(file, 0o600)
}
