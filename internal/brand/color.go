package brand

import (
	"fmt"
	"math"
	"strconv"
)

// Color is a colour as a screen shows it, eight bits a channel.
type Color struct{ R, G, B uint8 }

// ParseColor reads #rrggbb.
func ParseColor(text string) (Color, bool) {
	if len(text) != 7 || text[0] != '#' {
		return Color{}, false
	}
	n, err := strconv.ParseUint(text[1:], 16, 32)
	if err != nil {
		return Color{}, false
	}
	return Color{uint8(n >> 16), uint8(n >> 8 & 255), uint8(n & 255)}, true //nolint:gosec // three bytes of 24 bits
}

// String is the colour as #rrggbb.
func (c Color) String() string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

// Contrast is that of WCAG 2.2 between two colours: 1 for the same, 21 for black
// and white.
func (c Color) Contrast(other Color) float64 {
	a, b := c.luminance(), other.luminance()
	return (max(a, b) + 0.05) / (min(a, b) + 0.05)
}

// luminance is the relative one of WCAG 2.2.
func (c Color) luminance() float64 {
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}

func linear(v uint8) float64 {
	x := float64(v) / 255
	if x <= 0.04045 {
		return x / 12.92
	}
	return math.Pow((x+0.055)/1.055, 2.4)
}

func encoded(x float64) float64 {
	if x <= 0.0031308 {
		return 12.92 * x
	}
	return 1.055*math.Pow(x, 1/2.4) - 0.055
}

// lch is a colour in OKLCH, where a step of lightness looks the same whatever the
// hue, so that a shade keeps the character of its colour.
type lch struct{ L, C, H float64 }

func (c Color) lch() lch {
	r, g, b := linear(c.R), linear(c.G), linear(c.B)
	l := math.Cbrt(0.4122214708*r + 0.5363325363*g + 0.0514459929*b)
	m := math.Cbrt(0.2119034982*r + 0.6806995451*g + 0.1073969566*b)
	s := math.Cbrt(0.0883024619*r + 0.2817188376*g + 0.6299787005*b)
	x := 1.9779984951*l - 2.4285922050*m + 0.4505937099*s
	y := 0.0259040371*l + 0.7827717662*m - 0.8086757660*s
	return lch{0.2104542553*l + 0.7936177850*m - 0.0040720468*s, math.Hypot(x, y), math.Atan2(y, x)}
}

// color is the nearest that a screen can show: the lightness and the hue stay, and
// the colour gives way as far as it must.
func (p lch) color() Color {
	p.L = min(max(p.L, 0), 1)
	if c, ok := p.exact(); ok {
		return c
	}
	low, high := 0.0, p.C
	for range 20 {
		mid := (low + high) / 2
		if _, ok := (lch{p.L, mid, p.H}).exact(); ok {
			low = mid
		} else {
			high = mid
		}
	}
	c, _ := lch{p.L, low, p.H}.exact()
	return c
}

// exact says whether the colour can be shown as it is.
func (p lch) exact() (Color, bool) {
	x, y := p.C*math.Cos(p.H), p.C*math.Sin(p.H)
	l, m, s := p.L+0.3963377774*x+0.2158037573*y, p.L-0.1055613458*x-0.0638541728*y, p.L-0.0894841775*x-1.2914855480*y
	l, m, s = l*l*l, m*m*m, s*s*s
	shown := true
	channel := func(v float64) uint8 {
		v = encoded(v) * 255
		shown = shown && v > -0.5 && v < 255.5
		return uint8(math.Round(min(max(v, 0), 255)))
	}
	return Color{
		channel(4.0767416621*l - 3.3077115913*m + 0.2309699292*s),
		channel(-1.2684380046*l + 2.6097574011*m - 0.3413193965*s),
		channel(-0.0041960863*l - 0.7034186147*m + 1.7076147010*s),
	}, shown
}
