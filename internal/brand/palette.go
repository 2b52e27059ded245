package brand

import "math"

// What WCAG 2.2 AA asks of text (1.4.3) and of the edge of a control (1.4.11), with
// a little room for how browsers round.
const (
	legible = 4.55
	visible = 3.05
)

// Palette is the shades of one colour in one scheme.
type Palette struct {
	// Accent fills buttons, Hover and Press while they are pointed at and pressed; On
	// is the text upon all three.
	Accent, Hover, Press, On Color
	// Edge outlines a button that hardly stands out from the page by itself: nil
	// where none is needed.
	Edge *Color
	// Link is for links and for the ring of the focus.
	Link Color
	// Soft and Line are the ground and the edge of a quiet notice.
	Soft, Line Color
}

// ground is what a scheme paints behind everything: page, surface and what is
// sunken into it, and the three inks that stand on them. They are those of the
// pages' style sheet and of letters.
type ground struct {
	dark    bool
	grounds []Color
	inks    []Color
	// far is the contrast that links have: in the dark, what only just suffices glares.
	far float64
	// soft and line are the lightness of a quiet notice, and tint its most colour.
	soft, line, tint float64
}

var (
	white = Color{255, 255, 255}
	ink   = Color{0x14, 0x16, 0x1c}
)

func lightGround() ground {
	return ground{
		grounds: []Color{{0xf7, 0xf7, 0xf9}, white, {0xf3, 0xf4, 0xf6}},
		inks:    []Color{ink, {0x3b, 0x40, 0x4b}, {0x5d, 0x63, 0x70}},
		far:     4.9, soft: 0.965, line: 0.885, tint: 0.045,
	}
}

func darkGround() ground {
	return ground{
		dark: true, grounds: []Color{{0x0c, 0x0d, 0x11}, {0x14, 0x16, 0x1b}, {0x1b, 0x1e, 0x25}},
		inks: []Color{{0xf0, 0xf1, 0xf4}, {0xcf, 0xd2, 0xda}, {0x9e, 0xa4, 0xb1}},
		far:  7, soft: 0.235, line: 0.35, tint: 0.05,
	}
}

// Light are the shades on light pages.
func (c Color) Light() Palette { return c.on(lightGround()) }

// Dark are the shades on dark pages.
func (c Color) Dark() Palette { return c.on(darkGround()) }

func (c Color) on(g ground) Palette {
	var p Palette
	c = g.turned(c)
	fill := c
	if g.dark { // a button that is nearly black is lost on a dark page
		fill = toward(c.lch(), 1, func(s Color) bool { return s.Contrast(g.grounds[1]) >= 2 })
	}
	p.Accent, p.On = readable(fill)
	p.Hover, p.Press = pressed(p.Accent, p.On, 0.045), pressed(p.Accent, p.On, 0.09)
	if !apart(p.Accent, g.grounds, visible) {
		edge := toward(p.Accent.lch(), g.away(), func(s Color) bool { return apart(s, g.grounds, visible) })
		p.Edge = &edge
	}
	p.Soft, p.Line = g.tinted(c, g.soft), g.tinted(c, g.line)
	behind := append([]Color{p.Soft}, g.grounds...)
	p.Link = toward(c.lch(), g.away(), func(s Color) bool { return apart(s, behind, g.far) })
	return p
}

// turned makes white of black on dark pages, and black of white on light ones, as
// platforms do that have no colour: a grey button looks like one that is switched off.
func (g ground) turned(c Color) Color {
	p := c.lch()
	if p.C > 0.03 || g.dark && p.L > 0.35 || !g.dark && p.L < 0.9 {
		return c
	}
	return lch{1.15 - p.L, p.C, p.H}.color()
}

// away is the lightness that stands out most.
func (g ground) away() float64 {
	if g.dark {
		return 1
	}
	return 0
}

// tinted is a breath of the colour on which every ink of the scheme can be read.
func (g ground) tinted(c Color, lightness float64) Color {
	p := c.lch()
	return toward(lch{lightness, min(p.C, g.tint), p.H}, 1-g.away(), func(s Color) bool {
		return lightness != g.soft || apart(s, g.inks, legible)
	})
}

// readable is a colour that text can stand on, and the text. White is tried first,
// on a shade a little darker if that is enough; a light colour stays as it is, with
// dark text.
func readable(c Color) (fill, on Color) {
	legibleOn := func(text Color) func(Color) bool {
		return func(s Color) bool { return s.Contrast(text) >= legible }
	}
	darker := toward(c.lch(), 0, legibleOn(white))
	if c.lch().L-darker.lch().L <= 0.1 {
		return darker, white
	}
	return toward(c.lch(), 1, legibleOn(ink)), ink
}

// pressed is a step away from the text, or toward it where there is no way further:
// there is plenty between them then.
func pressed(fill, on Color, step float64) Color {
	p := fill.lch()
	if on == white && p.L < 0.3 || on != white && p.L < 0.85 {
		return lch{p.L + step, p.C, p.H}.color()
	}
	return lch{p.L - step, p.C, p.H}.color()
}

// apart says whether a colour stands out from all of the others.
func apart(c Color, others []Color, ratio float64) bool {
	for _, o := range others {
		if c.Contrast(o) < ratio {
			return false
		}
	}
	return true
}

// toward is the first shade on the way to black (0) or white (1) that will do.
func toward(p lch, end float64, do func(Color) bool) Color {
	if c := p.color(); do(c) {
		return c
	}
	const steps = 400
	from := p.L
	for i := 1; i < steps; i++ {
		p.L = from + (end-from)*float64(i)/steps
		if c := p.color(); do(c) {
			return c
		}
	}
	return Color{uint8(math.Round(255 * end)), uint8(math.Round(255 * end)), uint8(math.Round(255 * end))}
}
