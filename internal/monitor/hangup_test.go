package monitor

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// hungUp is an answer whose reader went away after the header.
type hungUp struct{ http.ResponseWriter }

func (hungUp) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

// Scrapers time out on busy days, when nobody wants a warning for each metric.
func TestScraperThatHangsUpIsOneDebugLine(t *testing.T) {
	var log bytes.Buffer
	f := set(t, func(o *Options) {
		o.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
	r.Header.Set("Authorization", asScraper)
	f.h.ServeHTTP(hungUp{httptest.NewRecorder()}, r)
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	if len(lines) != 1 || !strings.Contains(lines[0], "level=DEBUG") || !strings.Contains(lines[0], "broken pipe") {
		t.Errorf("logged:\n%s", log.String())
	}
}
