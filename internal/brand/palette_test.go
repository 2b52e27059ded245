package brand

import (
	"fmt"
	"math"
	"testing"
)

func mustColor(t *testing.T, text string) Color {
	t.Helper()
	c, ok := ParseColor(text)
	if !ok {
		t.Fatalf("%s is no colour", text)
	}
	return c
}

func TestContrastIsThatOfTheRecommendation(t *testing.T) {
	for _, one := range []struct {
		a, b string
		want float64
	}{
		{"#000000", "#ffffff", 21},
		{"#777777", "#ffffff", 4.48},
		{"#ff0000", "#ffffff", 4.00},
		{"#2f50d8", "#2f50d8", 1},
	} {
		if got := mustColor(t, one.a).Contrast(mustColor(t, one.b)); math.Abs(got-one.want) > 0.005 {
			t.Errorf("%s on %s: %.3f, want %.2f", one.a, one.b, got, one.want)
		}
	}
}

func TestAColorComesBackFromOKLCHAsItWas(t *testing.T) {
	for n := range 4096 {
		c := Color{uint8(n % 16 * 17), uint8(n / 16 % 16 * 17), uint8(n / 256 * 17)}
		if got := c.lch().color(); got != c {
			t.Fatalf("%s came back as %s", c, got)
		}
	}
}

// samples are the hundred colours that nobody chose, the same in every run, and
// those that are hardest to bear.
func samples(t *testing.T) []Color {
	t.Helper()
	var list []Color
	seed := uint32(2026)
	for range 100 {
		seed = seed*1664525 + 1013904223
		list = append(list, Color{uint8(seed >> 24), uint8(seed >> 16), uint8(seed >> 8)})
	}
	for _, hard := range []string{
		"#ffff00", "#000000", "#ffffff", "#ff0000", "#00ff00", "#0000ff", "#00ffff", "#ff00ff", "#808080", "#767676", "#f7f7f9", "#14161b", "#0c0d11", "#ff8800",
	} {
		list = append(list, mustColor(t, hard))
	}
	return list
}

func TestAnyColorIsLegibleInBothSchemes(t *testing.T) {
	for _, c := range samples(t) {
		for name, g := range map[string]ground{"light": lightGround(), "dark": darkGround()} {
			p := c.on(g)
			atLeast := func(what string, a, b Color, ratio float64) {
				t.Helper()
				if got := a.Contrast(b); got < ratio {
					t.Errorf("%s, %s: %s is %s on %s, which is %.2f", c, name, what, a, b, got)
				}
			}
			for what, fill := range map[string]Color{"a button": p.Accent, "a button pointed at": p.Hover, "a button pressed": p.Press} {
				atLeast("the text of "+what, p.On, fill, 4.5)
			}
			for _, behind := range append([]Color{p.Soft}, g.grounds...) {
				atLeast("a link", p.Link, behind, 4.5)
			}
			for _, text := range g.inks {
				atLeast("text in a notice", text, p.Soft, 4.5)
			}
			for _, behind := range g.grounds {
				edge := p.Accent
				if p.Edge != nil {
					edge = *p.Edge
				}
				atLeast("the edge of a button", edge, behind, 3)
			}
		}
	}
}

// A colour that is good as it is stays as it is: whoever chose it wants to see it.
func TestAGoodColorIsNotTouched(t *testing.T) {
	for _, one := range []struct{ color, on string }{{"#2f50d8", "#ffffff"}, {"#b3192c", "#ffffff"}, {"#ffff00", "#14161c"}, {"#000000", "#ffffff"}} {
		p := mustColor(t, one.color).Light()
		if p.Accent.String() != one.color || p.On.String() != one.on {
			t.Errorf("%s became %s with text in %s", one.color, p.Accent, p.On)
		}
	}
}

// A platform in black and white has a black button on white, and a white one on black.
func TestBlackAndWhiteTurn(t *testing.T) {
	if p := mustColor(t, "#ffffff").Light(); p.Accent.lch().L > 0.3 || p.On != white {
		t.Errorf("white on a light page is %s with %s", p.Accent, p.On)
	}
	if p := mustColor(t, "#000000").Dark(); p.Accent.lch().L < 0.9 || p.On != ink {
		t.Errorf("black on a dark page is %s with %s", p.Accent, p.On)
	}
	if p := mustColor(t, "#ffffff").Dark(); p.Accent != white {
		t.Errorf("white on a dark page is %s", p.Accent)
	}
}

func TestParseColorTakesSixFiguresOnly(t *testing.T) {
	for _, wrong := range []string{"", "red", "#fff", "2f50d8", "#2f50d80", "#gggggg", "#+12345", "rgb(1,2,3)", "#12 456", "#2f50d8;"} {
		if c, ok := ParseColor(wrong); ok {
			t.Errorf("%q is taken for %s", wrong, c)
		}
	}
	if got := fmt.Sprint(mustColor(t, "#2F50d8")); got != "#2f50d8" {
		t.Error(got)
	}
}
