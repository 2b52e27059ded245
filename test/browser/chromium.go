package browser

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/remote"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// How long Chromium may take to open its debugging port on a busy machine.
const startLimit = 30 * time.Second

// chromium is the one browser of the test binary. It runs until that ends, and then its keeper ends it too.
var chromium = sync.OnceValues(startChromium)

// quiet are the flags without which Chromium asks, updates, or talks to the network by itself.
var quiet = []string{
	"--headless", "--disable-gpu", "--disable-quic", "--no-first-run", "--no-default-browser-check",
	"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps",
	"--disable-domain-reliability", "--disable-client-side-phishing-detection", "--disable-breakpad",
	"--disable-extensions", "--disable-dev-shm-usage", "--metrics-recording-only", "--password-store=basic",
	"--disable-features=Translate,OptimizationHints,MediaRouter,AutofillServerCommunication,HttpsUpgrades",
	// The same pixels everywhere, and no tab that sleeps because another one is in front.
	"--force-color-profile=srgb", "--hide-scrollbars", "--mute-audio", "--lang=en-US",
	"--disable-background-timer-throttling", "--disable-backgrounding-occluded-windows",
	"--disable-renderer-backgrounding",
	"--host-resolver-rules=MAP *.test 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
}

func startChromium() (context.Context, error) {
	path, err := ground.Program("chromium")
	if err != nil {
		return nil, err
	}
	folder, err := ground.NewFolder("chromium")
	if err != nil {
		return nil, err
	}
	profile := filepath.Join(folder, "profile")
	args := append([]string{"--remote-debugging-port=0", "--user-data-dir=" + profile}, quiet...)
	if os.Geteuid() == 0 {
		args = append(args, "--no-sandbox") // Chromium refuses to run as root with one
	}
	p, err := ground.Start(ground.Command{
		Name: "chromium", Path: path, Args: append(args, "about:blank"), Folder: folder,
		Env: []string{"PATH=" + os.Getenv("PATH"), "HOME=" + folder, "TMPDIR=" + folder, "LANG=C.UTF-8", "TZ=UTC"},
	})
	if err != nil {
		return nil, err
	}
	address, err := debuggingAddress(p, filepath.Join(profile, "DevToolsActivePort"))
	if err != nil {
		return nil, err
	}
	allocator, _ := remote.NewAllocator(context.Background(), address, remote.NoModifyURL)
	ctx, _ := chromedp.NewContext(allocator)
	if err := chromedp.Do(ctx); err != nil {
		return nil, fmt.Errorf("talk to Chromium: %w", err)
	}
	return ctx, nil
}

// debuggingAddress waits for the file in which Chromium writes the port it chose and the path on it.
func debuggingAddress(p *ground.Process, file string) (string, error) {
	for deadline := time.Now().Add(startLimit); ; time.Sleep(10 * time.Millisecond) {
		text, _ := os.ReadFile(file) //nolint:gosec // in the profile made above
		port, path, complete := strings.Cut(strings.TrimSpace(string(text)), "\n")
		if complete {
			return "ws://127.0.0.1:" + port + path, nil
		}
		if !p.Running() || time.Now().After(deadline) {
			return "", fmt.Errorf("the debugging port of Chromium did not open: %s", p.Stderr())
		}
	}
}
