package app

import (
	"context"
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

// NewServerLog is NewLog for the program that serves, whose lines in JSON are
// written beside the requests; stop writes the last of them. Lines for a person
// are written at once.
func NewServerLog(w io.Writer, cfg *config.Config) (log *slog.Logger, stop func()) {
	all := *cfg
	all.LogLevel = slog.LevelDebug // what is written is decided below, for it can change
	level := new(slog.LevelVar)
	level.Set(cfg.LogLevel)
	if cfg.LogFormat == "text" {
		return slog.New(hasty{NewLog(w, &all).Handler(), nil, level}), func() {}
	}
	l := newLines(w)
	return slog.New(hasty{NewLog(l, &all).Handler(), l, level}), l.Close
}

// hasty has errors written without delay, at a level that a running server can
// change.
type hasty struct {
	slog.Handler
	lines *lines
	level *slog.LevelVar
}

// Enabled leaves out what lies below the level.
func (h hasty) Enabled(_ context.Context, l slog.Level) bool { return l >= h.level.Level() }

// Handle passes on.
func (h hasty) Handle(ctx context.Context, r slog.Record) error {
	err := h.Handler.Handle(ctx, r)
	if r.Level >= slog.LevelError && h.lines != nil {
		h.lines.Hurry()
	}
	return err
}

// WithAttrs keeps the haste.
func (h hasty) WithAttrs(attrs []slog.Attr) slog.Handler {
	return hasty{h.Handler.WithAttrs(attrs), h.lines, h.level}
}

// WithGroup keeps the haste.
func (h hasty) WithGroup(name string) slog.Handler {
	return hasty{h.Handler.WithGroup(name), h.lines, h.level}
}

// setLevel changes what a log writes from now on.
func setLevel(log *slog.Logger, to slog.Level) {
	if h, ok := log.Handler().(hasty); ok {
		h.level.Set(to)
	}
}

// linesOf finds where a log writes its lines; nil where it writes by itself.
func linesOf(log *slog.Logger) *lines {
	h, _ := log.Handler().(hasty)
	return h.lines
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
