package app

import (
	"io"
	"log/slog"
	"os"
	"strings"

	"github.com/lmittmann/tint"

	"github.com/aiwfe/aiwfe-auth/internal/config"
)

// NewLog makes the program's logger: JSON for machines, or coloured lines for
// a person at a terminal.
func NewLog(w io.Writer, cfg *config.Config) *slog.Logger {
	if cfg.LogFormat == "text" {
		return slog.New(tint.NewTextHandler(w, &tint.Options{Level: cfg.LogLevel, NoColor: !colour(w), TimeFormat: "15:04:05.000"}))
	}
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: cfg.LogLevel}))
}

// colour says whether w is a terminal that wants colour (no-color.org).
func colour(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok || os.Getenv("NO_COLOR") != "" {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// Issuer is the iss claim: PUBLIC_URL without a trailing slash.
func Issuer(cfg *config.Config) string { return strings.TrimSuffix(cfg.PublicURL.String(), "/") }
