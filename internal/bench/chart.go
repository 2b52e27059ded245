package bench

import (
	"encoding/xml"
	"fmt"
	"strings"
)

// Chart is bars, one below the other, with a line that they should not cross. It is an SVG file that reads in light and in
// dark, without a script.
type Chart struct {
	Title, Under string
	Bars         []Bar
	// Line is where the line stands, and Top the length beyond which bars are cut off; Top is of the longest bar when zero.
	Line, Top float64
}

// Bar is one of them.
type Bar struct {
	Label, Text string
	Value       float64
	Kind        string // "good", "bad" or "plain"
}

const (
	labelWidth = 380
	barWidth   = 340
	textWidth  = 150
	rowHeight  = 22
	headHeight = 54
)

// style has the colours of both appearances.
const style = `<style>
text{font:13px system-ui,sans-serif;fill:#1f2328}.title{font-weight:600;font-size:15px}.under{fill:#59636e;font-size:12px}
.good{fill:#1a7f37}.bad{fill:#cf222e}.plain{fill:#6e7781}.line{stroke:#1f2328;stroke-dasharray:4 3}
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.under{fill:#9198a1}.good{fill:#3fb950}.bad{fill:#f85149}
.plain{fill:#8b949e}.line{stroke:#e6edf3}}
</style>
`

// SVG draws it.
func (c Chart) SVG() []byte {
	top := c.Top
	for _, b := range c.Bars {
		if c.Top == 0 {
			top = max(top, b.Value, c.Line)
		}
	}
	width, height := labelWidth+barWidth+textWidth, headHeight+rowHeight*len(c.Bars)+12
	var w strings.Builder
	fmt.Fprintf(&w, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-label="%s">`+"\n",
		width, height, width, height, escaped(c.Title))
	w.WriteString(style)
	fmt.Fprintf(&w, `<text class="title" x="8" y="20">%s</text><text class="under" x="8" y="40">%s</text>`+"\n", escaped(c.Title), escaped(c.Under))
	scale := func(v float64) float64 { return barWidth * min(v, top) / top }
	for i, b := range c.Bars {
		y := headHeight + rowHeight*i
		fmt.Fprintf(&w, `<text x="%d" y="%d" text-anchor="end">%s</text><rect class="%s" x="%d" y="%d" width="%.1f" height="%d" rx="2"/>`+
			`<text x="%.1f" y="%d">%s</text>`+"\n", labelWidth-8, y+15, escaped(b.Label), b.Kind, labelWidth, y+3, max(1, scale(b.Value)), rowHeight-6,
			labelWidth+scale(b.Value)+6, y+15, escaped(b.Text))
	}
	if c.Line > 0 {
		x := labelWidth + scale(c.Line)
		fmt.Fprintf(&w, `<line class="line" x1="%.1f" x2="%.1f" y1="%d" y2="%d"/>`+"\n", x, x, headHeight-4, height-8)
	}
	w.WriteString("</svg>\n")
	return []byte(w.String())
}

func escaped(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s))
	return b.String()
}
