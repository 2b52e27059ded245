package browser

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// Screenshot writes the whole page, not only what the screen shows, to test/output/<name>.png and returns the path.
func Screenshot(t testing.TB, ctx context.Context, name string) string {
	t.Helper()
	root, err := ground.ModuleRoot()
	if err != nil {
		t.Fatal(err)
	}
	picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		t.Fatalf("take a screenshot: %v", err)
	}
	folder := filepath.Join(root, "test", "output")
	if err := os.MkdirAll(folder, 0o750); err != nil {
		t.Fatal(err)
	}
	// A test's name may hold slashes, which would make folders.
	path := filepath.Join(folder, strings.NewReplacer("/", "-", `\`, "-", " ", "-").Replace(name)+".png")
	if err := os.WriteFile(path, picture, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
