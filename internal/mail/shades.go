package mail

import (
	"html/template"

	"github.com/aiwfe/aiwfe-auth/internal/brand"
)

// shades are the colours of a letter that are the product's: of the button, its text
// and its edge, and of links, each for light and for dark.
type shades struct {
	Button, Text, Edge, Link                 template.CSS
	DarkButton, DarkText, DarkEdge, DarkLink template.CSS
}

// shadesOf are those of a colour, or our own. A letter lies on the same grounds as a
// page does, so that what can be read there can be read here.
func shadesOf(accent *brand.Color) shades {
	if accent == nil {
		return shades{"#2f50d8", "#ffffff", "#2f50d8", "#2b49c8", "#4767ea", "#ffffff", "#4767ea", "#9db0ff"}
	}
	css := func(c brand.Color) template.CSS { return template.CSS(c.String()) }
	edge := func(p brand.Palette) template.CSS {
		if p.Edge != nil {
			return css(*p.Edge)
		}
		return css(p.Accent)
	}
	light, dark := accent.Light(), accent.Dark()
	return shades{
		css(light.Accent), css(light.On), edge(light), css(light.Link),
		css(dark.Accent), css(dark.On), edge(dark), css(dark.Link),
	}
}
