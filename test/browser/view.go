package browser

import (
	"context"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
)

// Size is a screen that pages are looked at on.
type Size struct {
	Width, Height int64
	Scale         float64 // device pixels to one CSS pixel
	Mobile        bool    // the page's viewport meta tag counts, and there is a finger
}

// The screens that every page is looked at on. Narrow is the width at which WCAG 1.4.10 asks for no sideways scrolling.
var (
	Desktop = Size{Width: 1280, Height: 800, Scale: 1}
	Phone   = Size{Width: 390, Height: 844, Scale: 2, Mobile: true}
	Narrow  = Size{Width: 320, Height: 640, Scale: 2, Mobile: true}
)

// View sets the size of the screen.
func View(t testing.TB, ctx context.Context, s Size) {
	t.Helper()
	watchOf(ctx).screen = s
	call(t, ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: s.Width, Height: s.Height, DeviceScaleFactor: s.Scale, Mobile: s.Mobile,
	})
	call(t, ctx, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: s.Mobile})
}

// Colors is what the person prefers.
type Colors string

// The two preferences of prefers-color-scheme.
const (
	Light Colors = "light"
	Dark  Colors = "dark"
)

// Scheme sets the preferred colors. Motion stays reduced, so that no screenshot and no contrast is caught half way.
func Scheme(t testing.TB, ctx context.Context, c Colors) {
	t.Helper()
	call(t, ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: string(c)},
		{Name: "prefers-reduced-motion", Value: "reduce"},
	}})
}

// NoScript turns JavaScript off for the pages opened from now on.
func NoScript(t testing.TB, ctx context.Context) {
	t.Helper()
	watchOf(ctx).noScript = true
	scriptOff(t, ctx, true)
}

func scriptOff(t testing.TB, ctx context.Context, off bool) {
	t.Helper()
	call(t, ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: off})
}

// FitsWidth fails the test when the page is wider than the screen.
func FitsWidth(t testing.TB, ctx context.Context) {
	t.Helper()
	m := call(t, ctx, page.GetLayoutMetrics, cdp.Empty{})
	// The screen is what View made it. A phone zooms out of a page that is too wide and then calls that its width.
	if have, room := int64(m.CSSContentSize.Width), watchOf(ctx).screen.Width; have > room {
		t.Errorf("the page is %d pixels wide on a screen of %d, so it scrolls sideways (WCAG 1.4.10)", have, room)
	}
}
