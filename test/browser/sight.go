package browser

import (
	"context"
	"math/rand/v2"
	"os"
	"testing"
)

// Sight is a screen and the colors that somebody prefers on it.
type Sight struct {
	Device string
	Size   Size
	Colors Colors
}

// Name is both, for a subtest or a picture.
func (s Sight) Name() string { return s.Device + "-" + string(s.Colors) }

// The desktops come first: a page that was narrow keeps something of it when it is made wide again.
var sights = []Sight{
	{"desktop", Desktop, Light},
	{"desktop", Desktop, Dark},
	{"narrow", Narrow, Dark},
	{"narrow", Narrow, Light},
}

// Sights are those that a page is looked at in. With AIWFE_TEST_FULL they are
// all four, else two by lot that have both screens and both colors: what is wrong
// with a page is nearly always wrong with one of them alone.
func Sights(t testing.TB) []Sight {
	t.Helper()
	if os.Getenv("AIWFE_TEST_FULL") != "" {
		return sights
	}
	first := rand.IntN(2)
	two := []Sight{sights[first], sights[first+2]}
	t.Logf("%s and %s; all with AIWFE_TEST_FULL=1", two[0].Name(), two[1].Name())
	return two
}

// Set makes the browser see so.
func (s Sight) Set(t testing.TB, ctx context.Context) {
	t.Helper()
	View(t, ctx, s.Size)
	Scheme(t, ctx, s.Colors)
}
